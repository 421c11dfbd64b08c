/**
 * Whether the built console is what its sources say: plain JavaScript for Node 18 or newer, built-ins only, and cheap,
 * because every start asks.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Written into the built console: the digest of the sources it was built from. */
const STAMP = join("console", "dist", "sources.sha256");

/** True where nothing has to be built before the console of `root` can be served. */
export function isConsoleBuilt(root) {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === consoleDigest(root);
}

/** SHA-256 over everything that the build reads: the console's own files, and the lock file for the libraries'. */
export function consoleDigest(root) {
  const hash = createHash("sha256");
  for (const file of [...consoleFiles(root), "package-lock.json"]) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Relative to `root`, with forward slashes, sorted; tests are not built. */
function consoleFiles(root) {
  const own = ["console/index.html", "console/mark.svg", "console/package.json", "console/vite.config.ts"];
  const sources = filesUnder(root, "console/src").filter((file) => !/\.test\.tsx?$/.test(file));
  // Node 18 has no toSorted.
  // oxlint-disable-next-line unicorn/no-array-sort
  return [...own, ...sources].sort((a, b) => (a < b ? -1 : 1));
}

function filesUnder(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}
