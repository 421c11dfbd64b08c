import type { Effect, Verb } from "./action.ts";

/**
 * What a delegation covers: an action on one of `servers` (whole; `*`: any) or one of `tools`, with one of `verbs` and
 * with no effect but `effects`. No verbs or no effects: all of them.
 */
export type DelegationScope = {
  /** MCP servers, upstreams of models, `agent:NAME`, or `*`. Sorted. */
  readonly servers: readonly string[];
  /** SERVER/TOOL, SERVER/PROMPT, SERVER/URI or UPSTREAM/MODEL. Sorted. */
  readonly tools: readonly string[];
  readonly verbs: readonly Verb[];
  readonly effects: readonly Effect[];
};
