import { expect, test } from "vitest";
import { parseEvent } from "./event-json.ts";

test("an event is read as JSON.parse reads it", () => {
  const event = '{"choices":[{"delta":{"content":"\\u00e9\\n"},"logprob":-0.25}],"usage":null}';
  expect(parseEvent(event)).toEqual(JSON.parse(event));
});

test.each([
  ["a duplicate key in a delta", '{"choices":[{"delta":{"content":"a","content":"b"}}]}'],
  ["a duplicate key by escape", String.raw`{"content":"a","\u0063ontent":"b"}`],
  ["an inexact number", '{"usage":{"total_tokens":9007199254740993}}'],
  ["a lone surrogate", String.raw`{"content":"\ud800"}`],
  ["no object", "[]"],
  ["no JSON", "[DONE"],
  ["two values", "{}{}"],
  ["deep nesting", `${'{"a":'.repeat(80)}1${"}".repeat(80)}`],
])("%s is refused", (_name, data) => {
  expect(() => parseEvent(data)).toThrow(expect.objectContaining({ code: "answer_malformed" }));
});
