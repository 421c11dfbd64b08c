import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, opendir, readlink } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Digest, digestOfBytes, Fault } from "#base";
import { TREE_BYTES_MAX, TREE_FILES_MAX } from "./limits.ts";

/** A folder as it stands: cheap to take, and different after any write, chmod, rename or replacement inside it. */
export interface TreeSignature {
  /** Sorted paths, each with type, size, inode, mtime and ctime (ns) or link target. ctime cannot be set back. */
  readonly text: string;
  readonly files: readonly string[];
  readonly links: readonly (readonly [path: string, target: string])[];
}

/** Walks `root`. Throws `upstream_tree_unsafe` for links that leave it and for anything but files, folders and links. */
export async function signTree(root: string): Promise<TreeSignature> {
  const lines: string[] = [];
  const files: string[] = [];
  const links: [string, string][] = [];
  let bytes = 0n;
  for await (const path of walk(root)) {
    const inside = relative(root, path).split(sep).join("/");
    const stat = await lstat(path, { bigint: true });
    const link = stat.isSymbolicLink() ? await readlink(path) : null;
    if (link !== null) links.push([inside, safeLink(root, path, link)]);
    else if (stat.isFile()) files.push(inside);
    else throw unsafe(`${inside} is neither file, folder nor link`);
    bytes += stat.size;
    lines.push(
      `${inside}\0${stat.mode}\0${stat.size}\0${stat.ino}\0${stat.mtimeNs}\0${stat.ctimeNs}\0${link ?? ""}`,
    );
    if (lines.length > TREE_FILES_MAX || bytes > TREE_BYTES_MAX) throw unsafe("it is too large");
  }
  return {
    text: lines.toSorted().join("\n"),
    files: files.toSorted(),
    links: links.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** Digest of a folder's contents: per file `file PATH SHA-256`, per link `link PATH TARGET`, sorted, one a line. */
export async function digestTree(root: string, { files, links }: TreeSignature): Promise<Digest> {
  const lines: string[] = links.map(
    ([path, target]) => `link ${JSON.stringify(path)} ${JSON.stringify(target)}`,
  );
  for (const path of files) lines.push(`file ${JSON.stringify(path)} ${await digestFile(join(root, path))}`);
  return digestOfBytes(lines.toSorted().join("\n"));
}

export async function digestFile(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

function safeLink(root: string, path: string, target: string): string {
  const reached = resolve(path, "..", target);
  if (!reached.startsWith(root + sep)) throw unsafe(`${relative(root, path)} links out of the folder`);
  return target;
}

function unsafe(why: string): Fault {
  return new Fault(
    "upstream_tree_unsafe",
    `the installed package cannot be pinned: ${why}`,
    "Use another version of the package, or install it yourself and give the path of its program.",
  );
}
