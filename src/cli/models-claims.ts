import { basename, dirname, join, resolve, sep } from "node:path";
import { Fault } from "#base";
import { type FileClaims, mayClaim } from "#models";
import type { ModelEngine } from "./models-engine.ts";
import { filesAt, type ListedFile } from "./models-files.ts";

/** A model with more files than these is named by a folder of fewer. */
const FILES_MAX = 20_000;
/** How a model at this path is called: `organisation/name` where the cache of Hugging Face or Ollama's manifests say so; else the last part of the path. */
export function nameOf(path: string): string {
  const whole = resolve(path);
  const hub = /models--(?<org>[^/\\]+?)--(?<name>[^/\\]+)/.exec(whole)?.groups;
  if (hub !== undefined) return `${hub["org"]}/${hub["name"]}`;
  return storeOf(whole) === null ? basename(whole) : `${basename(dirname(whole))}:${basename(whole)}`;
}

interface Claimed {
  readonly files: readonly FileClaims[];
  readonly unread: readonly string[];
}

/** What the files of the model at a path say of its licence; of an Ollama manifest, the blobs that it names. */
export async function claimsAt(engine: ModelEngine, path: string): Promise<Claimed> {
  const listed = [...limited(filesAt(path))];
  const files: FileClaims[] = [];
  const unread: string[] = listed.flatMap((one) =>
    one.is === "unreadable" ? [`${one.name}: ${one.why}`] : [],
  );
  const read = async (
    one: Pick<ListedFile, "path" | "name">,
    as?: "licence" | "manifest",
  ): Promise<FileClaims | null> => {
    try {
      const claims = await engine.claims(one.path, one.name, as);
      files.push(claims);
      return claims;
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== "model_unreadable") throw cause;
      unread.push(cause.message);
      return null;
    }
  };
  for (const one of listed) {
    if (one.is !== "file") continue;
    const store = storeOf(resolve(one.path));
    if (store === null) {
      if (mayClaim(one.name) || isWeights(one.name) || listed.length === 1) await read(one);
      continue;
    }
    const manifest = await read(one, "manifest");
    for (const digest of manifest?.blobs ?? []) {
      const blob = join(store, "blobs", digest.replace(":", "-"));
      await read({ path: blob, name: `${one.name} > ${digest}` }, "licence");
    }
  }
  return { files, unread };
}

function* limited<Item>(items: Iterable<Item>): Generator<Item> {
  let left = FILES_MAX;
  for (const item of items) {
    if (left === 0)
      throw new Fault(
        "input_invalid",
        `there are more than ${FILES_MAX} files`,
        "Name the folder of one model.",
      );
    left -= 1;
    yield item;
  }
}

/** Only GGUF files say anything of licences; other weights are not opened. */
function isWeights(name: string): boolean {
  return /\.gguf$/i.test(name) || !basename(name).includes(".") || basename(name).startsWith("sha256-");
}

/** The folder of Ollama's store that a manifest lies in: `<store>/manifests/<host>/<namespace>/<model>/<tag>`. */
function storeOf(path: string): string | null {
  const parts = path.split(sep);
  const at = parts.lastIndexOf("manifests");
  return at > 0 && parts.length - at === 5 ? parts.slice(0, at).join(sep) : null;
}
