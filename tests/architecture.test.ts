import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import plan from "../architecture.json" with { type: "json" };
import { fenceProblems, withTable } from "../scripts/architecture.ts";
import { circleIn, fileGraph, type Plan, planProblems, trespasses } from "../scripts/fence.ts";

const modules: Plan = plan;

test("every file stays on its floor, and nothing goes in circles", () => {
  expect(fenceProblems(modules)).toEqual([]);
});

test("ARCHITECTURE.md shows the plan as it is (npm run architecture)", () => {
  const page = readFileSync("ARCHITECTURE.md", "utf8");
  expect(withTable(page, modules)).toBe(page);
});

test("a changed plan makes the page stale", () => {
  const page = readFileSync("ARCHITECTURE.md", "utf8");
  const changed = { ...modules, base: { ...modules["base"], job: "something else" } } as Plan;
  expect(withTable(page, changed)).not.toBe(page);
});

describe("the fence, climbed", () => {
  test.each([
    // Modules: sideways, upward, past the face, out of the room, from nowhere.
    ["src/policy/decide.ts", 'import { x } from "#ledger";'],
    ["src/base/fault.ts", 'import { x } from "#policy";'],
    ["src/operations/run.ts", 'import { x } from "#gateway";'],
    ["src/gateway/road.ts", 'import { x } from "#operations";'],
    ["src/gateway/road.ts", 'import { x } from "#policy/decide";'],
    ["src/policy/decide.ts", 'import { x } from "../ledger/tree.ts";'],
    ["src/gateway/door/body.ts", 'import { x } from "../../wire/json.ts";'],
    ["src/gateway/door/body.ts", 'import { x } from "../../../verifier/src/index.ts";'],
    ["src/nowhere/x.ts", 'import { x } from "./y.ts";'],
    ["src/constructor/x.ts", 'import { x } from "./y.ts";'],
    ["src/policy/decide.test.ts", 'import { x } from "../ledger/tree.ts";'],
    ["src/policy/decide.ts", 'import { x } from "../../tests/samples/policy.ts";'],
    ["src/policy/decide.test.ts", 'import { x } from "../../tests/../src/ledger/tree.ts";'],
    ["src/policy/decide.test.ts", 'import { x } from "#nowhere";'],
    // Every form an import can take.
    ["src/policy/decide.ts", 'import type { X } from "#ledger";'],
    ["src/policy/decide.ts", 'import { type X } from "#ledger";'],
    ["src/policy/decide.ts", "import ledger from '#ledger';"],
    ["src/policy/decide.ts", 'import "#ledger";'],
    ["src/policy/decide.ts", 'export * from "#ledger";'],
    ["src/policy/decide.ts", 'export { x as y } from "#ledger";'],
    ["src/policy/decide.ts", 'export type { X } from "#ledger";'],
    ["src/policy/decide.ts", 'type X = import("#ledger").X;'],
    ["src/policy/decide.ts", 'const x = await import("#ledger");'],
    ["src/policy/decide.ts", "const x = await import(`#ledger`);"],
    ["src/policy/decide.ts", 'const x = await import(/* hidden */ "#ledger", { with: {} });'],
    ["src/policy/decide.ts", "const x = await import(name);"],
    ["src/policy/decide.ts", 'const x = await import("#led" + "ger");'],
    ["src/policy/decide.ts", "const x = await import(`#${name}`);"],
    ["src/policy/decide.ts", 'const x = require("node:fs");'],
    ["src/policy/decide.ts", 'const x = globalThis.process.getBuiltinModule("node:fs");'],
    ["src/policy/decide.ts", 'const at = import.meta.resolve("#ledger");'],
    ["src/policy/decide.ts", 'const r = s.replace(/"/g, "");\nimport { x } from "#ledger";'],
    ["src/policy/decide.ts", 'const t = `${`"`}`;\nimport { x } from "#ledger";'],
    // Specifiers that read as one thing and lead to another.
    ["src/policy/decide.ts", String.raw`import { x } from ".\\..\\ledger\\tree.ts";`],
    ["src/policy/decide.ts", String.raw`import { x } from "\u0023ledger";`],
    ["src/policy/decide.ts", 'import { x } from "./%2e%2e/ledger/tree.ts";'],
    ["src/policy/decide.ts", 'import { x } from "./decide.ts?../../ledger/tree.ts";'],
    ["src/policy/decide.ts", 'import { x } from "file:///etc/passwd";'],
    ["src/policy/decide.ts", 'import { x } from "/etc/passwd";'],
    ["src/policy/decide.ts", 'import { x } from "data:text/javascript,1";'],
    ["src/policy/decide.ts", 'import { x } from "./a/../../ledger/tree.ts";'],
    // Built-ins and packages.
    ["src/policy/decide.ts", 'import { readFileSync } from "node:fs";'],
    ["src/policy/decide.ts", 'import { readFileSync } from "fs";'],
    ["src/ledger/tree.ts", 'import { randomBytes } from "node:crypto";'],
    ["src/ledger/tree.ts", 'import * as crypto from "node:crypto";'],
    ["src/store/open.ts", 'import { spawn } from "node:child_process";'],
    ["src/store/open.ts", 'import { createRequire } from "node:module";'],
    ["src/store/open.ts", 'import { Worker } from "node:worker_threads";'],
    ["src/wire/json.ts", 'import { z } from "undici";'],
    ["src/gateway/road.ts", 'import { authorize } from "@cedar-policy/cedar-wasm/nodejs";'],
    ["src/mcp/face.ts", 'import { x } from "@modelcontextprotocol/client";'],
    ["src/store/open.ts", 'import left from "left-pad";'],
    ["src/store/open.ts", 'import { x } from "kysely-evil";'],
    // The other rooms.
    ["console/src/page.ts", 'import { x } from "#vocabulary";'],
    ["console/src/page.ts", 'import { x } from "../../src/vocabulary/index.ts";'],
    ["console/src/page.ts", 'import { readFileSync } from "node:fs";'],
    ["console/src/page.ts", 'import { x } from "zod";'],
    ["console/src/page.tsx", 'import { x } from "#operations";'],
    ["console/src/page.tsx", 'import type { x } from "../../src/api/index.ts";'],
    ["console/src/page.tsx", 'import { x } from "react-evil";'],
    ["src/api/pages.ts", 'import { x } from "react";'],
    ["verifier/src/proof.ts", 'import { x } from "../../src/ledger/index.ts";'],
    ["verifier/src/proof.ts", 'import { x } from "#ledger";'],
    ["verifier/src/proof.test.ts", 'import { x } from "#ledger";'],
    ["verifier/src/proof.ts", 'import { z } from "zod";'],
  ])("%s may not say %s", (file, source) => {
    expect(trespasses(modules, file, source)).not.toEqual([]);
  });

  test.each([
    ["src/gateway/road.ts", 'await fetch("http://10.0.0.1");'],
    ["src/gateway/road.ts", String.raw`await \u0066etch("http://10.0.0.1");`],
    ["src/gateway/road.ts", "const get = fetch;"],
    ["src/gateway/road.ts", 'await globalThis.fetch("http://10.0.0.1");'],
    ["src/gateway/road.ts", 'await globalThis["fetch"]("http://10.0.0.1");'],
    ["src/gateway/road.ts", 'new WebSocket("ws://10.0.0.1");'],
    ["src/gateway/road.ts", 'new EventSource("http://10.0.0.1");'],
    ["src/gateway/road.ts", 'import { request } from "undici";'],
    ["src/gateway/road.ts", 'import { request } from "node:http";'],
    ["src/gateway/road.ts", 'import { get as createServer } from "node:http";'],
    ["src/gateway/road.ts", 'import http from "node:http";'],
    ["src/gateway/road.ts", 'import * as https from "node:https";'],
    ["src/gateway/road.ts", 'export { request } from "node:http";'],
    ["src/gateway/road.ts", 'const { request } = await import("node:http");'],
    ["src/gateway/road.ts", 'import { connect } from "node:net";'],
    ["src/gateway/road.ts", 'import { connect } from "node:tls";'],
    ["src/gateway/road.ts", 'import { connect } from "node:http2";'],
    ["src/gateway/road.ts", 'import { createSocket } from "node:dgram";'],
    ["src/gateway/road.ts", 'import { lookup } from "node:dns/promises";'],
  ])("T17: %s may not reach the network by %s", (file, source) => {
    expect(trespasses(modules, file, source)).not.toEqual([]);
  });

  test.each([
    "const at = Date.now();",
    "const at = new Date();",
    "const at = Date();",
    "const dice = Math.random();",
    "const at = performance.now();",
    "const id = crypto.randomUUID();",
    "const home = process.env;",
    "const home = globalThis.process.env;",
    "setTimeout(() => undefined, 1);",
    'console.log("x");',
  ])("an engine may not say %s", (source) => {
    expect(trespasses(modules, "src/policy/decide.ts", source)).not.toEqual([]);
  });
});

