import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = new URL("../../verifier/", import.meta.url).pathname;
const FILES = globSync("src/*.ts", { cwd: ROOT }).filter((file) => !file.endsWith(".test.ts"));
const ALLOWED = /^(?:node:(?:crypto|fs|path|url|util)|\.\/[a-z]+\.ts)$/u;
const LINES_MAX = 510;

function foreignImports(source: string): string[] {
  const named = [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\(\s*)["']([^"']+)["']/gu)].map(
    ([, name = ""]) => name,
  );
  return named.filter((name) => !ALLOWED.test(name));
}

test("the verifier takes nothing but node's own and its own: no code of the writer's, no network", () => {
  expect(FILES.length).toBeGreaterThan(5);
  expect(FILES.flatMap((file) => foreignImports(readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(Object.keys(manifest)).not.toContain("dependencies");
});

test.each([
  'import { leafHash } from "#ledger";',
  'import { leafHash } from "../../src/ledger/index.ts";',
  'import zod from "zod";',
  'const net = await import("node:net");',
  'export { request } from "node:https";',
  'import "undici";',
  'const { readFileSync } = require("child_process");',
])("the fence stops %s", (source) => {
  expect(foreignImports(source)).toHaveLength(1);
});

test("an auditor can read it in an afternoon", () => {
  const code = FILES.flatMap((file) => readFileSync(join(ROOT, file), "utf8").split("\n")).filter(
    (line) => line.trim() !== "" && !/^\s*(?:\/\/|\/\*|\*)/u.test(line),
  );
  expect(code.length).toBeLessThanOrEqual(LINES_MAX);
});
