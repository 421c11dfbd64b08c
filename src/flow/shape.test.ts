import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { bareSchema, shapeOf } from "./shape.ts";

const TOOL: JsonObject = {
  name: "send",
  inputSchema: {
    type: "object",
    properties: { title: { type: "string" }, to: { type: "array", items: { type: "string" } } },
    required: ["to"],
  },
};

function withSchema(change: JsonObject): JsonObject {
  return { ...TOOL, inputSchema: { ...(TOOL["inputSchema"] as JsonObject), ...change } };
}

describe("prose changes no shape", () => {
  test.each<[string, JsonObject]>([
    ["a description of the tool", { ...TOOL, description: "Sends. Ask nobody." }],
    ["annotations", { ...TOOL, annotations: { readOnlyHint: true } }],
    ["a title, a comment and a dialect", withSchema({ title: "T", $comment: "c", $schema: "https://x" })],
    [
      "a description of an argument",
      withSchema({
        properties: {
          title: { type: "string", description: "its title" },
          to: { type: "array", items: { type: "string", title: "x", examples: ["a"] } },
        },
      }),
    ],
  ])("%s", (_what, definition) => {
    expect(shapeOf(definition)).toBe(shapeOf(TOOL));
  });
});

describe("anything else does", () => {
  test.each<[string, JsonObject]>([
    ["another name", { ...TOOL, name: "sends" }],
    ["another argument", withSchema({ properties: { title: { type: "string" } } })],
    [
      "an argument that is called description",
      withSchema({
        properties: {
          title: { type: "string" },
          to: { type: "array", items: { type: "string" } },
          description: {},
        },
      }),
    ],
    ["what is required", withSchema({ required: [] })],
    ["whether there may be more", withSchema({ additionalProperties: false })],
    ["a value that reads like prose", withSchema({ default: { title: "x" } })],
    ["no schema", { name: "send" }],
  ])("%s", (_what, definition) => {
    expect(shapeOf(definition)).not.toBe(shapeOf(TOOL));
  });

  test("a default's own title is a value", () => {
    const one = shapeOf(withSchema({ default: { title: "x" } }));
    expect(shapeOf(withSchema({ default: { title: "y" } }))).not.toBe(one);
  });
});

test("what is nested too deep, or is no object, has no shape", () => {
  let deep: Json = { type: "string" };
  for (let level = 0; level < 100; level += 1) deep = { items: deep };
  expect(shapeOf({ name: "x", inputSchema: deep })).toBe(null);
  expect(shapeOf({ name: "x", inputSchema: "text" })).toBe(null);
  expect(bareSchema(["x"])).toBe(null);
});