describe("what the fence lets through", () => {
  test.each([
    ["src/policy/decide.ts", 'import { x } from "#base"; import { y } from "./scope.ts";'],
    [
      "src/gateway/door/body.ts",
      'import { createServer, type Agent } from "node:http"; import "../lines.ts";',
    ],
    ["src/gateway/road.ts", 'import type { Socket } from "node:net";'],
    ["src/upstream/stdio.ts", 'import { spawn } from "node:child_process";'],
    ["src/egress/egress.ts", 'import { request } from "undici";'],
    ["src/gateway/road.ts", "await egress.fetch(rules)(url); const options = { fetch: door };"],
    ["src/policy/decide.ts", "const at = new Date(now).toISOString(); const day = Date.parse(text);"],
    [
      "src/policy/decide.ts",
      '// import { x } from "#ledger";\nconst text = \'import { x } from "#ledger"\';',
    ],
    ["src/policy/decide.ts", 'const half = total / 2 / 1; const text = `import "#ledger" ${half}`;'],
    [
      "src/policy/decide.test.ts",
      'import { test } from "vitest"; import { x } from "#store"; import "node:fs";',
    ],
    ["src/policy/decide.test.ts", 'import { x } from "../../tests/samples/policy.ts";'],
    ["verifier/src/proof.ts", 'import { hash } from "node:crypto"; import { x } from "./note.ts";'],
  ])("%s may say %s", (file, source) => {
    expect(trespasses(modules, file, source)).toEqual([]);
  });
});

function closing(words: string): Map<string, string> {
  return new Map([
    ["src/a/x.ts", 'import { y } from "./y.ts";'],
    ["src/a/y.ts", `${words} { x } from "./x.ts";`],
  ]);
}

describe("the plan itself", () => {
  const rules = { job: "", node: false, may: [] as string[] };

  test("may not name a higher module, an unknown one, or go in a circle", () => {
    const low = { ...rules, floor: 0, may: ["high"] };
    expect(planProblems({ low, high: { ...rules, floor: 1 } })).toEqual([
      "low may import #high, which stands higher",
    ]);
    expect(planProblems({ low })).toEqual(["low may import #high, which is not in the plan"]);
    const pair = { a: { ...rules, floor: 0, may: ["b"] }, b: { ...rules, floor: 0, may: ["a"] } };
    expect(planProblems(pair)).toEqual(["a circle: a -> b -> a"]);
  });

  test("files may not import in a circle, unless only types close it", () => {
    expect(circleIn(fileGraph(closing("export")))).toEqual(["src/a/x.ts", "src/a/y.ts", "src/a/x.ts"]);
    expect(circleIn(fileGraph(closing("import type")))).toBeUndefined();
  });
});
