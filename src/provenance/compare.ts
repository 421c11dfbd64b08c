import type { SignedManifest } from "./manifest.ts";
import { IGNORED_BY_DEFAULT, isIgnored } from "./names.ts";
import type { Refusal } from "./refusal.ts";

/** What stands at one place of a model's folder. */
export interface ModelEntry {
  /** From the model's root, with `/`; the file's own name for a model that is one file. */
  readonly path: string;
  readonly is: "file" | "link" | "special" | "unreadable";
  /** By name of what was signed: `path`, or each `path:start:end`. Empty for what is no file, and for what need not be hashed. */
  readonly digests: ReadonlyMap<string, string>;
}

export interface Comparison {
  readonly refusals: readonly Refusal[];
  /** What is there and was not signed, by the word of the signature or of whoever verifies. */
  readonly ignored: readonly string[];
  /** Resources that are there as signed. */
  readonly same: number;
}

export interface Leave {
  /** Paths that whoever verifies leaves out too: the signature itself among them. */
  readonly ignored: readonly string[];
  /** Whether files that were not signed may be there. */
  readonly unsigned: boolean;
}

/** Which paths of a model are not looked at. */
export function ignoredBy(manifest: SignedManifest, leave: Leave): ReadonlySet<string> {
  return new Set([...IGNORED_BY_DEFAULT, ...manifest.serialization.ignored, ...leave.ignored]);
}

/** Whether the files of a model are those that were signed: each extra, missing and changed one by its name. */
export function compare(manifest: SignedManifest, entries: readonly ModelEntry[], leave: Leave): Comparison {
  const ignored = ignoredBy(manifest, leave);
  const named = called(
    manifest,
    entries.filter(({ path }) => !isIgnored(path, ignored)),
  );
  const isLooked = ({ path }: ModelEntry): boolean => named.paths.has(path) || !isIgnored(path, ignored);
  const looked = entries.filter(isLooked);
  const actual = new Map(looked.flatMap(({ digests }) => [...digests]));
  const stray = looked.flatMap((entry) => strayed(entry, named, manifest, leave));
  const off = manifest.resources.flatMap(({ name, digest }): Refusal[] => {
    const found = actual.get(named.asCalled(name));
    if (found === digest) return [];
    return found === undefined
      ? [{ rule: "missing-file", says: `${name} was signed and is not there`, file: name }]
      : [{ rule: "changed-file", says: `${name} is not what was signed`, file: name }];
  });
  return {
    refusals: [...stray, ...off],
    ignored: entries.filter((entry) => !isLooked(entry)).map(({ path }) => path),
    same: manifest.resources.length - off.length,
  };
}

/** The file of which a resource is the whole or a part. */
export function fileOf(name: string, { serialization }: SignedManifest): string {
  return serialization.method === "shards" ? name.replace(/:\d+:\d+$/, "") : name;
}

/** A model that is one file may be called otherwise by now: versions before 1.1 sign it as `.`. */
function called(manifest: SignedManifest, looked: readonly ModelEntry[]) {
  const [only] = looked;
  const isDot = manifest.resources.length === 1 && manifest.resources[0]?.name === "." && looked.length === 1;
  const asCalled = (name: string): string => (isDot && only !== undefined ? only.path : name);
  const names = new Set(manifest.resources.map(({ name }) => asCalled(name)));
  const paths = new Set(manifest.resources.map(({ name }) => asCalled(fileOf(name, manifest))));
  return { asCalled, names, paths };
}

function strayed(
  { path, is, digests }: ModelEntry,
  signed: ReturnType<typeof called>,
  { serialization }: SignedManifest,
  leave: Leave,
): readonly Refusal[] {
  if (is === "link")
    return [{ rule: "link", says: `${path} is a link, and links were not signed`, file: path }];
  if (is !== "file")
    return [{ rule: "unreadable-file", says: `${path} cannot be read as a file`, file: path }];
  // What is appended to a file that fills its shards stands in a shard of its own, and changes none that was signed.
  if (signed.paths.has(path) && [...digests.keys()].some((name) => !signed.names.has(name)))
    return [{ rule: "changed-file", says: `${path} is not cut as it was signed, or has more`, file: path }];
  // Of shards, an empty file has none.
  const isNothing = serialization.method === "shards" && digests.size === 0;
  if (signed.paths.has(path) || leave.unsigned || isNothing) return [];
  return [{ rule: "extra-file", says: `${path} is there and was not signed`, file: path }];
}
