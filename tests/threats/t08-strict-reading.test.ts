import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import {
  BOTH,
  call,
  type DoorUnderTest,
  modern,
  openDoor,
  openSession,
  post,
  rawSocket,
  until,
} from "../faults/door-harness.ts";

// T8: only what was decided is sent, so a body that two readers could take differently never reaches the road.

let target: DoorUnderTest;
let session: Record<string, string>;

beforeAll(async () => {
  target = await openDoor();
  session = await openSession(target);
});

afterAll(async () => {
  await target.close();
});

beforeEach(() => {
  target.seen.handled.length = 0;
});

const envelope = (args: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${args}}}`;

const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : part)));

const HOSTILE: [string, string | Uint8Array<ArrayBuffer>, number, string][] = [
  ["a duplicate argument", envelope('{"path":"/ok","path":"/etc"}'), -32700, "json_duplicate_name"],
  [
    "a duplicate spelt with an escape",
    envelope('{"path":"/ok","p\\u0061th":"/etc"}'),
    -32700,
    "json_duplicate_name",
  ],
  [
    "a duplicate method",
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}',
    -32700,
    "json_duplicate_name",
  ],
  ["an integer a double changes", envelope('{"n":9007199254740993}'), -32700, "json_inexact_number"],
  [
    "a fraction a double changes",
    envelope('{"n":0.1000000000000000055511151231257827}'),
    -32700,
    "json_inexact_number",
  ],
  ["a number beyond doubles", envelope('{"n":1e400}'), -32700, "json_inexact_number"],
  ["a number that becomes nothing", envelope('{"n":1e-400}'), -32700, "json_inexact_number"],
  ["half a surrogate pair", envelope('{"s":"\\ud800"}'), -32700, "json_lone_surrogate"],
  ["half a surrogate pair in a name", envelope('{"\\udc00":1}'), -32700, "json_lone_surrogate"],
  ["a prototype", envelope('{"__proto__":{"admin":true}}'), -32700, "json_reserved_name"],
  ["invalid UTF-8", bytes('{"jsonrpc":"2.0","id":1,"method":"', [0xff], '"}'), -32700, "json_not_utf8"],
  [
    "overlong UTF-8",
    bytes('{"jsonrpc":"2.0","id":1,"method":"', [0xc0, 0xaf], '"}'),
    -32700,
    "json_not_utf8",
  ],
  [
    "a surrogate in UTF-8",
    bytes('{"jsonrpc":"2.0","id":1,"method":"', [0xed, 0xa0, 0x80], '"}'),
    -32700,
    "json_not_utf8",
  ],
  ["a byte order mark", bytes([0xef, 0xbb, 0xbf], envelope("{}")), -32700, "json_byte_order_mark"],
  ["UTF-16", new Uint8Array(Buffer.from(envelope("{}"), "utf16le")), -32700, "json_syntax"],
  ["trailing bytes", `${envelope("{}")}{}`, -32700, "json_trailing"],
  ["a trailing NUL", `${envelope("{}")}\0`, -32700, "json_trailing"],
  ["a comment", `${envelope("{}")}//`, -32700, "json_trailing"],
  ["a trailing comma", envelope('{"a":1,}'), -32700, "json_syntax"],
  ["NaN", envelope('{"a":NaN}'), -32700, "json_syntax"],
  ["a leading zero", envelope('{"a":01}'), -32700, "json_syntax"],
  ["a control character", envelope('{"a":"\t"}'), -32700, "json_syntax"],
  ["an unknown escape", envelope(String.raw`{"a":"\x41"}`), -32700, "json_syntax"],
  ["nothing", "", -32700, "json_syntax"],
  [
    "10,000 arrays in each other",
    envelope(`${"[".repeat(10_000)}${"]".repeat(10_000)}`),
    -32700,
    "json_too_deep",
  ],
  ["half a million values", envelope(`[${"0,".repeat(500_000)}0]`), -32700, "json_too_many_values"],
  ["a batch", `[${envelope("{}")}]`, -32600, "message_batch"],
  ["an empty batch", "[]", -32600, "message_batch"],
  [
    "an unknown envelope member",
    '{"jsonrpc":"2.0","id":1,"method":"ping","auth":"x"}',
    -32600,
    "message_unknown_member",
  ],
  [
    "a request that is also a response",
    '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
    -32600,
    "message_unknown_member",
  ],
  ["another JSON-RPC", '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, "message_version"],
  ["no JSON-RPC", '{"id":1,"method":"ping"}', -32600, "message_version"],
  ["a null id", '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, "message_id"],
  ["a fractional id", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, "message_id"],
  ["an object as id", '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, "message_id"],
  ["a huge id", `{"jsonrpc":"2.0","id":"${"i".repeat(2000)}","method":"ping"}`, -32600, "message_id"],
  ["a method that is no text", '{"jsonrpc":"2.0","id":1,"method":7}', -32600, "message_method"],
  ["params as a list", '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600, "message_params"],
  ["params as null", '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', -32600, "message_params"],
  ["a bare string", '"ping"', -32600, "message_shape"],
  [
    "result and error",
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}',
    -32600,
    "message_shape",
  ],
];

describe.each(HOSTILE)("%s", (_name, body, rpcCode, code) => {
  test("is refused with a code, a reason and a remedy, and goes no further", async () => {
    const reply = await post(target, body, session);
    const { error } = (await reply.json()) as { error: { code: number; message: string; data: JsonObject } };
    expect([reply.status, error.code, error.data["code"]]).toEqual([400, rpcCode, code]);
    expect(error.data["reason"]).toBe(error.message);
    expect(error.data["remedy"]).toMatch(/\w.*\.$/);
    expect(target.seen.handled).toEqual([]);
  });
});

test("a refusal names the request where its id can be read, and leaves the id out where not", async () => {
  const known = (await (
    await post(target, '{"jsonrpc":"2.0","id":"q","method":"ping","x":1}', session)
  ).json()) as JsonObject;
  expect(known["id"]).toBe("q");
  const unknown = (await (await post(target, "{", session)).json()) as JsonObject;
  expect("id" in unknown).toBe(false);
});

test("what the road gets is what the client's own JSON library meant, for any arguments", async () => {
  const value = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }).filter(hasNoReservedName);
  await fc.assert(
    fc.asyncProperty(value, async (args) => {
      const meant = JSON.parse(JSON.stringify({ a: args })) as JsonObject;
      const reply = await post(target, call(1, "echo", { a: args as Json }), session);
      await reply.body?.cancel();
      const got = reply.status === 200 ? target.seen.handled.at(-1)?.params["arguments"] : "refused";
      expect(got).toEqual(isExact(meant) ? meant : "refused");
    }),
    { numRuns: 100 },
  );
});

