import { describe, expect, test } from "vitest";
import { missingCapabilities, requiredCapabilities } from "./capabilities.ts";
import { readMessage } from "./message.ts";
import { asLegacyResult, asModernResult } from "./results.ts";
import { isModernRevision, negotiateLegacy } from "./revisions.table.ts";
import { RpcError } from "./rpc-error.ts";

test("the three kinds of message", () => {
  expect(readMessage({ jsonrpc: "2.0", id: "a", method: "m", params: { x: [1] } })).toEqual({
    kind: "request",
    id: "a",
    method: "m",
    params: { x: [1] },
  });
  expect(readMessage({ jsonrpc: "2.0", method: "m" })).toEqual({
    kind: "notification",
    method: "m",
    params: {},
  });
  expect(readMessage({ jsonrpc: "2.0", id: 0, result: {} })).toEqual({
    kind: "response",
    id: 0,
    outcome: { result: {} },
  });
  expect(readMessage({ jsonrpc: "2.0", id: 1, error: { code: -1, message: "no", data: [2] } })).toEqual({
    kind: "response",
    id: 1,
    outcome: { error: new RpcError(-1, "no", [2]) },
  });
});

test.each([
  { jsonrpc: "2.0", id: 1, result: [] },
  { jsonrpc: "2.0", result: {} },
  { jsonrpc: "2.0", id: 1 },
  { jsonrpc: "2.0", id: 1, error: { code: 1.5, message: "m" } },
  { jsonrpc: "2.0", id: 1, error: { code: 1 } },
  { jsonrpc: "2.0", id: 1, error: { code: 1, message: "m", more: 1 } },
  { jsonrpc: "2.0", id: 2 ** 53, method: "m" },
])("%j is no message", (value) => {
  expect(() => readMessage(value)).toThrow(/message|id is neither/);
});

test("revisions: what is spoken is agreed on, all else becomes our latest", () => {
  expect(["2025-06-18", "2025-11-25"].map((v) => negotiateLegacy(v).version)).toEqual([
    "2025-06-18",
    "2025-11-25",
  ]);
  for (const asked of ["2025-03-26", "2024-11-05", "2026-07-28", "", "x"]) {
    expect(negotiateLegacy(asked).version).toBe("2025-11-25");
  }
  expect(["2026-07-28", "2027-01-01", "2025-11-25", "z"].map(isModernRevision)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe("capabilities", () => {
  test.each([
    ["sampling/createMessage", {}, { sampling: {} }, null],
    ["sampling/createMessage", {}, {}, { sampling: {} }],
    ["sampling/createMessage", { tools: [] }, { sampling: {} }, { sampling: { tools: {} } }],
    ["sampling/createMessage", { tools: [] }, { sampling: { tools: {} } }, null],
    ["elicitation/create", {}, { elicitation: {} }, null],
    ["elicitation/create", {}, { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    ["elicitation/create", { mode: "url" }, { elicitation: {} }, { elicitation: { url: {} } }],
    ["elicitation/create", { mode: "url" }, { elicitation: { url: {} } }, null],
    ["roots/list", {}, { roots: { listChanged: true } }, null],
    ["roots/list", {}, { roots: true }, { roots: {} }],
  ])("%s %j with %j lacks %j", (method, params, declared, missing) => {
    expect(missingCapabilities(requiredCapabilities(method, params) ?? {}, declared)).toEqual(missing);
  });

  test("nothing else is asked of clients", () => {
    expect(requiredCapabilities("tools/call", {})).toBeNull();
  });
});

test("results get what their era wants, and lose what it does not know", () => {
  const me = { name: "doorward", version: "1" };
  expect(asModernResult("tools/list", { tools: [] }, me)).toEqual({
    tools: [],
    resultType: "complete",
    ttlMs: 0,
    cacheScope: "private",
    _meta: { "io.modelcontextprotocol/serverInfo": me },
  });
  const own = { _meta: { "io.modelcontextprotocol/serverInfo": { name: "x" }, a: 1 }, ttlMs: 5 };
  expect(asModernResult("resources/read", own, me)).toMatchObject({ ...own, cacheScope: "private" });
  expect(asModernResult("tools/call", { resultType: "input_required" }, me)).not.toHaveProperty("ttlMs");
  expect(asLegacyResult({ resultType: "complete", content: [] })).toEqual({ content: [] });
});
