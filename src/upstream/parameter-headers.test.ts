import { expect, test } from "vitest";
import { declaredHeaders, encodeHeader, parameterHeaders } from "./parameter-headers.ts";

// Values after transports/streamable-http.mdx of revision 2026-07-28, "Value encoding".
test.each([
  ["us-west1", "us-west1"],
  ["a b", "a b"],
  [" a", "=?base64?IGE=?="],
  ["", "=?base64??="],
  ["Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="],
  ["line\nbreak", "=?base64?bGluZQpicmVhaw==?="],
  ["=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="],
])("%j travels as %j", (value, header) => {
  expect(encodeHeader(value)).toBe(header);
});

test("declared properties are mirrored, wherever they stand; absent and composite ones are not", () => {
  const schema = {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      limits: { type: "object", properties: { count: { type: "integer", "x-mcp-header": "Count" } } },
      gone: { type: "string", "x-mcp-header": "Gone" },
      list: { type: "array", "x-mcp-header": "List" },
      bad: { type: "string", "x-mcp-header": "not a token" },
      plain: { type: "string" },
    },
  };
  const given = { region: "eu", limits: { count: 3 }, list: [1], bad: "x", plain: "y" };
  expect(parameterHeaders(declaredHeaders(schema), given)).toEqual({
    "Mcp-Param-Region": "eu",
    "Mcp-Param-Count": "3",
  });
});
