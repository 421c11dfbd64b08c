import type { Found } from "#discovery";
import { type Cache, type Hashed, type Hasher, openCache, openHasher, stateAt } from "#inspection";
import { cacheFolder } from "./cache-folder.ts";
import type { Terminal } from "./terminal.ts";

export interface HashingOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const SHOWN_EACH_MS = 100;

type Outcome = { readonly digest: string } | { readonly why: string };

/** A path that is in no archive and no name: the file system's word for where a model's file lies. */
type Digests = ReadonlyMap<string, Outcome>;

/**
 * What was found, its models with the SHA-256 of each of their files: from the cache where a file is as it was, else read whole, in
 * threads. A digest that is not the one in the file's name is warned of.
 */
export async function withDigests(found: readonly Found[], options: HashingOptions): Promise<Found[]> {
  const cache = openCache(cacheFolder(options.environment));
  const hasher = openHasher({ now: Date.now, partials: cache.partials });
  try {
    const digests = await digestsOf(found, { cache, hasher }, progressOn(options.terminal));
    return found.map((one) => told(one, digests));
  } finally {
    cache.save();
    await hasher.close();
  }
}

/** Bytes done, of how many, and how many a second. */
type Progress = (done: number, of: number, rate: number) => void;

function progressOn(terminal: Terminal): Progress {
  let shownAt = 0;
  return (done, of, rate) => {
    if (terminal.width === null || (performance.now() - shownAt < SHOWN_EACH_MS && done < of)) return;
    shownAt = performance.now();
    const left = Math.ceil((of - done) / Math.max(1, rate));
    const line = `${sizeText(done)} of ${sizeText(of)} hashed (${sizeText(rate)}/s), ${left} s left`;
    terminal.error(done < of ? `\r\u001b[K${line}` : "\r\u001b[K");
  };
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes in the unit that people read. */
export function sizeText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const number = bytes / 2 ** (10 * unit);
  return `${unit === 0 ? Math.round(number) : number.toFixed(1)} ${UNITS[unit]}`;
}

/** A line for each digest, and the name of its model. */
export function digestLines(found: readonly Found[]): readonly string[] {
  return found.flatMap(({ name, facts }) =>
    [facts["sha256"] ?? []].flat().map((digest) => `${String(digest)}  ${name}`),
  );
}

interface Means {
  readonly cache: Cache;
  readonly hasher: Hasher;
}

async function digestsOf(
  found: readonly Found[],
  { cache, hasher }: Means,
  progress: Progress,
): Promise<Digests> {
  const sizes = new Map(found.flatMap(({ parts = [] }) => parts.map(({ path, size }) => [path, size])));
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const done = new Map<string, number>();
  const [began, total] = [performance.now(), { bytes: 0 }];
  const advance = (path: string, bytes: number): void => {
    total.bytes += bytes - (done.get(path) ?? 0);
    done.set(path, bytes);
    progress(total.bytes, all, (total.bytes * 1_000) / Math.max(1, performance.now() - began));
  };
  const one = async (path: string, size: number): Promise<[string, Outcome]> => {
    const state = stateAt(path);
    const known = state === null ? null : cache.get(path, state);
    const outcome = known?.digest ?? (await hasher.hash(path, { progress: (at) => advance(path, at) }));
    advance(path, size);
    if (typeof outcome === "string") return [path, { digest: outcome }];
    if (outcome.kind === "hashed") cache.put(path, outcome.settled, { digest: outcome.digest });
    return [path, outcomeOf(outcome)];
  };
  return new Map(await Promise.all([...sizes].map(async ([path, size]) => one(path, size))));
}

function outcomeOf(hashed: Hashed): Outcome {
  return hashed.kind === "hashed" ? { digest: hashed.digest } : { why: hashed.says };
}

function told(one: Found, digests: Digests): Found {
  const { parts = [], facts, warnings } = one;
  if (parts.length === 0) return one;
  const listed = parts.flatMap(({ path }) => {
    const outcome = digests.get(path);
    return outcome === undefined ? [] : [{ path, outcome }];
  });
  const missing = listed.flatMap(({ path, outcome }) =>
    "why" in outcome ? [`${path} has no digest: ${outcome.why}`] : [],
  );
  const digest = listed.flatMap(({ outcome }) => ("digest" in outcome ? [outcome.digest] : []));
  return {
    ...one,
    facts: { ...facts, sha256: digest.length === 1 ? (digest[0] ?? "") : digest },
    warnings: [...warnings, ...missing, ...misnamed(listed)],
  };
}

/** The hub and Ollama name blobs by their SHA-256. */
function misnamed(listed: readonly { readonly path: string; readonly outcome: Outcome }[]): string[] {
  return listed.flatMap(({ path, outcome }) => {
    const named = /(?:^|[\\/])(?:sha256-)?([0-9a-f]{64})$/.exec(path)?.[1];
    if (named === undefined || !("digest" in outcome) || outcome.digest === `sha256:${named}`) return [];
    return [`${path} is not what its name says: its content has the digest ${outcome.digest}`];
  });
}
