import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createPlain } from "node:net";
import { afterEach, expect, test } from "vitest";
import { discover } from "#discovery";
import { createEgress } from "#egress";
import { listeningIn, listeningOn, listenersSeen, PROBE_BYTES_MAX, PROBE_MS } from "./listeners.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function on(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  opened.push({ close: () => (server.closeAllConnections(), server.close()) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function foundAt(port: number) {
  const egress = createEgress({ ownAddresses: () => [] });
  const ask = egress.fetch({ allowPrivate: true, bytesMax: PROBE_BYTES_MAX, timeoutMs: PROBE_MS });
  const listeners = await listenersSeen(ask, [{ address: "127.0.0.1", port, inode: "1" }], new Map());
  await egress.close();
  const found = discover({
    files: [],
    manifests: [],
    processes: [],
    configurations: [],
    nvidia: null,
    listeners,
  });
  return { listeners, found };
}

const scripted =
  (script: Readonly<Record<string, string>>, server = ""): RequestListener =>
  ({ url = "" }, response) => {
    const text = script[url];
    if (server !== "") response.setHeader("server", server);
    response
      .writeHead(text === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(text ?? "{}");
  };

const refusing = (): Promise<never> => Promise.reject(new Error("asked"));
const line = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 100 0 0 10 0`;

// The answers are those that the projects document; runtimes.table.ts in discovery names where.
test("an Ollama is found at any port, with its version and models", async () => {
  const script = {
    "/": "Ollama is running",
    "/api/version": '{"version":"0.17.1"}',
    "/api/tags": '{"models":[{"name":"a:1"}]}',
  };
  const { found } = await foundAt(await on(scripted(script)));
  expect(found[0]).toMatchObject({ what: "ollama", facts: { version: "0.17.1", modelsReported: ["a:1"] } });
});

test("an LM Studio that answers 200 and an error at Ollama's path is LM Studio", async () => {
  const error = '{"error":"Unexpected endpoint or method."}';
  const script = {
    "/": error,
    "/api/tags": error,
    "/api/version": error,
    "/lmstudio-greeting": '{"lmstudio":true}',
  };
  const { found } = await foundAt(await on(scripted(script)));
  expect(found.map(({ what }) => what)).toEqual(["lm-studio"]);
});

test("a llama.cpp that refuses without its key is found by its header", async () => {
  const { found } = await foundAt(
    await on((_, response) => void response.writeHead(401, { server: "llama.cpp" }).end()),
  );
  expect(found.map(({ what }) => what)).toEqual(["llama.cpp"]);
});

test.each<readonly [string, RequestListener]>([
  [
    "redirects",
    (_, response) =>
      void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end("Ollama is running"),
  ],
  ["never ends", (_, response) => void response.writeHead(200).write("Ollama is")],
  ["says more than is read", (_, response) => void response.end("x".repeat(PROBE_BYTES_MAX + 1))],
  ["resets", (_, response) => void response.destroy()],
])("whoever %s is asked once, and is nothing", async (_what, listener) => {
  const { listeners, found } = await foundAt(await on(listener));
  expect([listeners[0]?.answers.map(({ status }) => status), found]).toEqual([[0], []]);
});

test("whoever speaks no HTTP is asked once", async () => {
  const server = createPlain((socket) => void socket.on("error", () => {}).end("SSH-2.0-x\r\n"));
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const { listeners } = await foundAt(typeof address === "object" && address !== null ? address.port : 0);
  expect(listeners[0]?.answers).toHaveLength(1);
});

test("listeners that loopback does not reach are seen and not asked", async () => {
  const [seen] = await listenersSeen(
    refusing,
    [{ address: "192.0.2.1", port: 80, inode: "5" }],
    new Map([["5", 42]]),
  );
  expect(seen).toEqual({ address: "192.0.2.1", port: 80, pid: 42, answers: [] });
});

test("the kernel's table is read: IPv4, IPv6 and mapped addresses, listeners alone", () => {
  const table = [
    "  sl  local_address rem_address   st",
    line("0100007F:2CAA", "0A"),
    line("0100007F:2CAB", "01"),
    line("00000000000000000000000001000000:04D2", "0A"),
    line("00000000000000000000000000000000:1F90", "0A"),
    line("0000000000000000FFFF00000100007F:0050", "0A"),
    "garbage",
  ].join("\n");
  expect(listeningIn(table).map(({ address, port, inode }) => `${address} ${port} ${inode}`)).toEqual([
    "127.0.0.1 11434 77",
    "::1 1234 77",
    ":: 8080 77",
    "::ffff:127.0.0.1 80 77",
  ]);
});

test.skipIf(process.platform !== "linux")(
  "a listener of this process is among those of the machine",
  async () => {
    const port = await on(scripted({}));
    expect(listeningOn().some((one) => one.port === port && one.address === "127.0.0.1")).toBe(true);
  },
);
