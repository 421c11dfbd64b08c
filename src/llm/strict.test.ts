import { expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { Fault } from "#base";
import {
  all,
  anyJson,
  anyObject,
  type Check,
  checkBody,
  either,
  fields,
  flag,
  integer,
  list,
  nullable,
  number,
  oneOf,
  parameterOf,
  record,
  refused,
  refusedUnless,
  tagged,
  text,
} from "./strict.ts";

const block = tagged("type", {
  text: fields({ type: anyJson, text: text() }, { required: ["text"] }),
  image: fields({ type: anyJson, url: text(10) }),
});
const body = fields(
  {
    model: text(8, 1),
    temperature: nullable(number(0, 2)),
    n: integer(1, 1),
    stream: flag,
    effort: oneOf("low", "high"),
    content: either("must be text or a list of parts", { text: text(), list: list(block, 2) }),
    labels: record(text(), 2),
    schema: anyObject,
    state: refused("would be kept upstream", "Send the conversation itself."),
    store: refusedUnless([false, null], "would be kept upstream", "Leave it out."),
    stop: all(list(text(), 4, 1), list(text(3), 4)),
  },
  { required: ["model"] },
);

function faultOf(value: JsonObject, check: Check = body): Fault {
  try {
    checkBody(value, check);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error("the body was not refused");
}

test("what is on the list passes", () => {
  const everything: JsonObject = {
    model: "m",
    temperature: null,
    n: 1,
    stream: true,
    effort: "low",
    content: [
      { type: "text", text: "a" },
      { type: "image", url: "b" },
    ],
    labels: { a: "b" },
    schema: { any: [1] },
    store: false,
    stop: ["a"],
  };
  expect(() => checkBody(everything, body)).not.toThrow();
  expect(() => checkBody({ model: "m", content: "text" }, body)).not.toThrow();
});

test.each<[string, JsonObject, string, string]>([
  ["unknown field", { model: "m", modle: "x" }, "llm_field_unknown", "modle"],
  ["inherited name", { model: "m", constructor: 1 }, "llm_field_unknown", "constructor"],
  ["missing field", {}, "llm_value_invalid", "model"],
  ["empty text", { model: "" }, "llm_value_invalid", "model"],
  ["long text", { model: "123456789" }, "llm_value_invalid", "model"],
  ["number for text", { model: 1 }, "llm_value_invalid", "model"],
  ["range", { model: "m", temperature: 2.1 }, "llm_value_invalid", "temperature"],
  ["text for number", { model: "m", temperature: "1" }, "llm_value_invalid", "temperature"],
  ["fraction", { model: "m", n: 1.5 }, "llm_value_invalid", "n"],
  ["n = 128", { model: "m", n: 128 }, "llm_value_invalid", "n"],
  ["text for flag", { model: "m", stream: "true" }, "llm_value_invalid", "stream"],
  ["other word", { model: "m", effort: "max" }, "llm_value_invalid", "effort"],
  ["wrong kind", { model: "m", content: 1 }, "llm_value_invalid", "content"],
  ["unknown block", { model: "m", content: [{ type: "video" }] }, "llm_field_unknown", "content[0].type"],
  ["block without type", { model: "m", content: [{ text: "a" }] }, "llm_value_invalid", "content[0].type"],
  ["block of no object", { model: "m", content: ["a"] }, "llm_value_invalid", "content[0]"],
  [
    "nested field",
    { model: "m", content: [{ type: "text", text: "a", x: 1 }] },
    "llm_field_unknown",
    "content[0].x",
  ],
  ["nested missing", { model: "m", content: [{ type: "text" }] }, "llm_value_invalid", "content[0].text"],
  ["too many", { model: "m", content: [1, 2, 3] }, "llm_value_invalid", "content"],
  ["too few", { model: "m", stop: [] }, "llm_value_invalid", "stop"],
  ["second of two checks", { model: "m", stop: ["long"] }, "llm_value_invalid", "stop[0]"],
  ["record value", { model: "m", labels: { a: 1 } }, "llm_value_invalid", "labels.a"],
  ["record size", { model: "m", labels: { a: "", b: "", c: "" } }, "llm_value_invalid", "labels"],
  ["list for object", { model: "m", schema: [] }, "llm_value_invalid", "schema"],
  ["refused field", { model: "m", state: "x" }, "llm_field_refused", "state"],
  ["refused value", { model: "m", store: true }, "llm_field_refused", "store"],
])("%s is refused with its code and path", (_name, value, code, path) => {
  const fault = faultOf(value);
  expect(fault.code).toBe(code);
  expect(parameterOf(fault)).toBe(path);
  expect(fault.message).toContain(`\`${path}\``);
  expect(fault.remedy).toMatch(/\.$/);
});

test("a fault of something else is about no field", () => {
  expect(parameterOf(new Fault("x", "y", "z."))).toBeNull();
});

test("a list within a list is named by both places", () => {
  const table = list(list(integer(), 3), 3);
  const nested: Json[] = [[1], [2, "x"]];
  expect(parameterOf(faultOf({ a: nested }, fields({ a: table })))).toBe("a[1][1]");
});
