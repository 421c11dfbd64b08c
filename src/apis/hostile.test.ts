import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault, type Json } from "#base";
import { compileApis, readApi } from "./index.ts";

const nowhere = { from: null, servers: ["https://api.example.com"], only: [] };
const bytesOf = (document: Json | string) =>
  new TextEncoder().encode(typeof document === "string" ? document : JSON.stringify(document));
const read = (document: Json | string) => readApi(bytesOf(document), nowhere);
const api = (paths: Json, more: { readonly [key: string]: Json } = {}) => ({
  openapi: "3.0.0",
  paths,
  ...more,
});
const post = (schema: Json) => ({
  "/x": { post: { requestBody: { content: { "application/json": { schema } } } } },
});

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
  throw new Error("nothing was refused");
}

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const parameter = (name: string) => ({ get: { parameters: [{ name, in: "query", schema: {} }] } });

/** Each way to harm whoever reads it, and what it is refused with. */
const HOSTILE: readonly (readonly [string, () => Json | string, string])[] = [
  ["no text", () => "\u0000", "api_unreadable"],
  ["no OpenAPI", () => ({ hello: "world" }), "api_unreadable"],
  ["a version to come", () => ({ openapi: "4.0.0", paths: { "/a": { get: {} } } }), "api_unreadable"],
  ["paths that are a list", () => ({ openapi: "3.0.0", paths: [] }), "api_unreadable"],
  ["no operation", () => api({}), "api_unreadable"],
  [
    "JSON nested too deep",
    () => `{"openapi":"3.0.0","x":${nested(200)},"paths":{"/a":{"get":{}}}}`,
    "api_unreadable",
  ],
  ["JSON nested a million deep", () => `{"openapi":"3.0.0","x":${nested(1_000_000)}}`, "api_unreadable"],
  [
    "YAML nested too deep",
    () => `openapi: 3.0.0\nx: ${nested(300)}\npaths: {/a: {get: {}}}`,
    "api_unreadable",
  ],
  [
    "YAML nested so deep that its parser gives up",
    () => `openapi: 3.0.0\nx: ${nested(100_000)}`,
    "api_unreadable",
  ],
  ["a bomb of YAML aliases", () => bomb(), "api_unreadable"],
  ["a YAML alias to itself", () => "openapi: 3.0.0\npaths: &a\n  /a: *a", "api_unreadable"],
  ["a YAML key twice", () => "openapi: 3.0.0\npaths: {}\npaths: {/a: {get: {}}}", "api_unreadable"],
  [
    "a YAML key that is a map",
    () => "openapi: 3.0.0\n? {a: b}\n: c\npaths: {/a: {get: {}}}",
    "api_unreadable",
  ],
  ["YAML that is no number", () => "openapi: 3.0.0\nx: .inf\npaths: {/a: {get: {}}}", "api_unreadable"],
  [
    "two YAML documents",
    () => "openapi: 3.0.0\npaths: {/a: {get: {}}}\n---\nopenapi: 3.0.0",
    "api_unreadable",
  ],
  ["100,000 paths", () => api(many(100_000)), "api_too_large"],
  ["more operations than anybody reviews", () => api(many(2_001)), "api_too_large"],
  [
    "a reference to another host",
    () => api(post({ $ref: "https://evil.example/schema.json" })),
    "api_reference_refused",
  ],
  ["a reference to a file", () => api({ "/x": { $ref: "/etc/passwd" } }), "api_reference_refused"],
  ["a reference that leads nowhere", () => api(post({ $ref: "#/components/none" })), "api_reference_refused"],
  [
    "a reference into a prototype",
    () => api(post({ $ref: "#/__proto__/toString" })),
    "api_reference_refused",
  ],
  [
    "a reference to itself",
    () => api(post({ $ref: "#/a" }), { a: { $ref: "#/b" }, b: { $ref: "#/a" } }),
    "api_reference_refused",
  ],
  ["servers by the thousand", () => api({ "/a": { get: {} } }), "none"],
];

function bomb(): string {
  const lines = ["openapi: 3.0.0", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= 9; level += 1)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
  return [...lines, "paths: {/a: {get: {}}}"].join("\n");
}

function many(count: number): Json {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`/p${at}`, { get: {} }]));
}

test.each(HOSTILE.filter(([, , code]) => code !== "none"))("%s is refused", (_, document, code) => {
  const fault = faultOf(() => read(document()));
  expect(fault.code).toBe(code);
  expect(fault.remedy.length).toBeGreaterThan(20);
  expect(fault.message.length).toBeLessThan(1_000);
});

test("variables that multiply into a million servers are refused", () => {
  const variables = Object.fromEntries(
    ["a", "b", "c"].map((name) => [
      name,
      { default: "0", enum: Array.from({ length: 100 }, (_, at) => String(at)) },
    ]),
  );
  const document = api({ "/a": { get: {} } }, { servers: [{ url: "https://{a}{b}{c}.example", variables }] });
  expect(faultOf(() => readApi(bytesOf(document), { ...nowhere, servers: [] })).code).toBe(
    "api_server_refused",
  );
});

