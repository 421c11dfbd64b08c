import { connect, createServer, type Server } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type Asked, relayHosts } from "./host-relay.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const one of closers.splice(0).toReversed()) one();
});

async function listening(server: Server, at: string | number): Promise<Server> {
  const options = typeof at === "string" ? { path: at } : { port: at, host: "127.0.0.1" };
  await new Promise<void>((resolve) => server.listen(options, () => resolve()));
  closers.push(() => void server.close());
  return server;
}

/** What comes back for bytes that are sent; an upstream behind it answers with what it was sent, in capitals. */
async function said(bytes: string, dialled: Asked[] = [], refused: Asked[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dw-relay-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const upstream = await listening(
    createServer((socket) =>
      socket.on("error", () => {}).on("data", (all) => socket.end(String(all).toUpperCase())),
    ),
    0,
  );
  const address = upstream.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const path = join(folder, "relay");
  await listening(
    relayHosts({
      allows: ({ host, port: asked }) => host === "api.example" && asked === 443,
      refused: (asked) => refused.push(asked),
      dial: async (asked) => {
        dialled.push(asked);
        return connect(port, "127.0.0.1");
      },
    }),
    path,
  );
  const socket = connect(path);
  socket.write(bytes);
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe("the way out of a server's sandbox", () => {
  test("leads to a host that was granted, with what was sent before the answer", async () => {
    const dialled: Asked[] = [];
    const answer = await said("CONNECT API.example:443 HTTP/1.1\r\nhost: x\r\n\r\nhello", dialled);
    expect(answer).toBe("HTTP/1.1 200 Connection Established\r\n\r\nHELLO");
    expect(dialled).toEqual([{ host: "api.example", port: 443 }]);
  });

  test.each([
    ["another host", "CONNECT evil.example:443 HTTP/1.1\r\n\r\n", "403"],
    ["another port", "CONNECT api.example:25 HTTP/1.1\r\n\r\n", "403"],
    ["a name that only ends like it", "CONNECT notapi.example:443 HTTP/1.1\r\n\r\n", "403"],
    ["an address", "CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "403"],
    ["a plain request", "GET http://api.example/ HTTP/1.1\r\n\r\n", "405"],
    ["a name with what is no name", "CONNECT api.example@evil.example:443 HTTP/1.1\r\n\r\n", "405"],
    ["bytes of something else", "\x16\x03\x01\r\n\r\n", "405"],
  ])("not to %s", async (_, bytes, status) => {
    const dialled: Asked[] = [];
    expect(await said(bytes, dialled)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(dialled).toEqual([]);
  });

  test("tells which host was asked for", async () => {
    const refused: Asked[] = [];
    await said("CONNECT evil.example:8443 HTTP/1.1\r\n\r\n", [], refused);
    expect(refused).toEqual([{ host: "evil.example", port: 8443 }]);
  });

  test("takes no head without an end", async () => {
    expect(await said(`CONNECT api.example:443 HTTP/1.1\r\n${"x: y\r\n".repeat(2_000)}`)).toBe("");
  });
});
