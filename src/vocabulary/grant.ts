/**
 * What a yes for more than one call leaves open. `session`: the same tool again in this session. `destination`: the same
 * tool to the same places, with other contents. `pattern`: the arguments that the approver named may vary.
 */
export type GrantScope = "session" | "destination" | "pattern";

/** How far a rule lets approvers grant, as `@grantable("session, pattern; 20 times; 8h")` says. */
export interface GrantTerms {
  /** Sorted, each once, at least one. */
  readonly scopes: readonly GrantScope[];
  readonly timesMax: number;
  readonly forMs: number;
}
