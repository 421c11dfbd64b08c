import { expect, test } from "vitest";
import { foreignCredentials } from "./foreign.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

/** What an agent sends, and where a credential of its own stands in it. */
const SENT: readonly (readonly [string, [string, string][], string | null, string[]])[] = [
  ["nothing", [["accept", "*/*"]], "q=kittens&page=2", []],
  ["authorization", [["authorization", "Bearer abc"]], null, ["header:authorization"]],
  ["an empty one", [["authorization", ""]], null, []],
  ["a cookie", [["cookie", "session=1"]], null, ["header:cookie"]],
  ["an API key", [["x-api-key", "k"]], null, ["header:x-api-key"]],
  ["one by its words", [["x-acme-access-token", "k"]], null, ["header:x-acme-access-token"]],
  ["another", [["acme_api_key", "k"]], null, ["header:acme_api_key"]],
  ["a page's own token", [["x-csrf-token", "k"]], null, []],
  ["a header of another name with a token", [["x-note", `see ${JWT}`]], null, ["header:x-note"]],
  ["an idempotency key", [["idempotency-key", "0a1b2c"]], null, []],
  ["an access token in the query", [], "access_token=abc", ["query:access_token"]],
  [
    "in capitals",
    [],
    "X-Amz-Signature=00&X-Amz-Credential=AKIA",
    ["query:X-Amz-Signature", "query:X-Amz-Credential"],
  ],
  ["an Azure signature", [], "sv=2022&sig=abc%3D", ["query:sig"]],
  ["a token under a harmless name", [], "note=ghp_0123456789abcdefghijABCDEFGHIJ012345", ["query:note"]],
  ["a key of ours", [], `k=dwk_${"a".repeat(43)}`, ["query:k"]],
];

test.each(SENT)("%s", (_, headers, query, places) => {
  expect(foreignCredentials({ headers, query, path: "/" }, new Set())).toEqual(places);
});

test.each([
  ["a bot of Telegram's", `/bot123456789:AA${"x".repeat(33)}/sendMessage`, ["path"]],
  ["the same, encoded", `/bot123456789%3AAA${"x".repeat(33)}/sendMessage`, ["path"]],
  ["a webhook of Slack's", `/services/T00000000/B00000000/${"X".repeat(24)}`, ["path"]],
  ["a webhook of Discord's", `/api/webhooks/123456789012345678/${"a-b".repeat(22)}`, ["path"]],
  ["a token in a step", `/verify/${JWT}`, ["path"]],
  ["ordinary steps", "/services/TEAM/build/1234567890abcdef1234567890abcdef/webhooks/12/x", []],
])("in a path: %s", (_, path, places) => {
  expect(foreignCredentials({ headers: [], query: null, path }, new Set())).toEqual(places);
});

test("where a placeholder of the vault stands, nothing is foreign", () => {
  const sent = { headers: [["authorization", "Bearer dwp_x"]] as const, query: "key=1", path: "/" };
  expect(foreignCredentials(sent, new Set(["header:authorization"]))).toEqual([]);
});
