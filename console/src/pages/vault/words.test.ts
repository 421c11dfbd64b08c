import { expect, test } from "vitest";
import { linesIn } from "../../ui/lines.ts";
import { pairsIn, settingsOf, settingWords } from "./words.ts";

test("lines and pairs are read as they were meant", () => {
  expect(linesIn(" a \n\n b\r\n")).toEqual(["a", "b"]);
  expect(pairsIn("X-Auth=Token {{secret}};v=2\nlone\n b =c=d")).toEqual({
    "X-Auth": "Token {{secret}};v=2",
    lone: "",
    b: "c=d",
  });
});

test.each([
  ["bearer", { user: "of another kind" }, {}],
  ["basic", { user: " x-access-token " }, { user: "x-access-token" }],
  ["header", { header: "x-api-key", prefix: "Token " }, { header: "x-api-key", prefix: "Token " }],
  ["header", { header: "x-api-key", prefix: "  " }, { header: "x-api-key" }],
  [
    "oauth",
    { tokenUrl: "https://a.example/t", clientId: "d", scopes: "repo\nread:org" },
    { tokenUrl: "https://a.example/t", clientId: "d", scopes: ["repo", "read:org"] },
  ],
  ["template", { headers: "X=a {{secret}}" }, { headers: { X: "a {{secret}}" } }],
  ["what is no kind", {}, {}],
])("the settings of %s", (kind, given, settings) => {
  expect(settingsOf(kind, given)).toEqual(settings);
});

test.each([
  ["x", "x"],
  [["repo", "gist"], "repo gist"],
  [{ "X-Auth": "Token {{secret}}" }, "X-Auth=Token {{secret}}"],
  [null, "null"],
  [true, "true"],
])("%j in words", (value, words) => {
  expect(settingWords(value)).toBe(words);
});
