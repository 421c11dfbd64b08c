import { expect, test } from "vitest";
import { asksToDelete } from "./fields.ts";

test.each([
  ["a query", "a=1&_method=DELETE", undefined, true],
  ["a query in other letters", "%5Fmethod=delete", undefined, true],
  ["a field", null, { _method: "delete" }, true],
  ["one of several", null, { _method: ["put", "DELETE"] }, true],
  ["another method", "_method=PUT", { _method: "PATCH" }, false],
  ["another field", "method=DELETE", { action: "delete" }, false],
  ["no fields", null, ["_method", "delete"], false],
])("a POST that is taken for a DELETE (T13): %s", (_, query, fields, expected) => {
  expect(asksToDelete(query, fields)).toBe(expected);
});
