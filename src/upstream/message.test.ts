import { expect, test } from "vitest";
import { type Message, readMessage } from "./message.ts";

test.each<[string, unknown, Message | null]>([
  [
    "request",
    { jsonrpc: "2.0", id: 1, method: "m", params: { a: 1 } },
    { kind: "request", id: 1, method: "m", params: { a: 1 } },
  ],
  ["notification", { jsonrpc: "2.0", method: "m" }, { kind: "notification", method: "m", params: {} }],
  ["result", { jsonrpc: "2.0", id: "x", result: { b: 2 } }, { kind: "result", id: "x", result: { b: 2 } }],
  [
    "error",
    { jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } },
    { kind: "error", id: 1, error: { code: -1, message: "no" } },
  ],
  ["answer that is neither", { jsonrpc: "2.0", id: 1, result: 5 }, { kind: "broken", id: 1 }],
  ["error without a code", { jsonrpc: "2.0", id: 1, error: { message: "no" } }, { kind: "broken", id: 1 }],
  ["batch", [{ jsonrpc: "2.0", method: "m" }], null],
  ["other version", { jsonrpc: "1.0", id: 1, result: {} }, null],
  ["array of params", { jsonrpc: "2.0", method: "m", params: [] }, null],
  ["inexact id", { jsonrpc: "2.0", id: 1.5, method: "m" }, null],
  ["null id", { jsonrpc: "2.0", id: null, error: { code: 1, message: "x" } }, null],
  ["null", null, null],
])("%s", (_what, value, expected) => {
  expect(readMessage(value)).toEqual(expected);
});
