import type { Protocol } from "#llm";
import type { Candidate, ListedModel, UpstreamState } from "./candidate.ts";

export interface ModelSend {
  readonly protocol: Protocol;
  /** JSON, UTF-8. */
  readonly body: string;
  readonly isStream: boolean;
  /** From a fixed list only: `anthropic-version`, `anthropic-beta`, `openai-beta`. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An upstream's answer. Exactly one of `text`, `chunks` and `discard` is used, once. */
export interface ModelAnswer {
  readonly status: number;
  /** Lower-case, without parameters: `application/json`. */
  readonly mediaType: string;
  /** Milliseconds that the upstream asks to be left alone; null: it did not say. */
  readonly retryAfterMs: number | null;
  readonly text: () => Promise<string>;
  /** Ends on abort, on the stream's own end, or with a Fault (`egress_lost`, `answer_too_large`, `upstream_idle`). */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

/**
 * The models' upstreams. `send` sends once, with the upstream's credential, and never again: whether another candidate
 * is tried is decided anew by whoever asked (T20). It throws Faults of egress; `NOTHING_SENT` says which mean that
 * nothing left. Every end of a send is counted into the upstream's health.
 */
export interface ModelUpstreams {
  /** Where a model's name goes now, best first: its route, else the upstreams that list it. Upstreams that back off come last. */
  readonly candidates: (model: string) => readonly Candidate[];
  readonly models: () => readonly ListedModel[];
  readonly send: (candidate: Candidate, asked: ModelSend) => Promise<ModelAnswer>;
  readonly states: () => readonly UpstreamState[];
  /** Reads upstreams and routes from the store again and asks the changed ones what models they have. */
  readonly reload: () => Promise<void>;
  readonly close: () => void;
}
