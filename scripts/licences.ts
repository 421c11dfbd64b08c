// `node scripts/licences.ts FOLDER`: writes src/models/licences/sketches.table.ts from the texts in FOLDER, one `ID.txt` each, where ID is that
// of the tables. Texts: those of the SPDX list from the npm package spdx-license-list (licenses/ID.json, licenseText); Llama's from
// meta-llama/llama-models (models/*/LICENSE); others at the addresses in models.table.ts whose `read` is `text`. Texts stay outside.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sketchOf } from "../src/models/licences/sketch.ts";

const TABLE = join(import.meta.dirname, "../src/models/licences/sketches.table.ts");
const [, , folder] = process.argv;
if (folder === undefined) throw new Error("name the folder that holds the texts");

const rows = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .toSorted()
  .map((name) => {
    const { digest, words, sample } = sketchOf(readFileSync(join(folder, name), "utf8"));
    const packed = Buffer.from(Uint32Array.from(sample).buffer).toString("base64");
    return `  ["${name.slice(0, -".txt".length)}", "${digest}", ${words}, "${packed}"],\n`;
  });

writeFileSync(
  TABLE,
  `import type { Digest } from "#base";
import type { Sketch } from "./sketch.ts";

/** By scripts/licences.ts, of the licences' texts: id, digest of the words, number of words, sample (32-bit little-endian, base64). */
const ROWS: readonly (readonly [id: string, digest: Digest, words: number, sample: string])[] = [
${rows.join("")}];

export const SKETCHES: ReadonlyMap<string, Sketch> = new Map(
  ROWS.map(([id, digest, words, sample]) => [id, { digest, words, sample: unpacked(sample) }]),
);

function unpacked(sample: string): readonly number[] {
  const bytes = Buffer.from(sample, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(at * 4));
}
`,
);
