// Real clients through the http door: curl, undici, Node's own fetch, Python, ws, EventSource. What they send is theirs; the
// road forwards it all.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { EventSource } from "eventsource";
import { ProxyAgent, fetch as undiciFetch } from "undici";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { testAuthority } from "./support/proxy/certificates.ts";
import { forwardingRoad } from "./support/proxy/forwarding.ts";
import { AUTHORIZATION, openProxyHouse, type ProxyHouse } from "./support/proxy/house.ts";

const run = promisify(execFile);

function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const SERVES: RequestListener = (request, response) => {
  if (request.url === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
    setTimeout(() => response.write("data: two\n\n"), 20);
    return;
  }
  const hash = createHash("sha256");
  let bytes = 0;
  request.on("data", (chunk: Buffer) => ((bytes += chunk.length), hash.update(chunk)));
  request.on("end", () => response.end(`${request.method} ${request.url} ${bytes} ${hash.digest("hex")}`));
};

interface World {
  readonly house: ProxyHouse;
  readonly http: string;
  readonly https: string;
  readonly proxy: string;
  readonly ca: string;
  readonly folder: string;
}

let world: World;
beforeEach(async () => {
  const upstream = testAuthority("upstream");
  const house = await openProxyHouse({ road: forwardingRoad([upstream.certificate]) });
  const folder = mkdtempSync(join(tmpdir(), "doorward-proxy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, house.authority.certificate);
  const leaf = upstream.leaf("localhost");
  const plain = createPlain(SERVES);
  const secure = createSecure({ cert: leaf.certificate, key: leaf.key }, SERVES);
  for (const server of [plain, secure]) {
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (peer) =>
      peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })),
    );
  }
  const http = `http://localhost:${await listen(plain)}`;
  const https = `https://localhost:${await listen(secure)}`;
  world = { house, http, https, ca, folder, proxy: `http://agent:key-ada@127.0.0.1:${house.port}` };
});

const EMPTY = createHash("sha256").digest("hex");

const curl = async (...given: string[]): Promise<string> => {
  const { stdout } = await run("curl", [
    "-sS",
    "-x",
    world.proxy,
    "--cacert",
    world.ca,
    "--noproxy",
    "",
    ...given,
  ]);
  return stdout;
};

describe.runIf(has("curl"))("curl (skipped where there is none)", () => {
  test("plain, by CONNECT, with HTTP/2 and with HTTP/1.0", async () => {
    expect(await curl(`${world.http}/a`)).toBe(`GET /a 0 ${EMPTY}`);
    expect(await curl(`${world.https}/b`, "--http1.1")).toBe(`GET /b 0 ${EMPTY}`);
    expect(await curl(`${world.https}/c`, "--http2", "-w", " %{http_version}")).toBe(`GET /c 0 ${EMPTY} 2`);
    expect(await curl(`${world.http}/d`, "--http1.0")).toBe(`GET /d 0 ${EMPTY}`);
    expect(await curl(`${world.http}/e`, "--proxytunnel")).toBe(`GET /e 0 ${EMPTY}`);
  });

  test.each([["--http1.1"], ["--http2"]])("uploads with %s, whole", async (version) => {
    const file = join(world.folder, "big");
    const bytes = Buffer.alloc(8 * 1_048_576, "0123456789abcdef");
    writeFileSync(file, bytes);
    const said = `8388608 ${createHash("sha256").update(bytes).digest("hex")}`;
    expect(await curl("-T", file, `${world.https}/up`, version)).toBe(`PUT /up ${said}`);
    expect(await curl("-T", file, `${world.http}/up`, "-H", "Transfer-Encoding: chunked")).toBe(
      `PUT /up ${said}`,
    );
    expect(await curl("--data-binary", `@${file}`, `${world.http}/up`, "-H", "Expect: 100-continue")).toBe(
      `POST /up ${said}`,
    );
  });

  test("a name in TLS that is not the tunnel's is refused (--connect-to)", async () => {
    const { port } = new URL(world.https);
    await expect(
      curl(`https://example.org:${port}/`, "--connect-to", `example.org:${port}:localhost:${port}`),
    ).rejects.toThrow(/curl/);
    expect(world.house.refusals.map(({ code }) => code)).toEqual(["proxy_host_mismatch"]);
  });

  test("a client that does not trust the authority is told of in the record", async () => {
    const other = join(world.folder, "other.pem");
    writeFileSync(other, testAuthority("others").certificate);
    await expect(curl(`${world.https}/`, "--cacert", other)).rejects.toThrow(/curl/);
    await expect.poll(() => world.house.refusals.map(({ code }) => code)).toEqual(["proxy_tls"]);
  });

  test("an upstream's bad certificate is an answer with its code", async () => {
    const leaf = testAuthority("strangers").leaf("localhost");
    const port = await listen(createSecure({ cert: leaf.certificate, key: leaf.key }, SERVES));
    expect(await curl(`https://localhost:${port}/`)).toContain('"code":"egress_certificate_untrusted"');
  });
});

test("undici's ProxyAgent, and Node's fetch by its environment", async () => {
  const agent = new ProxyAgent({
    uri: `http://127.0.0.1:${world.house.port}`,
    token: AUTHORIZATION,
    requestTls: { ca: world.house.authority.certificate },
  });
  onTestFinished(() => agent.close());
  for (const at of [world.http, world.https]) {
    const answer = await undiciFetch(`${at}/u`, { dispatcher: agent, method: "POST", body: "abc" });
    expect(await answer.text()).toMatch(/^POST \/u 3 /);
  }
  const script = `for (const at of process.argv.slice(1)) console.log(await (await fetch(at + "/n")).text());`;
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: world.proxy,
    HTTPS_PROXY: world.proxy,
    NO_PROXY: "",
    NODE_EXTRA_CA_CERTS: world.ca,
  };
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "-e", script, "--", world.http, world.https],
    { env },
  );
  expect(stdout.trim().split("\n")).toEqual([`GET /n 0 ${EMPTY}`, `GET /n 0 ${EMPTY}`]);
});

test.runIf(has("python3"))("Python's urllib (skipped where there is none)", async () => {
  const script = `import sys, urllib.request as r\nfor at in sys.argv[1:]: print(r.urlopen(at + "/p").read().decode())`;
  const env = {
    ...process.env,
    http_proxy: world.proxy,
    https_proxy: world.proxy,
    no_proxy: "",
    SSL_CERT_FILE: world.ca,
  };
  const { stdout } = await run("python3", ["-c", script, world.http, world.https], { env });
  expect(stdout.trim().split("\n")).toEqual([`GET /p 0 ${EMPTY}`, `GET /p 0 ${EMPTY}`]);
});

test("events as they come, and not when they end", async () => {
  const agent = new ProxyAgent({
    uri: `http://127.0.0.1:${world.house.port}`,
    token: AUTHORIZATION,
    requestTls: { ca: world.house.authority.certificate },
  });
  const source = new EventSource(`${world.https}/events`, {
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher: agent }),
  });
  onTestFinished(async () => {
    source.close();
    await agent.destroy();
  });
  const seen: string[] = [];
  await new Promise<void>((resolve) =>
    source.addEventListener("message", ({ data }) => seen.push(String(data)) === 2 && resolve()),
  );
  expect(seen).toEqual(["one", "two"]);
});
