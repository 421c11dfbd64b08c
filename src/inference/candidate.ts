import type { Digest } from "#base";
import type { Protocol } from "#llm";
import type { ServerName } from "#vocabulary";

export type UpstreamKind =
  | "ollama"
  | "llama.cpp"
  | "vllm"
  | "lm-studio"
  | "nim"
  | "tgi"
  | "vertex"
  | "openai"
  | "anthropic";

/** Micro-USD per million tokens, as the admin entered it. A plain object type: it is kept as JSON. */
export type Price = {
  readonly inputMicroUsdPerMTok: number;
  readonly outputMicroUsdPerMTok: number;
};

/** One place a request for a model could go. */
export interface Candidate {
  /** Name that an admin gave the upstream; of the same form as a server's. */
  readonly upstream: ServerName;
  readonly kind: UpstreamKind;
  /** Digest of what the upstream is: kind, URL, protocols, and which credential it takes. */
  readonly identity: Digest;
  /** The upstream's own name of the model. */
  readonly model: string;
  /** What the upstream speaks. */
  readonly protocols: readonly Protocol[];
  /** It runs on loopback or a private network, as far as is known: what is sent there does not leave the house. */
  readonly isLocal: boolean;
  readonly price: Price | null;
}

/** A name a client may ask for. */
export interface ListedModel {
  readonly name: string;
  readonly upstream: ServerName;
  readonly isLocal: boolean;
  /** Milliseconds since the Unix epoch when the upstream said it was made; null: it did not say. */
  readonly createdAt: number | null;
}

export interface UpstreamState {
  readonly name: ServerName;
  readonly health: "unknown" | "up" | "down";
  /** Why it is down, for people. */
  readonly reason: string | null;
  /** Milliseconds since the Unix epoch until which it is left alone; null: now is fine. */
  readonly backOffUntil: number | null;
  /** Models it listed last; null: never asked or never answered. */
  readonly models: readonly string[] | null;
  readonly checkedAt: number | null;
}
