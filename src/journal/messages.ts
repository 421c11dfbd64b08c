import { assert } from "#base";

/** What the serving process and its sequencer tell each other over the IPC channel. */
export type ToSequencer =
  /** Entries up to `size` are on the disk: no others may be signed. */
  | { readonly kind: "committed"; readonly size: number }
  /** The pledge is durable; the checkpoint may be signed. */
  | { readonly kind: "pledged" }
  /** Another pledge stands in its place. */
  | { readonly kind: "refused" }
  /** Integrate and publish up to `size`, then leave. */
  | { readonly kind: "finish"; readonly size: number };

export type FromSequencer =
  /** Recovered; everything under `size` is published. */
  | { readonly kind: "ready"; readonly size: number }
  | { readonly kind: "integrated"; readonly size: number }
  /** "I will sign exactly this checkpoint, after that one." Both are checkpoint texts, without signatures. */
  | { readonly kind: "pledge"; readonly last: string | null; readonly next: string }
  | { readonly kind: "published"; readonly size: number }
  | { readonly kind: "fault"; readonly code: string; readonly message: string; readonly remedy: string };

export interface SequencerTask {
  readonly database: string;
  readonly directory: string;
  readonly keys: string;
}

/** Reads the task that the parent gave as an argument. */
export function parseTask(text: string): SequencerTask {
  const value: unknown = JSON.parse(text);
  assert(typeof value === "object" && value !== null, "a sequencer's task is an object");
  const { database, directory, keys } = value as Partial<SequencerTask>;
  assert(
    typeof database === "string" && typeof directory === "string",
    "the task names database and directory",
  );
  assert(typeof keys === "string", "the task names the keys");
  return { database, directory, keys };
}
