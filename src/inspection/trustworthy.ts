import { statfsSync } from "node:fs";
import type { Settled } from "./port.ts";

/**
 * File systems that change a file's ctime with every change of its content, writes by mapping included once it was flushed, and by a clock
 * of this machine. Magic numbers of linux/magic.h. Not: network and FUSE file systems (another's clock, or none), tmpfs and ZFS
 * (writes by mapping show late or never), overlayfs (`volatile` flushes nothing), FAT (no ctime).
 */
const KNOWN: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext2, ext3, ext4"],
  [0x58465342, "XFS"],
  [0x9123683e, "Btrfs"],
  [0xf2f52010, "F2FS"],
]);

/**
 * What git calls racily clean: a file changed within this time before it was read may be changed again within the same tick of its file
 * system's clock, and look the same. ext4 with small inodes counts whole seconds.
 */
const MARGIN_MS = 2_000;

/** Whether these times would tell of any later change. */
export function wouldShow(path: string, { state, beganAt, isFlushed }: Settled): boolean {
  const latest = state.changedNs > state.modifiedNs ? state.changedNs : state.modifiedNs;
  return isFlushed && latest < BigInt(Math.floor(beganAt) - MARGIN_MS) * 1_000_000n && isOnKnown(path);
}

function isOnKnown(path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    return KNOWN.has(statfsSync(path).type);
  } catch {
    return false;
  }
}
