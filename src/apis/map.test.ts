import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "#base";
import { type Api, type ApiRequest, compileApis, readApi } from "./index.ts";

const ORIGIN = { scheme: "https", host: "api.example.com", port: 443 };
const encode = (text: string) => new TextEncoder().encode(text);

function apiOf(paths: Json, name = "test", base = "https://api.example.com"): Api {
  const document = { openapi: "3.1.0", paths };
  return { name, ...readApi(encode(JSON.stringify(document)), { from: null, servers: [base], only: [] }) };
}

/** One operation for each `METHOD path`, named so; parameters are taken from the path. */
function routes(...lines: readonly string[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const line of lines) {
    const [method = "", path = ""] = line.split(" ");
    const parameters = [...path.matchAll(/\{\+?([^}=]+)[^}]*\}/g)].map(([, name = ""]) => ({
      name,
      in: "path",
      schema: { type: "string" },
    }));
    paths[path] = { ...paths[path], [method.toLowerCase()]: { parameters } };
  }
  return paths;
}

const plain = (line: string): ApiRequest => {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = null] = target.split("?");
  return { origin: ORIGIN, method, path, query, headers: [], body: null };
};

describe("which operation", () => {
  const map = compileApis([
    apiOf(
      routes(
        "GET /",
        "GET /pets",
        "POST /pets",
        "GET /pets/mine",
        "GET /pets/{id}",
        "DELETE /pets/{id}",
        "GET /pets/{id}/toys/{toy}",
        "GET /compare/{base}...{head}",
        "GET /files/{+path}",
        "GET /files/{+path}/history",
        "GET /x/{a}/c",
        "GET /x/b/{d}",
        "GET /report.{format}",
        "POST /items/{id}:publish",
      ),
    ),
  ]);
  test.each([
    ["GET /", "get", {}],
    ["GET /pets", "get.pets", {}],
    ["HEAD /pets", "get.pets", {}],
    ["POST /pets", "post.pets", {}],
    ["GET /pets/mine", "get.pets.mine", {}],
    ["GET /pets/7", "get.pets.id", { id: "7" }],
    ["DELETE /pets/mine", "delete.pets.id", { id: "mine" }],
    ["GET /pets/a%20b", "get.pets.id", { id: "a b" }],
    ["GET /pets/group%2Fproject", "get.pets.id", { id: "group/project" }],
    ["GET /pets/7/toys/ball", "get.pets.id.toys.toy", { id: "7", toy: "ball" }],
    ["GET /compare/main...dev", "get.compare.base...head", { base: "main", head: "dev" }],
    ["GET /files/a/b/c", "get.files.+path", { path: "a/b/c" }],
    ["GET /files/a/b/history", "get.files.+path.history", { path: "a/b" }],
    ["GET /report.pdf", "get.report.format", { format: "pdf" }],
    ["POST /items/9:publish", "post.items.id.publish", { id: "9" }],
  ])("%s is %s", (line, operation, given) => {
    const found = map.match(plain(line));
    expect(found?.operation.replaceAll("-", "+")).toBe(operation);
    expect(found?.arguments).toEqual(given);
  });
  test.each([
    ["another method", "PUT /pets"],
    ["another path", "GET /dogs"],
    ["a slash at the end", "GET /pets/"],
    ["an empty value", "GET /pets//toys/ball"],
    ["two slashes", "GET //pets"],
    ["another case", "GET /Pets"],
    ["steps behind a percent sign", "GET /pets/a%2F..%2F..%2Fadmin"],
    ["a backslash", "GET /pets/a%5Cb"],
    ["a zero byte", "GET /pets/a%00"],
    ["a percent sign that means nothing", "GET /pets/%zz"],
    ["bytes that are no UTF-8", "GET /pets/%ff"],
    ["a value that could be cut in two ways", "GET /compare/a...b...c"],
    ["two paths, neither of them more concrete", "GET /x/b/c"],
    ["an encoded slash where slashes are values", "GET /files/a%2Fb"],
    ["more segments than anybody has", `GET ${"/a".repeat(200)}`],
  ])("%s is no operation", (_, line) => {
    expect(map.match(plain(line))).toBe(null);
  });
});

