import type { JsonObject } from "#base";

/** Kinds of entry: an action's three, and changes of state. The list is closed; `docs/formats/ledger.md` defines each. */
export type EntryKind =
  | "verdict"
  | "intent"
  | "outcome"
  | "proposal"
  | "approval.requested"
  | "approval.seen"
  | "approval.escalated"
  | "approval.decided"
  | "approval.glass-broken"
  | "approval.reviewed"
  | "approval.expired"
  | "approval.withdrawn"
  | "approval.shown"
  | "approval.arrived"
  | "grant.given"
  | "grant.revoked"
  | "drill.asked"
  | "drill.answered"
  | "drills.changed"
  | "approver.changed"
  | "approval.undelivered"
  | "channel.added"
  | "channel.changed"
  | "channel.removed"
  | "channel.linked"
  | "channel.unlinked"
  | "user.added"
  | "user.changed"
  | "group.changed"
  | "token-key.rotated"
  | "decisions.asked"
  | "agent.added"
  | "agent.changed"
  | "agent.revoked"
  | "session.started"
  | "session.ended"
  | "delegation.granted"
  | "delegation.narrowed"
  | "delegation.revoked"
  | "duty.changed"
  | "mandate.given"
  | "server.added"
  | "server.changed"
  | "server.removed"
  | "tool.seen"
  | "tool.accepted"
  | "manifest.changed"
  | "model.changed"
  | "upstream.added"
  | "upstream.changed"
  | "upstream.removed"
  | "credential.added"
  | "credential.changed"
  | "credential.removed"
  | "vault.rekeyed"
  | "authority.rotated"
  | "route.changed"
  | "budget.changed"
  | "policy.activated"
  | "policy.disagreement"
  | "stop.added"
  | "stop.ended"
  | "monitor.changed"
  | "sensor.changed"
  | "sensor.reported"
  | "stage.changed"
  | "drill.stop"
  | "drill.stage"
  | "ledger.started";

/**
 * One entry as its writer hands it in. `body` holds metadata and commitments only: never an argument, a result, a
 * name of a person or a secret in clear. The journal adds `index`, `kind`, `id` and `at` when it commits.
 */
export interface EntryDraft {
  readonly kind: EntryKind;
  /** The action, approval, agent … this entry is about: what `receipts get ID` finds it by. */
  readonly subject: string;
  /** Milliseconds since the Unix epoch, from the injected clock. */
  readonly at: number;
  readonly body: JsonObject;
  /** The bytes behind commitments in `body`, kept apart, encrypted under the key of `person`. */
  readonly payloads?: readonly PayloadDraft[];
}

/** `commitment` in the body is SHA-256 of salt and bytes; destroying the person's key destroys both (T23). */
export interface PayloadDraft {
  /** `arguments`, `result`, `note` …: unique within the entry. */
  readonly name: string;
  /** Whose key encrypts it: a user id, or an agent id where no user stands behind it. */
  readonly person: string;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One statement of the portable SQL subset (a Kysely `CompiledQuery` fits). */
export interface StateWrite {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Rows it must change. Any other number undoes the whole batch and answers `stale`: a compare-and-set. */
  readonly changes?: number;
}

export interface Batch {
  /** At least one; they get consecutive indexes in this order. */
  readonly entries: readonly [EntryDraft, ...EntryDraft[]];
  /** Run before the entries, in order, in the same transaction. */
  readonly writes?: readonly StateWrite[];
}

export type Appended =
  | { readonly kind: "kept"; readonly indexes: readonly number[] }
  | { readonly kind: "stale" };

/**
 * The durable action log. `append` resolves `kept` only after an fsync: all of the batch is kept at its final
 * indexes, or none of it. Batches of many callers share one transaction (group commit); a `stale` batch fails only
 * its own caller. Throws Fault `journal_full` when its queue is at its maximum or the disk is full (nothing was
 * kept), and `journal_failed` when it cannot know: then the process must stop and recover.
 */
export interface Journal {
  readonly append: (batch: Batch) => Promise<Appended>;
  /** Entries acknowledged so far; the next index. */
  readonly size: () => number;
}
