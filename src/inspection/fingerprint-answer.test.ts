import { expect, test } from "vitest";
import { heard } from "./answers.ts";

// What a child that was taken over could answer instead of a fingerprint.
const PRINT = {
  doorward: "lineage fingerprint 1",
  container: "gguf",
  kind: "model",
  architecture: null,
  type: null,
  dimensions: {},
  digest: null,
  shape: null,
  tokenizer: null,
  declared: { name: null, bases: [] },
  norms: [],
  rows: [],
  cosines: { tokens: [], values: "" },
  unread: [],
};
const answered = (answer: unknown) => heard(JSON.stringify({ id: 1, answer }), 1, "fingerprint");
const textOf = (changes: object): string => JSON.stringify({ ...PRINT, ...changes });

test("a fingerprint, or why there is none, is heard", () => {
  expect(answered({ text: textOf({}), malformed: null })).toMatchObject({
    kind: "answer",
    answer: { print: { container: "gguf", norms: [] }, malformed: null },
  });
  expect(answered({ text: null, malformed: { what: "cut\u001b[31m", at: 3 } })).toEqual({
    kind: "answer",
    answer: { print: null, malformed: { what: "cut\\u{1b}[31m", at: 3 } },
  });
});

test.each([
  ["neither of both", { text: null, malformed: null }],
  ["no JSON", { text: "{", malformed: null }],
  ["another format", { text: textOf({ doorward: "other" }), malformed: null }],
  ["a digest that is none", { text: textOf({ digest: "sha256:x" }), malformed: null }],
  ["a role that is none", { text: textOf({ norms: [["root", 0, 1, null, null, ""]] }), malformed: null }],
  [
    "more signs than channels",
    { text: textOf({ rows: [["embedding", null, 0, "F32", "A".repeat(400), ""]] }), malformed: null },
  ],
  [
    "angles that do not add up",
    { text: textOf({ cosines: { tokens: [1, 2], values: "" } }), malformed: null },
  ],
  [
    "a list of a million",
    { text: textOf({ unread: Array.from({ length: 1_000_000 }, () => 1) }), malformed: null },
  ],
  ["more members", { text: textOf({}), malformed: null, verdict: "clean" }],
])("%s is garbage", (_, answer) => {
  expect(answered(answer)).toEqual({ kind: "garbage" });
});