test("a document larger than what is read is refused before it is parsed", () => {
  expect(faultOf(() => readApi(new Uint8Array(32 * 1024 * 1024 + 1), nowhere)).code).toBe("api_too_large");
  expect(faultOf(() => readApi(new Uint8Array(13 * 1024 * 1024).fill(32), nowhere)).code).toBe(
    "api_too_large",
  );
});

const level = (depth: number): Json => ({ $ref: `#/components/schemas/L${depth}` });

test("a schema of a hundred million members is cut, and takes no time", () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 8 }, (_, depth) => [
      `L${depth}`,
      {
        type: "object",
        properties: Object.fromEntries(Array.from({ length: 10 }, (_1, at) => [`m${at}`, level(depth + 1)])),
      },
    ]),
  );
  const components = { schemas: { ...schemas, L8: { type: "string" } } };
  const { operations } = read(api(post(level(0)), { components }));
  expect(JSON.stringify(operations[0]?.inputSchema).length).toBeLessThan(64 * 1024);
});

test.each([
  ["__proto__", { "/a": parameter("__proto__") }],
  ["a right-to-left override", { "/a": parameter("a\u202eb") }],
  ["no name", { "/a": parameter("") }],
  ["braces that do not match", { "/a/{x": { get: {} } }],
  ["a parameter twice", { "/a/{x}/{x}": { get: { parameters: [{ name: "x", in: "path" }] } } }],
  ["a parameter that nothing declares", { "/a/{x}": { get: {} } }],
  [
    "two parameters with nothing between",
    {
      "/a/{x}{y}": {
        get: {
          parameters: [
            { name: "x", in: "path" },
            { name: "y", in: "path" },
          ],
        },
      },
    },
  ],
  ["a query in its path", { "/a?b=c": { get: {} } }],
  ["a fragment in its path", { "/#Action=x": { get: {} } }],
  ["no slash", { a: { get: {} } }],
  ["servers of its own", { "/a": { get: { servers: [{ url: "https://other.example" }] } } }],
  ["a percent sign alone", { "/a%": { get: {} } }],
])("an operation with %s becomes none, and says why", (_, paths) => {
  const { operations, skipped, skippedCount } = read(
    api({ ...paths, "/good": { get: { operationId: "good" } } }),
  );
  expect(operations.map(({ name }) => name)).toEqual(["good"]);
  expect([skipped.length, skippedCount]).toEqual([1, 1]);
});

test("a path item, a member and a schema named like what objects inherit are nothing special", () => {
  const document = `{"openapi":"3.0.0","__proto__":{"paths":{"/evil":{"get":{}}}},"paths":{"/a":{"post":{"requestBody":{"content":{
    "application/json":{"schema":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},
    "toString":{"type":"integer"}}}}}}}}}}`;
  const { operations } = read(document);
  expect(operations.map(({ template }) => template)).toEqual(["/a"]);
  expect(operations[0]?.arguments.map(({ name }) => name)).toEqual(["constructor", "toString"]);
  expect(Object.hasOwn(Object.prototype, "paths")).toBe(false);
});

test("paths made to be tried in every way are matched in bounded steps, or not at all", () => {
  const words = ["a", "{p}"];
  const combine = (depth: number): string[] =>
    depth === 0
      ? [""]
      : combine(depth - 1).flatMap((path) =>
          words.map((word) => `${path}/${word.replace("p", `p${depth}`)}`),
        );
  const paths = Object.fromEntries(
    combine(10).map((path) => {
      const parameters = [...path.matchAll(/\{(p\d+)\}/g)].map(([, name = ""]) => ({ name, in: "path" }));
      return [path, { get: { parameters } }];
    }),
  );
  const { operations, servers } = read(api(paths));
  const map = compileApis([{ name: "x", servers, operations }]);
  const origin = { scheme: "https", host: "api.example.com", port: 443 };
  const ask = (path: string) =>
    map.match({ origin, method: "GET", path, query: null, headers: [], body: null });
  // Of 1,024 ways one is the most concrete; more steps than that are not taken.
  expect(ask("/a".repeat(10))?.operation ?? null).toBe(null);
  expect(ask("/b".repeat(10))?.arguments).toMatchObject({ p1: "b", p10: "b" });
});

function outcomeOf(text: string): unknown {
  try {
    read(text);
    return "read";
  } catch (cause) {
    return cause instanceof Fault ? "refused" : cause;
  }
}

test("whatever the bytes are, a document is read or refused by a Fault", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => `{"openapi":"3.0.0","paths":{"/a":${text}}}`),
      ),
      (text) => {
        expect(["read", "refused"]).toContain(outcomeOf(text));
      },
    ),
    { numRuns: 500 },
  );
});
