import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, expect, test } from "vitest";
import { createEgress } from "#egress";
import { newMemory, reportOf } from "#fleet";
import { sender, SENSOR_EGRESS } from "./sending.ts";

const egress = createEgress({ ownAddresses: () => [] });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => egress.close());

const MACHINE = { name: "m", user: "u", platform: "linux", release: "6", doorward: "0" } as const;
const report = reportOf(newMemory("0".repeat(32)), MACHINE);

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const send = (url: string) => sender(egress.fetch(SENSOR_EGRESS), { url, key: "dwe_key" })(report);

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);
const problem = (code: string) => JSON.stringify({ code, detail: "so it is", remedy: "-" });

test("a report goes to its path, with the key and as JSON", async () => {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const url = await served((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => void (body += text));
    request.on("end", () => {
      seen.push({ request, body });
      response.end('{"sequence":1}');
    });
  });
  expect(await send(url)).toEqual({ kind: "taken" });
  expect(seen[0]?.request).toMatchObject({ method: "POST", url: "/sensor/v1/report" });
  expect(seen[0]?.request.headers).toMatchObject({ authorization: "Bearer dwe_key" });
  expect(JSON.parse(seen[0]?.body ?? "")).toEqual(report);
});

test.each<[string, RequestListener, object]>([
  [
    "a portal that answers everything",
    answering(200, "<h1>Sign in to the network</h1>"),
    { kind: "unreachable" },
  ],
  ["an answer to another report", answering(200, '{"sequence":7}'), { kind: "unreachable" }],
  ["a redirect", answering(302, "", { location: "http://127.0.0.1:9/" }), { kind: "unreachable" }],
  ["a server that is starting", answering(503, problem("starting")), { kind: "unreachable" }],
  ["a server that counts otherwise", answering(409, problem("sensor_out_of_step")), { kind: "out-of-step" }],
  ["what it can't read", answering(400, problem("json_lone_surrogate")), { kind: "unfit" }],
  ["too much for it", answering(413, problem("body_too_large")), { kind: "unfit" }],
  ["a proxy that takes no such size", answering(413, "too large"), { kind: "unreachable" }],
  ["another conflict", answering(409, problem("busy")), { kind: "unreachable" }],
  [
    "a revoked key",
    answering(401, problem("sensor_unknown")),
    { kind: "refused", why: "sensor_unknown: so it is" },
  ],
  ["a proxy that wants a password", answering(401, "who are you?"), { kind: "unreachable" }],
  [
    "an endless answer",
    (_, response) => void response.writeHead(200).end("x".repeat(100_000)),
    { kind: "unreachable" },
  ],
  ["a connection that breaks", (request) => void request.socket.destroy(), { kind: "unreachable" }],
])("%s", async (_, listener, sent) => {
  expect(await send(await served(listener))).toMatchObject(sent);
});

test("nobody there", async () => {
  expect(await send("http://127.0.0.1:9")).toMatchObject({ kind: "unreachable" });
});
