// T17 (and T2's "no door forwards to a Doorward listener"): one client for everything, with address and redirect rules.
import { readdir, readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { createEgress, type Egress } from "#egress";
import { http, openTestHouse } from "../servers/upstreams.ts";

const servers: Server[] = [];
const clients: Egress[] = [];
afterEach(async () => {
  for (const egress of clients.splice(0)) await egress.close();
  for (const server of servers.splice(0))
    await new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
});

async function listen(listener: RequestListener, host = "127.0.0.1"): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  servers.push(server);
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function client(own: readonly { host: string; port: number }[] = []): Egress {
  const egress = createEgress({ ownAddresses: () => own });
  clients.push(egress);
  return egress;
}

const rules = (allowPrivate: boolean) => ({ allowPrivate, bytesMax: 1_000, timeoutMs: 1_000 });

describe("addresses", () => {
  test.each([
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://[fd00::1]/",
  ])("%s is private and refused without a grant", async (url) => {
    await expect(client().fetch(rules(false))(url)).rejects.toMatchObject({ code: "egress_address_private" });
  });

  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/",
    "http://2852039166/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
  ])("%s is a metadata or link-local address and refused with a grant too", async (url) => {
    await expect(client().fetch(rules(true))(url)).rejects.toMatchObject({
      code: "egress_address_forbidden",
    });
  });

  test("Doorward's own listener is refused under every name and address, whatever was granted", async () => {
    let reached = 0;
    const port = await listen((_request, response) => {
      reached += 1;
      response.end("inside");
    }, "0.0.0.0");
    const own = [{ host: "127.0.0.1", port }];
    const outside = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).map(({ address, family }) => (family === "IPv6" ? `[${address.split("%")[0]}]` : address)),
    );
    const names = [
      "localhost",
      "127.0.0.1",
      "127.9.9.9",
      "127.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
      "[::]",
      hostname(),
      ...outside,
    ];
    const codes = new Map<string, unknown>();
    for (const name of names) {
      const failure: unknown = await client(own)
        .fetch(rules(true))(`http://${name}:${port}/`)
        .catch((cause: unknown) => cause);
      codes.set(name, failure instanceof Fault ? failure.code : "answered");
    }
    const refusals = ["egress_own_listener", "egress_address_forbidden", "egress_unreachable"];
    expect([...codes].filter(([, code]) => !refusals.includes(String(code)))).toEqual([]);
    expect(codes.get("localhost")).toBe("egress_own_listener");
    expect(reached).toBe(0);
  });
});

const to = (host: string, port: number, own: readonly { host: string; port: number }[] = []) =>
  client(own).connect({ allowPrivate: true }, { host, port });

describe("a bare connection", () => {
  test.each([
    ["a metadata address", "169.254.169.254", 25, "egress_address_forbidden"],
    ["an address written as an IPv6 one", "::ffff:169.254.169.254", 25, "egress_address_forbidden"],
    ["a name with a path", "mail.example/x", 25, "egress_url_refused"],
    ["a name with a port of its own", "mail.example:25", 25, "egress_url_refused"],
    ["no port", "mail.example", 0, "egress_url_refused"],
  ])("to %s is refused with a grant too", async (_what, host, port, code) => {
    await expect(to(host, port)).rejects.toMatchObject({ code });
  });

  test.each(["127.0.0.1", "localhost", "::1"])("to %s is refused without a grant", async (host) => {
    const refused = client().connect({ allowPrivate: false }, { host, port: 25 });
    await expect(refused).rejects.toMatchObject({ code: "egress_address_private" });
  });

  test("to Doorward's own listener is refused under every name", async () => {
    const port = await listen(() => {});
    for (const host of ["127.0.0.1", "localhost"])
      await expect(to(host, port, [{ host: "127.0.0.1", port }])).rejects.toMatchObject({
        code: "egress_own_listener",
      });
    const socket = await to("127.0.0.1", port);
    expect(socket.remotePort).toBe(port);
    socket.destroy();
  });

  test("to where nobody listens ends, and says so", async () => {
    await expect(to("127.0.0.1", 1)).rejects.toMatchObject({ code: "egress_unreachable" });
  });
});

describe("redirects", () => {
  test.each(["http://169.254.169.254/", "http://localhost:1/", "https://example.com/"])(
    "to %s are not followed",
    async (location) => {
      const port = await listen((_request, response) => void response.writeHead(302, { location }).end());
      await expect(client().fetch(rules(true))(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: "egress_redirect_refused",
      });
    },
  );
});

