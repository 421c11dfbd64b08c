import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server as TcpServer } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { isDoorPath, relayDoors, relayProxy, type RelayTarget } from "./relay.ts";

const folder = mkdtempSync(join(tmpdir(), "dw-relay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const servers: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test.each([
  ["/v1/chat/completions", true],
  ["/v1/models?limit=20", true],
  ["/door/mcp", true],
  ["/door/mcp/github", true],
  ["/api/chat", true],
  ["/v1/models/up%2Fllama3.2:latest", true],
  ["/api/v1/agents", false],
  ["/API/v1/agents", false],
  ["/api/V1/agents", false],
  ["/console/session/sign-in", false],
  ["/", false],
  ["", false],
  ["*", false],
  ["http://127.0.0.1/v1/models", false],
  ["/v1/../api/v1/agents", false],
  ["/v1/%2e%2e/api/v1/agents", false],
  ["/v1/./models", false],
  ["//v1/models", false],
  ["/v1\\models", false],
  ["/oauth/token", false],
  ["/healthz", false],
])("%s is a path of a door: %s", (path, is) => {
  expect(isDoorPath(path)).toBe(is);
});

async function up<S extends Server | TcpServer>(server: S, at: string | number): Promise<S> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    if (typeof at === "string") server.listen(at, () => resolve());
    else server.listen(at, "127.0.0.1", () => resolve());
  });
  return server;
}

const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;
const target = (port: number, proxy: number | null = null): RelayTarget => ({
  doors: `http://127.0.0.1:${port}`,
  proxy: proxy === null ? null : { host: "127.0.0.1", port: proxy },
  key: "dwk_session",
});

function ask(
  socketPath: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, headers, method: "POST" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => void (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end("body");
  });
}

describe("the relay to the doors", () => {
  test("the session's key stands in place of whatever the client says of itself, and bodies go through", async () => {
    const seen: IncomingMessage[] = [];
    const door = await up(
      createServer((asked, answer) => {
        seen.push(asked);
        asked.pipe(answer);
      }),
      0,
    );
    const path = join(folder, "a.sock");
    await up(relayDoors(target(portOf(door))), path);
    const forged = {
      authorization: "Bearer dwt_admin",
      "x-api-key": "dwk_other",
      cookie: "session=1",
      "x-own": "kept",
    };
    expect(await ask(path, "/v1/chat/completions", forged)).toEqual({ status: 200, text: "body" });
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer dwk_session", "x-own": "kept" });
    expect(seen[0]?.headers).not.toHaveProperty("cookie");
    expect(seen[0]?.headers).not.toHaveProperty("x-api-key");
    expect((await ask(path, "/api/v1/agents")).status).toBe(403);
    expect(seen.length).toBe(1);
  });

  test("a stream is passed on as it comes, and one that is given up ends at the door", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const door = await up(
      createServer((_, answer) => {
        answer.write("first");
        answer.on("close", () => resolve());
      }),
      0,
    );
    const path = join(folder, "b.sock");
    await up(relayDoors(target(portOf(door))), path);
    const first = await new Promise<string>((got) => {
      const sent = request({ socketPath: path, path: "/v1/models" }, (answer) => {
        answer.once("data", (part: Buffer) => {
          got(part.toString());
          answer.destroy();
        });
      });
      sent.end();
    });
    expect(first).toBe("first");
    await promise;
  });

  test("a Doorward that is gone is said to be", async () => {
    const path = join(folder, "c.sock");
    await up(relayDoors(target(9)), path);
    expect(await ask(path, "/v1/models")).toMatchObject({
      status: 502,
      text: expect.stringContaining("unreachable"),
    });
  });
});

describe("the relay to the http door", () => {
  test("every connection begins with whose it is", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const proxy = await up(
      createTcp((socket) => {
        let heard = "";
        socket.on("data", (part: Buffer) => {
          heard += part.toString();
          if (heard.endsWith("\r\n\r\n")) resolve(heard);
        });
      }),
      0,
    );
    const path = join(folder, "d.sock");
    await up(relayProxy(target(9, portOf(proxy))), path);
    const inner = connect(path);
    inner.write("DOORWARD-RELAY/1 dwk_forged\r\nGET http://example.com/ HTTP/1.1\r\n\r\n");
    expect(await promise).toMatch(/^DOORWARD-RELAY\/1 dwk_session\r\nDOORWARD-RELAY\/1 dwk_forged\r\n/);
    inner.destroy();
  });

  test("one that is off says so", async () => {
    const path = join(folder, "e.sock");
    await up(relayProxy(target(9)), path);
    const said = await new Promise<string>((resolve) =>
      connect(path).on("data", (part: Buffer) => resolve(part.toString())),
    );
    expect(said).toMatch(/^HTTP\/1.1 503/);
  });
});
