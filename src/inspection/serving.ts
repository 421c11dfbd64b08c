import { readSync, writeSync } from "node:fs";
import { Fault } from "#base";
import { fence } from "./fence.ts";
import type { NamedSource } from "./identify.ts";
import type { JobName } from "./port.ts";
import { sourceOn } from "./source.ts";

/** What the parent sends: one line of JSON. */
export interface ToChild {
  readonly id: number;
  readonly job: JobName;
  readonly files: readonly { readonly slot: number; readonly name: string }[];
  readonly as?: "licence" | "manifest" | undefined;
}

export type Jobs = Readonly<Record<JobName, (files: readonly NamedSource[], as: ToChild["as"]) => unknown>>;

const STDIO = 3;
const READ_BYTES = 65_536;

/**
 * Carries out one job after the other until the parent hangs up. Everything is synchronous: there is nothing else for this process to
 * do. The first argument of the process is how many files it was given as descriptors.
 */
export function serve(jobs: Jobs): void {
  const given = Number(process.argv[2] ?? 0);
  fence(STDIO + given);
  say({ ready: true });
  for (const line of linesOfParent()) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The other end of this pipe is our own parent.
    say(answered(JSON.parse(line) as ToChild, jobs));
  }
}

function answered({ id, job, files, as }: ToChild, jobs: Jobs): object {
  try {
    const sources = files.map(({ slot, name }) => ({ name, source: sourceOn(STDIO + slot, name) }));
    return { id, answer: jobs[job](sources, as) };
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "model_unreadable")
      return { id, failed: "unreadable", says: cause.message };
    if (cause instanceof RangeError && /allocat|array length|string length/i.test(cause.message))
      return { id, failed: "memory", says: cause.message };
    return { id, failed: "crashed", says: String(cause).slice(0, 400) };
  }
}

function say(message: object): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  let sent = 0;
  while (sent < bytes.length) sent += writeSync(1, bytes, sent);
}

function* linesOfParent(): Generator<string> {
  let kept = Buffer.alloc(0);
  const part = Buffer.alloc(READ_BYTES);
  for (let got = readSync(0, part); got > 0; got = readSync(0, part)) {
    kept = Buffer.concat([kept, part.subarray(0, got)]);
    for (let end = kept.indexOf(10); end >= 0; end = kept.indexOf(10)) {
      yield kept.toString("utf8", 0, end);
      kept = kept.subarray(end + 1);
    }
  }
}