function hasNoReservedName(value: unknown): boolean {
  return !JSON.stringify(value).includes("__proto__");
}

/** Integers beyond 2^53 - 1 are refused even where the double is exact. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, item]) => name.isWellFormed() && isExact(item));
}

test("one request split at every byte is read the same each time", async () => {
  const body = envelope('{"s":"\\u00e9é€😀","n":-0.5e1}');
  const head = `POST /door/mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAccept: ${BOTH}\r\nContent-Type: application/json\r\nMcp-Session-Id: ${session["mcp-session-id"]}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const whole = Buffer.from(head + body);
  const { socket, received } = await rawSocket(target);
  for (let at = Buffer.byteLength(head) - 8; at < whole.length; at += 1) {
    const answers = received().split("HTTP/1.1 200").length;
    socket.write(whole.subarray(0, at));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(whole.subarray(at));
    await until(() => received().split("HTTP/1.1 200").length > answers);
    expect(target.seen.handled.at(-1)?.params["arguments"]).toEqual({ s: "éé€😀", n: -5 });
  }
  socket.destroy();
});

describe("a modern request whose headers say something else than its body", () => {
  const good = modern(1, "tools/call", { name: "echo", arguments: {} });
  const cases: [string, Record<string, string | null>, number][] = [
    ["another method", { "mcp-method": "tools/list" }, -32020],
    ["no method", { "mcp-method": null }, -32020],
    ["another name", { "mcp-name": "fail" }, -32020],
    ["no name", { "mcp-name": null }, -32020],
    ["a name twice", { "mcp-name": "echo, echo" }, -32020],
    ["a name in bad Base64", { "mcp-name": "=?base64?ZWNobw?=" }, -32020],
    ["another version", { "mcp-protocol-version": "2025-11-25" }, -32020],
    ["no version", { "mcp-protocol-version": null }, -32020],
  ];
  test.each(cases)("%s: refused", async (_name, changed, code) => {
    const headers = Object.fromEntries(
      Object.entries({ ...good.headers, ...changed }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      ),
    );
    const reply = await post(target, good.body, headers);
    const { error } = (await reply.json()) as { error: { code: number } };
    expect([reply.status, error.code]).toEqual([400, code]);
    expect(target.seen.handled).toEqual([]);
  });

  test("the same name in Base64 is the same name", async () => {
    const headers = { ...good.headers, "mcp-name": `=?base64?${Buffer.from("echo").toString("base64")}?=` };
    expect((await post(target, good.body, headers)).status).toBe(200);
  });

  test("a version that is not spoken here names those that are", async () => {
    const text = JSON.stringify(good.body).replace("2026-07-28", "2027-01-01");
    const reply = await post(target, text, { ...good.headers, "mcp-protocol-version": "2027-01-01" });
    const { error } = (await reply.json()) as { error: { code: number; data: JsonObject } };
    expect([reply.status, error.code]).toEqual([400, -32022]);
    expect(error.data).toEqual({
      supported: ["2026-07-28", "2025-11-25", "2025-06-18"],
      requested: "2027-01-01",
    });
  });

  test.each(["clientCapabilities", "protocolVersion"])("%s missing: refused as malformed", async (field) => {
    const text = JSON.stringify(good.body).replace(`io.modelcontextprotocol/${field}`, "x/y");
    const reply = await post(target, text, good.headers);
    const { error } = (await reply.json()) as { error: { code: number } };
    expect([reply.status, error.code]).toEqual([400, -32602]);
  });

  test("the road sees the params without the envelope, and everything else as it was", async () => {
    const params = { name: "echo", arguments: { x: 1 }, own: [1], _meta: { progressToken: 7, "a.b/c": "d" } };
    const { body, headers } = modern("id", "tools/call", params);
    expect((await post(target, body, { ...headers, "mcp-param-Region": "eu" })).status).toBe(200);
    const seen = target.seen.handled.at(-1);
    expect(seen?.params).toEqual(params);
    expect(seen?.exchange.parameterHeaders.get("region")).toBe("eu");
  });
});
