import { lstatSync, opendirSync, realpathSync, type Stats, statSync } from "node:fs";
import { bytesOf, type FirstBytes } from "./first-bytes.ts";

/** What the system says of a file. */
export type FileStatus = Pick<Stats, "blocks" | "dev" | "ino" | "isDirectory" | "isFile" | "size">;

export interface FolderEntry {
  /** Each byte as one character: names need not be UTF-8. */
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface OpenFolder {
  /** The next entry; null after the last one. */
  readonly next: () => FolderEntry | null;
  readonly close: () => void;
}

/** The file system as a walk asks it. Everything throws as `node:fs` does, but `firstBytes`, which answers why not. */
export interface WalkFiles {
  readonly open: (folder: Buffer) => OpenFolder;
  /** Of the path itself, though it were a link. */
  readonly status: (path: Buffer) => FileStatus;
  readonly statusBehind: (path: Buffer) => FileStatus;
  /** Without links. */
  readonly real: (path: Buffer | string) => Buffer;
  readonly firstBytes: (path: Buffer, length: number, seen: FileStatus) => FirstBytes;
}

const ENTRIES_AT_ONCE = 256;

export const ownFiles: WalkFiles = {
  open: (folder) => {
    const opened = opendirSync(folder, { encoding: "latin1", bufferSize: ENTRIES_AT_ONCE });
    return {
      close: () => opened.closeSync(),
      next: () => {
        const entry = opened.readSync();
        if (entry === null) return null;
        if (entry.isFile()) return { name: entry.name, kind: "file" };
        if (entry.isDirectory()) return { name: entry.name, kind: "folder" };
        return { name: entry.name, kind: entry.isSymbolicLink() ? "link" : "other" };
      },
    };
  },
  status: (path) => lstatSync(path),
  statusBehind: (path) => statSync(path),
  real: (path) => realpathSync.native(path, { encoding: "buffer" }),
  firstBytes: bytesOf,
};