describe("whose", () => {
  const map = compileApis([
    apiOf(routes("GET /a", "POST /a"), "one", "https://api.example.com/one"),
    apiOf(routes("GET /a"), "two", "https://api.example.com/two"),
    apiOf(routes("GET /a"), "twin", "https://api.example.com/two"),
    apiOf(routes("GET /a"), "local", "http://127.0.0.1:8080"),
  ]);
  test("an API governs its origin whole, whatever the path", () => {
    expect(map.governs(ORIGIN)).toBe("one");
    expect(map.governs({ ...ORIGIN, port: 8443 })).toBe(null);
    expect(map.governs({ scheme: "http", host: "127.0.0.1", port: 8080 })).toBe("local");
  });
  test("and under the other scheme and this machine's other names, where nothing of it is matched", () => {
    const bare = { ...ORIGIN, scheme: "http", port: 80 } as const;
    expect(map.governs(bare)).toBe("one");
    expect(map.match({ ...plain("GET /one/a"), origin: bare })).toBe(null);
    for (const host of ["localhost", "api.localhost", "::1", "127.0.0.2"])
      expect(map.governs({ scheme: "http", host, port: 8080 })).toBe("local");
    expect(map.governs({ scheme: "https", host: "127.0.0.1", port: 8080 })).toBe("local");
  });
  test("two APIs share a host by their base paths, and what both name nobody does", () => {
    expect(map.match(plain("GET /one/a"))?.api).toBe("one");
    expect(map.match(plain("GET /two/a"))).toBe(null);
    expect(map.match(plain("GET /a"))).toBe(null);
    expect(map.match(plain("GET /onea"))).toBe(null);
  });
});

const FORM_TYPE = "application/x-www-form-urlencoded";
const issue = {
  "/repos/{owner}/issues/{number}": {
    post: {
      operationId: "edit",
      parameters: [
        { name: "owner", in: "path", schema: { type: "string" } },
        { name: "number", in: "path", schema: { type: "integer" } },
        { name: "dry", in: "query", schema: { type: "boolean" } },
        { name: "labels", in: "query", schema: { type: "array", items: { type: "string" } } },
        { name: "ids", in: "query", explode: false, schema: { type: "array", items: { type: "integer" } } },
        {
          name: "filter",
          in: "query",
          style: "deepObject",
          schema: { type: "object", properties: { min: { type: "integer" } } },
        },
        { name: "If-Match", in: "header", schema: { type: "string" } },
      ],
      requestBody: {
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: {
                title: { type: "string" },
                owner: { type: "string" },
                count: { type: "integer" },
              },
            },
          },
          "application/x-www-form-urlencoded": { schema: {} },
          "text/plain": { schema: { type: "string" } },
        },
      },
    },
  },
};

