import { lstatSync, opendirSync, realpathSync, type Stats, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** A file to look into: where it is, and how it is called in what is shown. */
export interface ListedFile {
  readonly is: "file";
  readonly path: string;
  readonly name: string;
  /** In bytes; 0 where it is not known. */
  readonly size: number;
}

/** What stands at a place and is not looked into. `link-out` leads outside of what was asked for; `aside` is no part of a model. */
export interface NotListed {
  readonly is: "link" | "link-out" | "aside" | "special" | "unreadable";
  readonly name: string;
  readonly why: string;
}

export type Listed = ListedFile | NotListed;

/** A folder below so many others is not entered. */
const DEPTH_MAX = 64;
const REPOSITORY = /^(.*[\\/](?:models|datasets|spaces)--[^\\/]+)[\\/]snapshots(?:[\\/]|$)/u;

/**
 * Every file at `root`, which may be a file, a folder or a link to one; within it no link is followed, but those of a snapshot in
 * the cache of Hugging Face to a blob of the same repository: there every file is such a link (huggingface_hub, "Understand caching").
 */
export function* filesAt(root: string): Generator<Listed> {
  const status = attempted(() => statSync(root));
  if (typeof status === "string") yield { is: "unreadable", name: root, why: status };
  else if (status.isDirectory()) yield* filesIn({ real: realpathSync(root), way: [root] });
  else yield entryOf(realpathSync(root), root, status);
}

interface Folder {
  /** The folder that was asked for, without links. */
  readonly real: string;
  /** From it, as it was written, to this one. */
  readonly way: readonly string[];
}

function* filesIn(folder: Folder): Generator<Listed> {
  const name = join(...folder.way);
  const opened = attempted(() => opendirSync(join(folder.real, ...folder.way.slice(1))));
  if (typeof opened === "string" || folder.way.length > DEPTH_MAX) {
    const why = typeof opened === "string" ? opened : `it is deeper than ${DEPTH_MAX} folders`;
    if (typeof opened !== "string") opened.closeSync();
    yield { is: "unreadable", name, why };
    return;
  }
  try {
    for (;;) {
      const entry = attempted(() => opened.readSync());
      if (entry === null) break;
      if (typeof entry === "string") {
        yield { is: "unreadable", name, why: entry };
        break;
      }
      yield* entryIn({ ...folder, way: [...folder.way, entry.name] });
    }
  } finally {
    opened.closeSync();
  }
}

function* entryIn(folder: Folder): Generator<Listed> {
  const [path, name] = [join(folder.real, ...folder.way.slice(1)), join(...folder.way)];
  const status = attempted(() => lstatSync(path));
  if (typeof status === "string") yield { is: "unreadable", name, why: status };
  else if (status.isDirectory() && folder.way.at(-1) === ".git")
    yield { is: "aside", name, why: "git's own folder; what is checked out of it is scanned" };
  else if (status.isDirectory()) yield* filesIn(folder);
  else if (status.isSymbolicLink()) yield linked(path, name, folder.real);
  else yield entryOf(path, name, status);
}

function entryOf(path: string, name: string, status: Stats): Listed {
  if (status.isFile()) return { is: "file", path, name, size: status.size };
  return { is: "special", name, why: "it is no file: a pipe, a socket or a device" };
}

function linked(path: string, name: string, root: string): Listed {
  const found = attempted(() => ({ target: realpathSync(path) }));
  if (typeof found === "string")
    return { is: "unreadable", name, why: `a link that leads nowhere: ${found}` };
  const { target } = found;
  const repository = REPOSITORY.exec(path)?.[1];
  const status = attempted(() => statSync(target));
  const isBlob = repository !== undefined && isWithin(join(repository, "blobs"), target);
  if (isBlob && typeof status !== "string" && status.isFile())
    return { is: "file", path: target, name, size: status.size };
  return { is: isWithin(root, target) ? "link" : "link-out", name, why: `a link to ${target}` };
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "it is not there"],
  ["EACCES", "you may not read it"],
  ["EPERM", "you may not read it"],
  ["ELOOP", "its links go round in a circle"],
  ["ENAMETOOLONG", "its path is too long"],
]);

/** What the system answers, or the reason that it gives. */
function attempted<Answer>(ask: () => Answer): Answer | string {
  try {
    return ask();
  } catch (cause) {
    if (!(cause instanceof Error)) return "the system gives no reason";
    return REASONS.get("code" in cause ? cause.code : "") ?? cause.message;
  }
}
