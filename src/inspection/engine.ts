import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Digest } from "#base";

const MODULES = resolve(import.meta.dirname, "..");
/** What an answer of a child depends on. */
const PARTS = ["models", "scan", "inspection"];
/** Tests, declarations and maps say nothing of what it does. */
const CODE = /(?<!\.test|\.d)\.(?:ts|js)$/;

let own: Digest | null = null;

/** Of the code that looks into files, and the Node that runs it: what another engine found may be less than this one would. */
export function engineDigest(): Digest {
  if (own !== null) return own;
  const hash = createHash("sha256").update(process.version);
  for (const part of PARTS) {
    const names = readdirSync(join(MODULES, part), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((one) => CODE.test(one)).toSorted()) {
      const code = readFileSync(join(MODULES, part, name));
      hash.update(`\0${part}/${name}\0${code.length}\0`).update(code);
    }
  }
  own = `sha256:${hash.digest("hex")}`;
  return own;
}
