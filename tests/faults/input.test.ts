import { deepEqual, equal, ok } from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Admin,
  residentBytes,
  type Running,
  scratch,
  signIn,
  startDoorward,
} from "../journeys/doorward-process.ts";

// Bad input on the one real listener, at every face: refused with code, reason and remedy; nothing of it reaches a
// server or the ledger; the process lives and stays small.

const SERVER = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const MIB = 1024 * 1024;
const GROWTH_MAX = 192 * MIB;

const { path: folder, remove } = scratch();
let running: Running;
let admin: Admin;
let key: string;
let rssBefore: number | null;

beforeAll(async () => {
  running = await startDoorward(join(folder, "data"));
  admin = await signIn(running);
  const environment = { CALLS_FILE: join(folder, "calls") };
  const command = [process.execPath, SERVER];
  await admin.perform("servers.add", { name: "slow", command, environment, sandbox: "off", accept: true });
  key = String((await admin.perform("agents.add", { name: "fuzz" }))["key"]);
  rssBefore = await residentBytes(running.pid);
});
afterAll(async () => {
  await running?.stop();
  remove();
});

afterEach(async () => {
  equal((await admin.perform("health.get"))["status"], "ok");
  deepEqual((await admin.perform("ledger.entries", { kind: "intent" }))["items"], []);
  const rss = await residentBytes(running.pid);
  if (rss !== null && rssBefore !== null) ok(rss - rssBefore < GROWTH_MAX);
});

interface Face {
  readonly path: string;
  readonly headers: () => Record<string, string>;
}

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const FACES: Readonly<Record<string, Face>> = {
  door: {
    path: "/door/mcp/slow",
    headers: () => ({ ...json, authorization: `Bearer ${key}`, "mcp-protocol-version": "2026-07-28" }),
  },
  api: { path: "/api/v1/policy/check", headers: () => ({ ...json, authorization: `Bearer ${admin.token}` }) },
  mcp: { path: "/mcp", headers: () => ({ ...json, authorization: `Bearer ${admin.token}` }) },
  session: { path: "/console/session/sign-in", headers: () => json },
};

/** Code, reason and remedy, whichever way a face says them. */
interface Refusal {
  readonly status: number;
  readonly code: unknown;
  readonly reason: unknown;
  readonly remedy: unknown;
}

function refusalIn(status: number, text: string): Refusal {
  const body = JSON.parse(text) as Record<string, unknown>;
  const error = (body["error"] ?? body) as Record<string, unknown>;
  const data = (error["data"] ?? error) as Record<string, unknown>;
  return {
    status,
    code: data["code"],
    reason: data["reason"] ?? data["detail"] ?? error["message"],
    remedy: data["remedy"],
  };
}

async function send(face: Face, body: string | Uint8Array<ArrayBuffer>): Promise<Refusal> {
  const response = await fetch(`${running.url}${face.path}`, {
    method: "POST",
    headers: face.headers(),
    body,
  });
  return refusalIn(response.status, await response.text());
}