describe("what it says", () => {
  const map = compileApis([apiOf(issue)]);
  const ask = (
    query: string | null,
    body: string | null,
    type = "application/json",
    more: [string, string][] = [],
  ) =>
    map.match({
      origin: ORIGIN,
      method: "POST",
      path: "/repos/acme/issues/7",
      query,
      headers: [...(type === "" ? [] : [["content-type", type] as const]), ...more],
      body: body === null ? null : { type, bytes: encode(body) },
    })?.arguments ?? null;

  const path = { owner: "acme", number: 7 };
  test.each([
    [
      "values as the schema has them",
      "dry=true&ids=1,2&labels=a&labels=b%2C+c",
      "{}",
      { dry: true, ids: [1, 2], labels: ["a", "b, c"] },
    ],
    ["one label is a list too", "labels=a", "{}", { labels: ["a"] }],
    ["what is not as the schema has it stays text", "dry=yes&ids=1e3", "{}", { dry: "yes", ids: ["1e3"] }],
    [
      "a scalar twice is a list, which it should not be",
      "dry=true&dry=false",
      "{}",
      { dry: ["true", "false"] },
    ],
    ["nested names", "filter[min]=3&filter[tag]=x", "{}", { filter: { min: 3, tag: "x" } }],
    [
      "what the document does not name is seen under its own name",
      "debug=1",
      '{"cc":"eve@evil.example"}',
      { debug: "1", cc: "eve@evil.example" },
    ],
    [
      "a field named like a part of the path",
      null,
      '{"owner":"eve","title":"t"}',
      { "body.owner": "eve", title: "t" },
    ],
    ["a query named like a part of the path", "owner=eve", "{}", { "query.owner": "eve" }],
    ["a body that is a list", null, '["a"]', { body: ["a"] }],
  ])("%s", (_, query, body, expected) => {
    expect(ask(query, body)).toEqual({ ...path, ...expected });
  });

  test("forms, headers and other media types", () => {
    const form = "application/x-www-form-urlencoded; charset=UTF-8";
    expect(ask(null, "title=a+b&count=2", form)).toEqual({ ...path, title: "a b", count: 2 });
    const raw = (bytes: number[]) => ({ type: form, bytes: new Uint8Array(bytes) });
    const asked = { origin: ORIGIN, method: "POST", path: "/repos/acme/issues/7", query: null };
    const headers = [["content-type", form] as const];
    expect(map.match({ ...asked, headers, body: raw([0x61, 0x3d, 0x62]) })?.arguments).toMatchObject({
      a: "b",
    });
    expect(map.match({ ...asked, headers, body: raw([0x61, 0x3d, 0xff]) })).toBe(null);
    // It takes text too, but fields that nobody read could stand in it.
    expect(ask(null, null, "text/plain")).toBe(null);
    expect(ask(null, '{"title":"t"}', "")).toBe(null);
    expect(ask(null, null, "")).toEqual(path);
    expect(ask(null, "{}", "application/vnd.example+json", [["if-match", '"x"']])).toEqual({
      ...path,
      "If-Match": undefined,
      "if-match": '"x"',
    });
  });

  test.each([
    ["a type that the operation does not take", null, null, "multipart/form-data; boundary=x"],
    ["two bodies in one: a name twice", null, '{"title":"a","title":"b"}', "application/json"],
    ["a number that readers round", null, '{"count":9007199254740993}', "application/json"],
    ["a form that names another method", null, "title=a&_method=delete", FORM_TYPE],
    ["a query that does", "_METHOD=DELETE", "{}", "application/json"],
    ["JSON that does", null, '{"_method":"PUT"}', "application/json"],
    ["another character set", null, "{}", "application/json; charset=utf-7"],
    ["JSON that is none", null, "{", "application/json"],
    ["a query that readers decode differently", "a=%ff", "{}", "application/json"],
    ["two readings of one nested name", "filter[min]=1&filter[min][x]=2", "{}", "application/json"],
    ["a name that would become a prototype", "__proto__=1", "{}", "application/json"],
    ["a prototype in a body", null, '{"__proto__":{}}', "application/json"],
  ])("%s makes it no operation", (_, query, body, type) => {
    expect(ask(query, body, type)).toBe(null);
  });

  test("two content types are one too many", () => {
    expect(ask(null, "{}", "application/json", [["content-type", "text/plain"]])).toBe(null);
  });
});

test("an upload to an operation that takes nothing else is of it, with what stands outside its body", () => {
  const content = { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
  const parameters = [{ name: "name", in: "path", schema: { type: "string" } }];
  const map = compileApis([
    apiOf({ "/files/{name}": { put: { operationId: "upload", parameters, requestBody: { content } } } }),
  ]);
  const ask = (type: string) =>
    map.match({
      ...plain("PUT /files/a.bin"),
      headers: [["content-type", type]],
      body: { type, bytes: encode("\u0000\u0001") },
    });
  expect(ask("application/octet-stream")?.arguments).toEqual({ name: "a.bin" });
  expect(ask("application/json")).toBe(null);
});

test("whatever a client sends, nothing of it is lost and nothing throws", () => {
  const map = compileApis([apiOf(issue)]);
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(
      fc.dictionary(word, fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      fc.dictionary(word, word),
      (body, query) => {
        const found = map.match({
          origin: ORIGIN,
          method: "POST",
          path: "/repos/a/issues/1",
          query: new URLSearchParams(query).toString(),
          headers: [["content-type", "application/json"]],
          body: { type: "application/json", bytes: encode(JSON.stringify(body)) },
        });
        if (found === null) return;
        const said = JSON.stringify(Object.values(found.arguments));
        for (const value of Object.values(body)) expect(said).toContain(JSON.stringify(value));
        expect(Object.keys(found.arguments)).toHaveLength(
          2 + Object.keys(body).length + Object.keys(query).length,
        );
      },
    ),
  );
});
