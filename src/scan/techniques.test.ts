import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TECHNIQUES } from "./techniques.table.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const HOMES = ["src/scan", "src/models", "src/inspection", "src/provenance", "src/bills"];
const IDS = new Set(TECHNIQUES.map(({ id }) => id));

function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith("techniques.test.ts"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function idsIn(text: string): string[] {
  return Array.from(text.matchAll(/AML\.T\d{4}(?:\.\d{3})?/gu), ([id]) => id);
}

test("every technique that the code names is on the list, which names none twice", () => {
  const used = HOMES.flatMap((home) => filesUnder(join(ROOT, home))).flatMap((file) =>
    idsIn(readFileSync(file, "utf8")).map((id) => ({ file, id })),
  );
  expect(used.filter(({ id }) => !IDS.has(id))).toEqual([]);
  expect(IDS.size).toBe(TECHNIQUES.length);
});

test("an id that is not on the list would be found", () => {
  expect(idsIn('techniques: ["AML.T9999.123"]').filter((id) => !IDS.has(id))).toEqual(["AML.T9999.123"]);
});