const call = (args: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},"name":"echo","arguments":${args}}}`;

const BAD: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
  ["malformed JSON", '{"jsonrpc":"2.0",'],
  ["10,000-deep nesting", call("[".repeat(10_000) + "]".repeat(10_000))],
  ["duplicate keys", call('{"text":"a","text":"b"}')],
  ["duplicate keys by another spelling", call('{"text":"a","te\\u0078t":"b"}')],
  ["invalid UTF-8", Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
  ["a lone surrogate", call('{"text":"\\ud800"}')],
  ["a number that cannot be kept", call('{"text":9007199254740993}')],
  ["a byte order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(call("{}"))])],
  ["nothing but blanks", "   "],
];

describe.each(Object.entries(FACES))("the %s face", (_name, face) => {
  test.each(BAD)("%s", async (_what, body) => {
    const refusal = await send(face, body);
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    expect(refusal.status).toBeLessThan(500);
    expect(refusal).toMatchObject({
      code: expect.stringMatching(/^[a-z0-9_]+$/),
      reason: expect.stringMatching(/\S/),
      remedy: expect.stringMatching(/\S/),
    });
  });

  test.each([
    ["declared", true],
    ["chunked", false],
  ])("100 MB, %s: refused early, not swallowed", async (_how, isDeclared) => {
    const { refusal, sent } = await flood(face, isDeclared);
    expect(refusal).toMatchObject({
      status: 413,
      code: "body_too_large",
      remedy: expect.stringMatching(/\S/),
    });
    expect(sent).toBeLessThan(64 * MIB);
  });
});

async function flood(face: Face, isDeclared: boolean): Promise<{ refusal: Refusal | null; sent: number }> {
  const total = 100 * MIB;
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const headers = { ...face.headers(), ...(isDeclared ? { "content-length": String(total) } : {}) };
  return new Promise((resolve) => {
    const outgoing = request(`${running.url}${face.path}`, { method: "POST", headers });
    let [sent, text, isAnswered] = [0, "", false];
    let status = 0;
    const settle = (): void => {
      outgoing.destroy();
      resolve({ refusal: text === "" ? null : refusalIn(status, text), sent });
    };
    outgoing.on("error", () => {}).on("close", settle);
    outgoing.on("response", (reply) => {
      isAnswered = true;
      status = reply.statusCode ?? 0;
      reply.on("data", (data: Buffer) => void (text += data.toString()));
      reply.on("end", settle).on("error", settle);
    });
    const more = (): void => {
      if (isAnswered || sent >= total || outgoing.destroyed) return;
      sent += chunk.length;
      outgoing.write(chunk, () => setImmediate(more));
    };
    more();
  });
}

describe("the door", () => {
  test.each(["1999-01-01", "2024-11-05", "not a version"])(
    "protocol version %s is refused by name",
    async (version) => {
      const headers = { ...FACES["door"]?.headers(), "mcp-protocol-version": version };
      const body = call("{}").replace('"2026-07-28"', JSON.stringify(version));
      const response = await fetch(`${running.url}/door/mcp/slow`, { method: "POST", headers, body });
      expect(response.status).toBe(400);
      const { error } = (await response.json()) as { error: { message: string; data: unknown } };
      expect(error.message).toMatch(/version/i);
      expect(error.data).toMatchObject({ supported: expect.arrayContaining(["2026-07-28", "2025-11-25"]) });
    },
  );

  test("a batch, which has more than one reading of order, is refused", async () => {
    expect(await send(FACES["door"] as Face, `[${call("{}")},${call("{}")}]`)).toMatchObject({
      status: 400,
      remedy: expect.stringMatching(/\S/),
    });
  });

  test.each([
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    ["length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["40 KiB of headers", `X-Long: ${"x".repeat(40 * 1024)}\r\n\r\n`],
    ["no HTTP at all", "\u0000\u0001\u0002\r\n\r\n"],
  ])("%s: the connection is refused and closed", async (_what, rest) => {
    const { hostname, port } = new URL(running.url);
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      let seen = "";
      socket.on("data", (data: Buffer) => void (seen += data.toString()));
      socket.on("error", () => {}).on("close", () => resolve(seen));
      socket.write(`POST /door/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n${rest}`);
    });
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe("a policy that does not parse", () => {
  test.each([
    ["no Cedar", "permit everything!", /parse|unexpected|token/i],
    ["an unknown action", '@id("x") permit (principal, action == Doorward::Action::"fly", resource);', /fly/],
    ["no id", "permit (principal, action, resource);", /id/],
    [
      "two policies of one id",
      '@id("x") permit (principal, action, resource);\n@id("x") forbid (principal, action, resource);',
      /x/,
    ],
  ])("%s: refused with the place, and the active one stays", async (_what, text, why) => {
    const before = await admin.perform("policy.show");
    const refused = await admin.ask("policy.activate", { text });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: expect.stringMatching(/^policy/),
      detail: expect.stringMatching(why),
      remedy: expect.stringMatching(/\S/),
    });
    expect((await admin.perform("policy.show"))["digest"]).toBe(before["digest"]);
    expect(await admin.perform("policy.check", { text })).toMatchObject({ ok: false });
  });
});
