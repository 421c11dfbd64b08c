/**
 * Builds the console into console/dist when it is missing or older than its sources.
 *   node scripts/console-build.mjs [--always]
 *
 * It is built beside the old one and then takes its place, so that whoever starts meanwhile finds one of the two whole.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { consoleDigest, isConsoleBuilt } from "./console-sources.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CONSOLE = join(ROOT, "console");
const DIST = join(CONSOLE, "dist");
const GZIP_LEVEL = 9;

async function build() {
  const fresh = join(CONSOLE, `.build-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    // Whoever starts it, tests too (NODE_ENV=test): with anything else React comes as its development build.
    process.env["NODE_ENV"] = "production";
    // Before the build: a file that changes during it must not count as built.
    const digest = consoleDigest(ROOT);
    const { build: bundle } = await import("vite");
    await bundle({ root: CONSOLE, logLevel: "warn", build: { outDir: fresh, emptyOutDir: true } });
    packFiles(fresh);
    writeFileSync(join(fresh, "sources.sha256"), `${digest}\n`);
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Each file's gzip beside it, where that is smaller: made once here, and not for every browser. */
function packFiles(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of files) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(file);
    const packed = gzipSync(bytes, { level: GZIP_LEVEL });
    if (/\.(js|css|html|svg)$/.test(file) && packed.length < bytes.length)
      writeFileSync(`${file}.gz`, packed);
  }
}

if (process.argv.includes("--always") || !isConsoleBuilt(ROOT)) await build();
