import type { Digest } from "#base";
import type { Protocol } from "#llm";
import type { ModelIdentity } from "#vocabulary";
import type { Candidate, ListedModel, UpstreamState } from "./candidate.ts";
import type { UpstreamConfiguration } from "./configuration.ts";
import type { RoutedBy } from "./routing.ts";

export interface ModelSend {
  readonly protocol: Protocol;
  /** JSON, UTF-8. */
  readonly body: string;
  readonly isStream: boolean;
  /** From a fixed list only: `anthropic-version`, `anthropic-beta`, `openai-beta`. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An upstream's answer, without the credential that was sent (T12). Exactly one of `text`, `chunks` and `discard` is used, once. */
export interface ModelAnswer {
  readonly status: number;
  /** Lower-case, without parameters: `application/json`. */
  readonly mediaType: string;
  /** Milliseconds that the upstream asks to be left alone, bounded; null: it did not say. */
  readonly retryAfterMs: number | null;
  readonly text: () => Promise<string>;
  /** Ends on abort, on the stream's own end, or with a Fault (`egress_lost`, `answer_too_large`, `upstream_idle`). */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

/** Where a name goes, for people. */
export interface Route {
  /** As it was asked for, or a prefix that ends in `*`. */
  readonly model: string;
  readonly by: RoutedBy;
  /** The route that says so; null: nobody wrote one. */
  readonly rule: string | null;
  /** As they are tried now. `candidate` is null where the upstream is gone. */
  readonly targets: readonly {
    readonly upstream: string;
    readonly model: string;
    readonly candidate: Candidate | null;
  }[];
}

/** A file that a runtime of this machine names, hashed here since its last change. */
export interface Weighed {
  readonly digest: Digest;
  /** Whether a process of that runtime maps it. */
  readonly isMapped: boolean;
}

/**
 * Hashes files of this machine, and waits for that within a bound. Never rejects. `pending`: the hash takes longer, or the file
 * changed meanwhile, so that nobody can say what it is; null: it cannot be hashed here.
 */
export interface Weighing {
  /** `url`: where the runtime listens, at loopback. `path`: as it names the file. */
  readonly weigh: (asked: {
    readonly url: string;
    readonly path: string;
  }) => Promise<Weighed | "pending" | null>;
}

/**
 * The models' upstreams. `send` sends once, with the upstream's credential, and never again: whether another candidate
 * is tried is decided anew by whoever asked (T20). It throws Faults of egress and `upstream_gone`, `upstream_busy`,
 * `google_*`; `EGRESS_NOTHING_SENT` says which mean that nothing left. Every end of a send is counted into the
 * upstream's health.
 */
export interface ModelUpstreams {
  /**
   * Where a model's name goes now, best first: its route, else the upstreams that list it. Upstreams that are down or
   * back off come last. A promise, bounded, only where an upstream never said what it has and nobody else has the model.
   */
  readonly candidates: (model: string) => readonly Candidate[] | Promise<readonly Candidate[]>;
  readonly models: () => readonly ListedModel[];
  /**
   * What the model that would answer is, as far as can be known now: asked of its runtime again and again, for it may be
   * another under the same name. Never rejects; bounded in time.
   */
  readonly identity: (asked: {
    readonly upstream: string;
    readonly model: string;
  }) => ModelIdentity | Promise<ModelIdentity>;
  readonly send: (candidate: Candidate, asked: ModelSend) => Promise<ModelAnswer>;
  readonly states: () => readonly UpstreamState[];
  /** Every written route and every name that an upstream lists; or one name, as `candidates` sees it. */
  readonly routes: (model?: string) => readonly Route[];
  /** Asks an upstream what models it has, now, whatever its back-off. Throws `upstream_unknown`. */
  readonly check: (name: string) => Promise<UpstreamState>;
  /**
   * Asks one that is not added yet; null: its kind lists none, and its credential works. Throws why it cannot be used:
   * Faults of egress, `model_list_*`, `google_*`, `service_account_invalid`.
   */
  readonly look: (configuration: UpstreamConfiguration, secret: string) => Promise<readonly string[] | null>;
  /** Reads upstreams and routes from the store again and asks the changed ones what models they have. */
  readonly reload: () => Promise<void>;
  readonly close: () => void;
}
