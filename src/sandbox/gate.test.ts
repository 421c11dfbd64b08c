import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { gated, keylessAddress } from "./gate.ts";

const SECRET = "0123456789abcdef-SECRET_of-the-run";
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
      server.closeAllConnections();
  }
});

async function up(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return (server.address() as AddressInfo).port;
}

/** What a relay behind the gate sees of each request. */
async function door(): Promise<{ port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const inner = createServer((asked, answer) => {
    seen.push(asked);
    asked.pipe(answer);
  });
  return { port: await up(gated(inner, "http", SECRET)), seen };
}

/** Says bytes and reads to the end. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (part: string) => void (heard += part));
    socket.once("error", reject).once("close", () => resolve(heard));
  });
}

function ask(port: number, path: string, headers: Record<string, string>, body = "body"): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, method: "POST" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => void (text += part));
      answer.once("end", () => resolve(`${answer.statusCode} ${text}`));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

describe("the gate before the doors", () => {
  const basic = Buffer.from(`doorward:${SECRET}`).toString("base64");
  test.each<[string, string, Record<string, string>, number]>([
    ["a bearer token", "/v1/models", { authorization: `Bearer ${SECRET}` }, 200],
    ["Anthropic's header", "/v1/messages", { "x-api-key": SECRET }, 200],
    ["Azure's", "/v1/models", { "api-key": SECRET }, 200],
    ["Google's", "/v1/models", { "x-goog-api-key": SECRET }, 200],
    ["the path, for clients without a key", `/run/${SECRET}/api/chat?x=1`, {}, 200],
    [
      "the path, with another's key beside it",
      `/run/${SECRET}/api/chat`,
      { authorization: "Bearer dwt_admin" },
      200,
    ],
    ["nothing", "/v1/models", {}, 401],
    ["another secret", "/v1/models", { authorization: `Bearer ${SECRET}x` }, 401],
    ["half of it", "/v1/models", { authorization: `Bearer ${SECRET.slice(0, 8)}` }, 401],
    ["an empty one", "/v1/models", { authorization: "Bearer ", "x-api-key": "" }, 401],
    ["another in the path", "/run/other/api/chat", {}, 401],
    ["an empty one in the path", "/run//api/chat", {}, 401],
    ["it as a question's part", `/v1/models?key=${SECRET}`, {}, 401],
    ["the proxy's form", "/v1/models", { authorization: `Basic ${basic}` }, 401],
  ])("%s", async (_, path, headers, status) => {
    const { port, seen } = await door();
    const said = await ask(port, path, headers);
    expect(said.slice(0, 3)).toBe(String(status));
    expect(said).not.toContain(SECRET);
    expect(seen.length).toBe(status === 200 ? 1 : 0);
    expect(JSON.stringify([seen[0]?.url ?? "", seen[0]?.rawHeaders ?? []])).not.toContain(SECRET);
  });

  test("a large body goes through whole, in both directions", async () => {
    const { port } = await door();
    const body = "x".repeat(3 * 1024 * 1024);
    expect(await ask(port, "/v1/files", { "x-api-key": SECRET }, body)).toBe(`200 ${body}`);
  });

  test("the keyless address is one that the gate takes", async () => {
    const { port, seen } = await door();
    const { pathname } = new URL(`${keylessAddress(port, SECRET)}/v1/models`);
    await ask(port, pathname, {});
    expect(seen[0]?.url).toBe("/v1/models");
  });

  test("one request to a connection: none comes in behind another without the secret", async () => {
    const { port, seen } = await door();
    const first = `GET /v1/a HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${SECRET}\r\nConnection: keep-alive\r\n\r\n`;
    const said = await say(port, `${first}GET /v1/b HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(seen.map(({ url }) => url)).toEqual(["/v1/a"]);
    expect(said).toMatch(/^HTTP\/1\.1 400/);
  });

  test.each([
    ["no HTTP at all", "HELLO\r\n\r\n"],
    ["a bare line feed in a field", `GET /v1/a HTTP/1.1\r\nHost: x\nX-Api-Key: ${SECRET}\r\n\r\n`],
    ["a folded line", `GET /v1/a HTTP/1.1\r\nHost: x\r\nX-Api-Key:\r\n ${SECRET}\r\n\r\n`],
    ["a blank before the colon", `GET /v1/a HTTP/1.1\r\nX-Api-Key : ${SECRET}\r\n\r\n`],
  ])("%s is refused", async (_, text) => {
    const { port, seen } = await door();
    expect(await say(port, text)).toMatch(/^HTTP\/1\.1 400/);
    expect(seen).toEqual([]);
  });

  test("a head without an end is cut at its limit", async () => {
    const { port } = await door();
    expect(await say(port, `GET /${"x".repeat(70_000)}`)).toBe("");
  });
});

describe("the gate before the http door", () => {
  /** A proxy that answers with the bytes that it was told. */
  async function proxy(): Promise<{ port: number; heard: () => string }> {
    let heard = "";
    const inner = createTcp({ allowHalfOpen: true }, (socket) => {
      socket.setEncoding("latin1").on("data", (text: string) => {
        heard += text;
        socket.end("HTTP/1.1 200 Connection Established\r\n\r\n");
      });
    });
    return { port: await up(gated(inner, "proxy", SECRET)), heard: () => heard };
  }
  const basic = `Basic ${Buffer.from(`doorward:${SECRET}`).toString("base64")}`;

  test("the secret is taken out of what goes on, and the rest stays as it is", async () => {
    const { port, heard } = await proxy();
    const text = `CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nProxy-Authorization: ${basic}\r\n\r\n\x16\x03\x01`;
    expect(await say(port, text)).toMatch(/^HTTP\/1\.1 200/);
    expect(heard()).toBe("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n\x16\x03\x01");
  });

  test("a request by http ends its connection, so that no later one carries the secret on", async () => {
    const { port, heard } = await proxy();
    const fields = `Host: a.example\r\nProxy-Connection: keep-alive\r\nproxy-authorization: ${basic}\r\nAuthorization: Bearer own\r\n`;
    await say(port, `GET http://a.example/ HTTP/1.1\r\n${fields}\r\n`);
    expect(heard()).toBe(
      "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer own\r\nConnection: close\r\n\r\n",
    );
  });

  test.each([
    ["nothing", ""],
    ["another", `Proxy-Authorization: Basic ${Buffer.from("doorward:other").toString("base64")}\r\n`],
    ["another user", `Proxy-Authorization: Basic ${Buffer.from(`x:${SECRET}`).toString("base64")}\r\n`],
    ["it as a bearer token", `Proxy-Authorization: Bearer ${SECRET}\r\n`],
    ["it twice", `Proxy-Authorization: ${basic}\r\nProxy-Authorization: ${basic}\r\n`],
  ])("%s is refused, and the client is asked for it", async (_, field) => {
    const { port, heard } = await proxy();
    const said = await say(port, `CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n${field}\r\n`);
    expect(said).toMatch(/^HTTP\/1\.1 407[\s\S]*proxy-authenticate: Basic/i);
    expect(heard()).toBe("");
  });
});
