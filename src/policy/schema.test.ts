import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#base";
import { ask, compiled, tool } from "../../tests/samples/policy.ts";
import { decide, effectsOf, type ToolAnnotations } from "./index.ts";
import { readInput } from "./input.ts";
import { INPUT_DEPTH_MAX, INPUT_FIELDS_MAX, inputTypeOf } from "./input-type.ts";
import { cedarSchema, inputTypesOf } from "./schema.ts";

const seen = (schema: JsonObject, values: JsonObject): unknown => readInput(inputTypeOf(schema), values);
const object = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: "object",
  properties,
  required,
});

describe("what Cedar sees of a tool's arguments", () => {
  test.each<[string, JsonObject, JsonObject, unknown]>([
    ["a string", object({ a: { type: "string" } }), { a: "x" }, { a: "x" }],
    ["an integer", object({ a: { type: "integer" } }), { a: 3 }, { a: 3 }],
    ["a boolean", object({ a: { type: "boolean" } }), { a: false }, { a: false }],
    [
      "a list",
      object({ a: { type: "array", items: { type: "string" } } }),
      { a: ["x", "y"] },
      { a: ["x", "y"] },
    ],
    [
      "a record",
      object({ a: object({ b: { type: "string" } }) }),
      { a: { b: "x", c: 1 } },
      { a: { b: "x" } },
    ],
    ["a number is left out", object({ a: { type: "number" } }), { a: 1 }, {}],
    ["a union is left out", object({ a: { type: ["string", "integer"] } }), { a: 1 }, {}],
    ["a reference is left out", object({ a: { $ref: "#/x" } }), { a: 1 }, {}],
    [
      "a tuple is left out",
      object({ a: { type: "array", prefixItems: [], items: { type: "string" } } }),
      { a: [1] },
      {},
    ],
    ["no schema at all", { type: "object" }, { a: 1 }, {}],
    ["what is not declared is left out", object({ a: { type: "string" } }), { a: "x", b: "y" }, { a: "x" }],
    ["null where null is legal is absent", object({ a: { type: ["string", "null"] } }), { a: null }, {}],
    [
      "null by anyOf, as generators write it",
      object({ a: { anyOf: [{ type: "string" }, { type: "null" }] } }),
      { a: null },
      {},
    ],
    [
      "a value by anyOf",
      object({ a: { anyOf: [{ type: "string" }, { type: "null" }] } }),
      { a: "x" },
      { a: "x" },
    ],
    [
      "Cedar's escapes are never arguments",
      object({ __entity: { type: "string" }, __extn: { type: "string" } }),
      { __entity: "x" },
      {},
    ],
  ])("%s", (_name, schema, values, record) => {
    expect(seen(schema, values)).toEqual({ record, doubtful: [] });
  });

  test.each<[string, JsonObject, JsonObject, unknown]>([
    ["another type", object({ a: { type: "string" } }), { a: 1 }, { record: {}, doubtful: ["a"] }],
    ["missing", object({ a: { type: "string" } }, ["a"]), {}, { record: {}, doubtful: ["a"] }],
    ["null", object({ a: { type: "string" } }), { a: null }, { record: {}, doubtful: ["a"] }],
    ["a fraction", object({ a: { type: "integer" } }), { a: 0.5 }, { record: {}, doubtful: ["a"] }],
    ["beyond 2^53", object({ a: { type: "integer" } }), { a: 2 ** 60 }, { record: {}, doubtful: ["a"] }],
    [
      "one item of a list",
      object({ a: { type: "array", items: { type: "string" } } }),
      { a: ["x", 1] },
      { record: { a: ["x"] }, doubtful: ["a"] },
    ],
    [
      "deep inside",
      object({ a: object({ b: { type: "integer" } }) }),
      { a: { b: "1" } },
      { record: { a: {} }, doubtful: ["a"] },
    ],
    [
      "only inherited",
      object({ toString: { type: "string" } }, ["toString"]),
      {},
      { record: {}, doubtful: ["toString"] },
    ],
  ])("doubtful: %s", (_name, schema, values, expected) => {
    expect(seen(schema, values)).toEqual(expected);
  });

  test("depth and number of fields are bounded", () => {
    const nest = (depth: number): JsonObject =>
      depth === 0 ? { type: "string" } : object({ a: nest(depth - 1) });
    const depthOf = (value: unknown): number =>
      typeof value === "object" && value !== null && "a" in value ? 1 + depthOf(value.a) : 0;
    const value = (depth: number): Json => (depth === 0 ? "x" : { a: value(depth - 1) });
    const { record } = readInput(inputTypeOf(nest(100)), value(100) as JsonObject);
    expect(depthOf(record)).toBeLessThanOrEqual(INPUT_DEPTH_MAX);
    const wide = object(
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, { type: "string" }])),
    );
    expect(inputTypeOf(wide).fields.size).toBe(INPUT_FIELDS_MAX);
  });
});

test("whatever a server declares, the schema stands and the tool can be decided", () => {
  const keyword = fc.constantFrom(
    "type",
    "properties",
    "items",
    "required",
    "anyOf",
    "oneOf",
    "prefixItems",
    "enum",
    "$ref",
  );
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "constructor", "__cedar", "__expr", "a.b", "context", 'x"y'),
  );
  const typeName = fc.constantFrom<Json>(
    "string",
    "integer",
    "boolean",
    "array",
    "object",
    "number",
    "null",
    ["string", "null"],
    7,
    null,
  );
  const schemas = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ type: typeName }) as fc.Arbitrary<Json>,
      fc.record(
        {
          type: typeName,
          properties: fc.dictionary(name, tie("schema"), { maxKeys: 4 }),
          required: fc.array(name, { maxLength: 3 }),
          items: tie("schema"),
        },
        { requiredKeys: ["type"] },
      ) as fc.Arbitrary<Json>,
      fc.dictionary(keyword, tie("schema"), { maxKeys: 3 }) as fc.Arbitrary<Json>,
    ),
  })).schema;
  const inputs = schemas.map((schema): JsonObject => ({ type: "object", properties: { inner: schema } }));
  fc.assert(
    fc.property(name, inputs, fc.jsonValue(), (toolName, inputSchema, value) => {
      const shape = tool(toolName, ["read"], inputSchema);
      const schema = cedarSchema([shape], inputTypesOf([shape]));
      expect(cedar.checkParseSchema(schema)).toEqual({ type: "success" });
      const set = compiled('@id("all") permit (principal, action, resource);', [shape]);
      const asked = ask({ name: toolName, values: { inner: value as Json } });
      expect(decide(set, asked).kind).toBe("allow");
    }),
    { numRuns: 300 },
  );
});

test.each([
  [undefined, ["destructive", "outbound"]],
  [{}, ["destructive", "outbound"]],
  [{ readOnlyHint: true }, ["outbound", "read"]],
  [{ readOnlyHint: true, openWorldHint: false }, ["read"]],
  [{ readOnlyHint: false, destructiveHint: false, openWorldHint: false }, ["write"]],
  [{ destructiveHint: false }, ["outbound", "write"]],
  [{ destructiveHint: true, openWorldHint: false }, ["destructive"]],
  [{ readOnlyHint: "true", openWorldHint: 0 }, ["destructive", "outbound"]],
])("the effects of a tool that says %j are %j", (annotations, effects) => {
  expect(effectsOf(annotations as ToolAnnotations | undefined)).toEqual(effects);
});
