import { closeSync, fsyncSync, ftruncateSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Ambient } from "#base";
import { isDiskFull } from "./faults.ts";
import { DISK_CHECK_MS, type JournalLimits } from "./limits.ts";

/** Watches the disk's free space and keeps a ballast file, given up when the disk is full (T21). */
export interface Room {
  /** Whether there is room for `bytes` of what an agent's new wish writes, and not only for what must still be written. */
  readonly isPlenty: (bytes: number) => boolean;
  /** Gives up the ballast. False when there was none left. */
  readonly giveUpBallast: () => boolean;
  readonly close: () => void;
}

/** How much of the reserve may be written before the disk is looked at again, however little time has passed. */
const UNSEEN_PART = 8;
const CHUNK = Buffer.alloc(65_536);

/** `path` is the ballast file, on the disk of the state database. */
export function watchRoom(path: string, limits: JournalLimits, ambient: Ambient): Room {
  const directory = dirname(path);
  let checkedAt = Number.NEGATIVE_INFINITY;
  let isPlenty = true;
  let hasBallast = makeBallast(path, limits.ballastBytes);
  let unseenBytes = 0;
  const check = (bytes: number): boolean => {
    const now = ambient.monotonic();
    unseenBytes += bytes;
    if (now - checkedAt < DISK_CHECK_MS && unseenBytes < limits.diskReserveBytes / UNSEEN_PART)
      return isPlenty;
    checkedAt = now;
    unseenBytes = 0;
    const free = freeBytes(directory);
    isPlenty = free >= limits.diskReserveBytes;
    if (!hasBallast && free >= limits.diskReserveBytes + 2 * limits.ballastBytes) {
      hasBallast = makeBallast(path, limits.ballastBytes);
    }
    return isPlenty;
  };
  return {
    isPlenty: check,
    giveUpBallast: () => {
      const had = hasBallast;
      hasBallast = false;
      isPlenty = false;
      checkedAt = ambient.monotonic();
      rmSync(path, { force: true });
      return had;
    },
    close: () => rmSync(path, { force: true }),
  };
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Written in full, since a sparse file would hold no room. False when it does not fit. */
function makeBallast(path: string, bytes: number): boolean {
  if (bytes === 0) return false;
  const file = openSync(path, "w", 0o600);
  try {
    for (let at = 0; at < bytes; at += CHUNK.length) writeSync(file, CHUNK);
    fsyncSync(file);
    return true;
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    ftruncateSync(file, 0);
    return false;
  } finally {
    closeSync(file);
  }
}
