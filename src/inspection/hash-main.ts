// The thread that hashes files, one after the other, behind everybody else.
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { digest } from "./digest-thread.ts";
import type { Cancel, FromHasher, ToHasher } from "./hashing-messages.ts";
import { NICENESS } from "./limits.ts";

const cancelled = new Set<number>();

// On Linux, of this thread alone; elsewhere it would be the whole process's.
if (process.platform === "linux") stepBack();

function stepBack(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // It is lower already, or may not be changed: then it is as it is.
  }
}

function tell(message: FromHasher): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(message);
}

async function work(job: ToHasher): Promise<void> {
  try {
    const hex = await digest({ job, isCancelled: () => cancelled.delete(job.id), tell });
    tell(
      hex === null ? { kind: "failed", id: job.id, code: "CANCELLED" } : { kind: "digest", id: job.id, hex },
    );
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN";
    tell({ kind: "failed", id: job.id, code });
  }
}

parentPort?.on("message", (message: ToHasher | Cancel) => {
  if ("cancel" in message) cancelled.add(message.cancel);
  else void work(message);
});
