import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Fault } from "#base";
import { type ByteSource, claimsIn, type FileClaims } from "#models";
import { type FileScan, scanFile } from "#scan";

/** What looks into files for the commands of `doorward models`. */
export interface ModelEngine {
  /**
   * Everything found in the file at `path`; `name` is its path as it is to be shown. Throws `model_unreadable` where it cannot be
   * read: it is gone, not permitted, no regular file, or its disk fails.
   */
  readonly scan: (path: string, name: string) => Promise<FileScan>;
  /** What the file says of licences and bases; `as` is for blobs, whose names say nothing. Throws as `scan` does. */
  readonly claims: (path: string, name: string, as?: "licence" | "manifest") => Promise<FileClaims>;
}

/** Opened for the time of `use`, and closed whatever comes of it. */
export async function withModelEngine<Result>(
  use: (engine: ModelEngine) => Promise<Result>,
): Promise<Result> {
  return use({
    scan: async (path, name) => withSource(path, (source) => scanFile(source, name)),
    claims: async (path, name, as) => withSource(path, (source) => claimsIn(source, name, as)),
  });
}

/** Neither a link that appeared since it was listed, nor a pipe that never gives anything. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function withSource<Result>(path: string, use: (source: ByteSource) => Result): Result {
  const handle = attempted(path, () => openSync(path, FLAGS));
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw unreadable(path, "it is no regular file");
    return use(sourceOn(handle, path, status.size));
  } finally {
    closeSync(handle);
  }
}

function sourceOn(handle: number, path: string, size: number): ByteSource {
  return {
    size,
    read: (at, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
      let have = 0;
      while (have < bytes.length) {
        const got = attempted(path, () => readSync(handle, bytes, have, bytes.length - have, at + have));
        if (got === 0) throw unreadable(path, "it became shorter while it was read");
        have += got;
      }
      return bytes;
    },
  };
}

function attempted<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(path, reasonOf(cause), cause);
  }
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "it is not there"],
  ["EACCES", "you may not read it"],
  ["EPERM", "you may not read it"],
  ["ELOOP", "it is a link"],
]);

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "the system gives no reason";
  return REASONS.get("code" in cause ? cause.code : "") ?? cause.message;
}

function unreadable(path: string, why: string, cause?: unknown): Fault {
  return new Fault(
    "model_unreadable",
    `${path} cannot be read: ${why}`,
    "Check that the file is there and that you may read it, and scan it again.",
    cause,
  );
}
