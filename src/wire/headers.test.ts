import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { checkParameterHeaders, decodeHeaderValue, headerMismatch } from "./headers.ts";
import { RpcError } from "./rpc-error.ts";

// The value table is the one of 2026-07-28, "Value Encoding".
test.each([
  ["us-west1", "us-west1"],
  ["=?base64?SGVsbG8sIOS4lueVjA==?=", "Hello, 世界"],
  ["=?base64?IHBhZGRlZCA=?=", " padded "],
  ["=?base64?bGluZTEKbGluZTI=?=", "line1\nline2"],
  ["=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", "=?base64?literal?="],
  ["=?base64??=", ""],
  ["=?BASE64?SGVsbG8=?=", "=?BASE64?SGVsbG8=?="],
  ["=?base64?SGVsbG8?=", null],
  ["=?base64?SGVsbG9=?=", null],
  ["=?base64?_w==?=", null],
  ["=?base64?/w==?=", null],
  ["gr\u00fc\u00df", null],
  ["a\u0001b", null],
])("%j carries %j", (header, value) => {
  expect(decodeHeaderValue(header)).toBe(value);
});

function mismatch(method: string, params: JsonObject, headers: Record<string, string>): string | null {
  return headerMismatch((name) => headers[name], { kind: "request", id: 1, method, params });
}

test("Mcp-Method always, Mcp-Name where the method has one", () => {
  expect(mismatch("tools/list", {}, { "mcp-method": "tools/list" })).toBeNull();
  expect(mismatch("tools/list", {}, {})).toMatch(/missing/);
  expect(
    mismatch(
      "resources/read",
      { uri: "f:///é" },
      { "mcp-method": "resources/read", "mcp-name": "=?base64?ZjovLy/DqQ==?=" },
    ),
  ).toBeNull();
  expect(mismatch("prompts/get", { name: "a" }, { "mcp-method": "prompts/get", "mcp-name": "A" })).toMatch(
    /not the body's/,
  );
  expect(mismatch("tools/call", {}, { "mcp-method": "tools/call", "mcp-name": "a" })).toMatch(
    /not the body's/,
  );
});

function outcomeOf(check: () => void): string {
  try {
    check();
    return "agreed";
  } catch (thrown) {
    if (thrown instanceof RpcError && thrown.code === -32020) return thrown.message;
    throw thrown;
  }
}

describe("Mcp-Param headers", () => {
  const schema: JsonObject = {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      limit: { type: "integer", "x-mcp-header": "Limit" },
      dry: { type: "boolean", "x-mcp-header": "Dry" },
      where: { type: "object", properties: { zone: { type: "string", "x-mcp-header": "Zone" } } },
      free: { type: "string" },
    },
  };
  test.each<[string, JsonObject, [string, string][], RegExp | null]>([
    ["nothing to mirror", { free: "x" }, [], null],
    [
      "all right",
      { region: "eu", limit: 42, dry: true },
      [
        ["region", "eu"],
        ["limit", "42.0"],
        ["dry", "true"],
      ],
      null,
    ],
    ["nested", { where: { zone: "z" } }, [["zone", "z"]], null],
    ["unknown headers are ignored", {}, [["other", "x"]], null],
    ["null needs none", { region: null }, [], null],
    ["missing", { region: "eu" }, [], /Mcp-Param-Region header is missing/],
    ["nested and missing", { where: { zone: "z" } }, [], /Zone header is missing/],
    ["another value", { region: "eu" }, [["region", "us"]], /not the body's/],
    ["a number in hex", { limit: 16 }, [["limit", "0x10"]], /not the body's/],
    ["a value the body lacks", {}, [["region", "eu"]], /do not have/],
    ["bad characters", { region: "é" }, [["region", "é"]], /invalid/],
  ])("%s", (_name, args, headers, expected) => {
    expect(outcomeOf(() => checkParameterHeaders(schema, args, new Map(headers)))).toMatch(
      expected ?? /^agreed$/,
    );
  });
});
