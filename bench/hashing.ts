// How fast Doorward hashes, beside `sha256sum` and `openssl` on the same file: `npm run -s bench:hashing -- [GIBIBYTES] [FOLDER]`.
// One JSON line per way: GB/s with the file in the page cache (what hashing itself costs), and its ratio to sha256sum's.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHasher } from "#inspection";

const ROUNDS = 3;
const gibibytes = Number(process.argv[2] ?? 1);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), "hashing-"));
const path = join(folder, "model");
const size = Math.round(gibibytes * 2 ** 30);

interface Way {
  readonly name: string;
  /** The digest, in hexadecimal. */
  readonly hash: () => Promise<string | null>;
}

function make(): void {
  const file = openSync(path, "wx");
  const block = Buffer.alloc(2 ** 24);
  for (let at = 0; at < block.length; at += 4) block.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);
  for (let at = 0; at < size; at += block.length)
    writeSync(file, block, 0, Math.min(block.length, size - at));
  closeSync(file);
}

function program(name: string, args: readonly string[]): Way {
  return {
    name,
    hash: async () => {
      const { status, stdout } = spawnSync(name, [...args, path], { encoding: "utf8" });
      return status === 0 ? (/[0-9a-f]{64}/.exec(stdout)?.[0] ?? null) : null;
    },
  };
}

function own(name: string, resumable: "never" | "always"): Way {
  const partials = { get: () => null, put: () => {}, remove: () => {} };
  const hasher = openHasher({ now: () => Date.now(), threads: 1, partials, resumableFrom: 0, resumable });
  return {
    name,
    hash: async () => {
      const hashed = await hasher.hash(path);
      return hashed.kind === "hashed" ? hashed.digest.slice("sha256:".length) : null;
    },
  };
}

async function best({ hash }: Way): Promise<{ seconds: number; digest: string | null }> {
  let [seconds, digest]: [number, string | null] = [Number.POSITIVE_INFINITY, null];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    digest = await hash();
    seconds = Math.min(seconds, (performance.now() - began) / 1_000);
  }
  return { seconds, digest };
}

try {
  make();
  const ways = [
    program("sha256sum", []),
    program("openssl", ["dgst", "-sha256"]),
    own("doorward", "never"),
    own("doorward, resumable", "always"),
  ];
  let reference: number | null = null;
  const digests = new Set<string>();
  for (const way of ways) {
    const { seconds, digest } = await best(way);
    if (digest === null) {
      process.stdout.write(`${JSON.stringify({ way: way.name, missing: true })}\n`);
      continue;
    }
    digests.add(digest);
    const rate = size / seconds / 1e9;
    reference ??= rate;
    const [shown, ratio] = [rate, rate / reference].map((number) => Number(number.toFixed(2)));
    process.stdout.write(
      `${JSON.stringify({ way: way.name, gigabytesPerSecond: shown, besideSha256sum: ratio })}\n`,
    );
  }
  process.stdout.write(`${JSON.stringify({ bytes: size, sameDigest: digests.size === 1 })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