describe("a server's OAuth discovery", () => {
  test("goes through the same client: metadata that points at Doorward itself is not fetched", async () => {
    let reached = 0;
    const inside = await listen((_request, response) => {
      reached += 1;
      response.end("{}");
    });
    const challenge = `Bearer resource_metadata="http://localhost:${inside}/secret"`;
    const port = await listen((request, response) => {
      const status = request.url === "/mcp" ? 401 : 404;
      response.writeHead(status, { "www-authenticate": challenge }).end();
    });
    const house = await openTestHouse({}, [{ host: "127.0.0.1", port: inside }]);
    await expect(house.upstreams.prepare("s", http(`http://127.0.0.1:${port}/mcp`))).rejects.toMatchObject({
      code: "upstream_authorization_failed",
    });
    expect(reached).toBe(0);
    await house.close();
  });

  test("an admin's secret headers go to the server only, never to its authorization server", async () => {
    const seen: (string | undefined)[] = [];
    const other = await listen((request, response) => {
      seen.push(request.headers["x-api-key"]?.toString());
      response.writeHead(404).end();
    });
    const port = await listen((request, response) => {
      expect(request.url === "/mcp" ? request.headers["x-api-key"] : "k").toBe("k");
      if (request.url !== "/mcp")
        return void response.setHeader("content-type", "application/json").end(
          JSON.stringify({
            resource: `http://127.0.0.1:${port}/mcp`,
            authorization_servers: [`http://127.0.0.1:${other}`],
          }),
        );
      return void response.writeHead(401).end();
    });
    const house = await openTestHouse();
    await house.upstreams.keepSecrets("s", { "header:x-api-key": "k" });
    const configuration = {
      transport: "http" as const,
      url: `http://127.0.0.1:${port}/mcp`,
      headers: ["x-api-key"],
      allowPrivate: true,
    };
    await house.upstreams.prepare("s", configuration).catch(() => {});
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((key) => key === undefined)).toBe(true);
    await house.close();
  });
});

/** Ways to the network that are not egress. `net` and `http` servers listen; only clients are looked for. */
const CLIENTS =
  /(?<![.\w#])fetch\s*\((?!\?)|globalThis\.fetch|\bfrom "undici"|\bhttps?\.(?:request|get)\s*\(|\bnet\.(?:connect|createConnection)\s*\(|\btls\.connect\s*\(|new (?:WebSocket|EventSource)\b|import \{[^}]*\b(?:request|get|connect|createConnection)\b[^}]*\} from "node:(?:https?|net|tls|http2|dgram)"/;

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(folder, name));
}

test("no module but egress reaches the network", async () => {
  const offenders: string[] = [];
  for (const path of await sources("src")) {
    if (path.startsWith(join("src", "egress"))) continue;
    const code = (await readFile(path, "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    if (CLIENTS.test(code)) offenders.push(path);
  }
  expect(offenders.filter((path) => !EXCEPTIONS.has(path))).toEqual([]);
});

const EXCEPTIONS = new Set<string>([
  // In the process of one adapter of the Chat SDK, whose sockets are kept to the platform's own hosts there: one notes what
  // `fetch` was answered, the other reads a platform's certificates.
  "src/chat/adapters/failing.ts",
  "src/chat/adapters/gchat-driver.ts",
  // In the user's own process of `doorward run`, and inside its sandbox: they connect to the user's Doorward and nowhere else.
  "src/sandbox/inside-main.ts",
  "src/sandbox/lifeline.ts",
  "src/sandbox/relay.ts",
  // A drill goes through Doorward's own doors, as an agent does.
  "src/main/drill-place.ts",
  // As text: what it asks is asked inside a sandbox, to see that it is refused.
  "src/main/drill-probe.ts",
  "src/main/drill-task.ts",
  "src/main/drill-web.ts",
  // The text of a program that the drill of isolate runs inside a sandbox, to show that nothing is reached from there.
  "src/main/drill-probe.ts",
  // Programs of other runtimes, as text: they ask a listener of their own whether they trust its certificate.
  "src/cli/ca-probes.table.ts",
]);

test.each([
  'const answer = await fetch("http://x");',
  "globalThis.fetch(url)",
  'import { request } from "undici";',
  'import { request } from "node:http";',
  'import https from "node:https"; https.get(url)',
  'import { createServer, connect } from "node:net";',
  'new WebSocket("ws://x")',
])("the fence sees %s", (code) => {
  expect(CLIENTS.test(code)).toBe(true);
});

test.each([
  "egress.fetch(rules)",
  "this.#fetch(url)",
  'import { createServer } from "node:http";',
  "prefetch(x)",
])("the fence lets %s pass", (code) => {
  expect(CLIENTS.test(code)).toBe(false);
});
