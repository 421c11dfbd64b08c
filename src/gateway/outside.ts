import type { Ambient, Digest, Fault, JsonObject } from "#base";
import type { Journal, StateWrite } from "#ledger";
import type { Standing } from "#budgets";
import type { Lift, PrincipalFacts, Question } from "#policy";
import type { Action, ActionId, FlowFacts, Identity, ServedModel, ToolFacts, Verdict } from "#vocabulary";
import type { Grants } from "./grants.ts";
import type { Rows } from "./rows.ts";
import type { Stops } from "./stops.ts";
import type { Waiters } from "./waiters.ts";

/** What the road needs from outside: few enough that a test can break each in turn. */
export interface Outside {
  readonly ambient: Ambient;
  readonly journal: Pick<Journal, "append">;
  /** Bytes behind a commitment, or null where they were never kept or their person's key is destroyed. */
  readonly payload: (entry: number, name: string) => Uint8Array | null;
  /** The active policy set's answer; a refusal when none is active. Never throws for a policy's fault. */
  readonly decide: (asked: Asked, lift?: Lift) => Verdict;
  /**
   * Asked and awaited before every `decide`: null, or absent, while our policy engine is trusted alone; otherwise it
   * settles when `decide` knows what the official engine says. Never rejects.
   */
  readonly consult?: (asked: Asked, lift?: Lift) => Promise<void> | null;
  /** False only where policy denies the tool to this chain whatever the arguments. */
  readonly mayUse: (question: Question) => boolean;
  /** Digest of the active policy set; of the empty text while none is active. */
  readonly policySet: () => Digest;
  readonly rows: Rows;
  /** Facts about the chain as it is now; null when one of it is revoked or gone. */
  readonly principals: (identity: Identity) => readonly PrincipalFacts[] | null;
  readonly waiters: Waiters;
  readonly limits: RoadLimits;
  /**
   * Asked at every release: what must still be so when an approved request is used, for its yeses to count as they do now;
   * null where they do not count any more, of whoever gave them. Absent: all do.
   */
  readonly yesStands?: (approval: string, attempt: Attempt) => Condition | null;
  /** Absent: no values are traced, and no rule on where they came from applies. */
  readonly tracing?: Tracing;
  /** What people stopped: asked before policy, in every stage. Absent: nothing is. */
  readonly stops?: Pick<Stops, "ofAttempt">;
  /** Absent: every hold waits for a person. */
  readonly grants?: Grants;
}

/** Part of a WHERE clause, without side effects. */
export type Condition = Pick<StateWrite, "sql" | "parameters">;

/** That a session has seen more than is written down. `kept` is to be called once `writes` are. */
export interface Mark {
  readonly writes: readonly StateWrite[];
  readonly kept: () => void;
}

/** Where the values of an attempt came from. */
export interface Tracing {
  /** The attempt with what is known of its values by now. Changes nothing. */
  readonly judged: (attempt: Attempt) => Attempt;
  /** The attempt with the effects that its tool's manifest says, whatever its arguments: for lists. Changes nothing. */
  readonly expected: (attempt: Attempt) => Attempt;
  /** Its arguments whose content not everybody may read, by name: they stay out of third parties' chats. Changes nothing. */
  readonly restricted: (attempt: Attempt) => readonly string[];
  /**
   * To be kept with the intent of an attempt: what its agent sees from then on is not written down yet.
   */
  readonly mark: (attempt: Attempt) => Mark;
}

/** A question to policy, with the budgets that its answer is held against. */
export interface Asked extends Question {
  readonly standing?: Standing;
}

export interface RoadLimits {
  /** How long a held call waits for a person before it answers "held, ask again"; below client time-outs. */
  readonly holdWaitMs: number;
  /** How often a waiting client is told that it still waits. */
  readonly holdProgressMs: number;
  readonly openHoldsPerAgentMax: number;
  /** A payload above this is committed to, but its bytes are not kept. */
  readonly payloadBytesMax: number;
}

export const ROAD_LIMITS: RoadLimits = {
  holdWaitMs: 50_000,
  holdProgressMs: 5_000,
  openHoldsPerAgentMax: 20,
  payloadBytesMax: 256 * 1024,
};

/** One action on its way, with everything known when it is decided. */
export interface Attempt {
  readonly id: ActionId;
  readonly identity: Identity;
  readonly principals: readonly PrincipalFacts[];
  readonly action: Action;
  readonly digest: Digest;
  /** The action's RFC 8785 text, of which `digest` is the digest. */
  readonly text: string;
  readonly facts: ToolFacts;
  /** Where its values came from; absent where that is not traced. */
  readonly flow?: FlowFacts;
  /** The effects that people accepted the tool with, where a manifest says more and `facts` have those. */
  readonly reviewed?: ToolFacts["effects"];
  /** What would answer, of what goes to a model's upstream or was asked for by what answered there. */
  readonly weights?: ServedModel;
  /** Why nobody may use the server or tool now, whatever policy says; null when that is not so. */
  readonly blocked: Fault | null;
  /** Why a person must look first; unlike what is blocked, it does not stop an agent that is only observed. */
  readonly unreviewed?: Fault;
  /** Texts that leave with it and are none of its arguments, at the http door: only whether they may leave is asked. */
  readonly beside?: readonly string[];
  /** What stands where it goes, at the http door, whether or not one of its operations names it. */
  readonly governors?: readonly string[];
  /** The model call that asked for it, at the llm door. */
  readonly turn?: ActionId;
  /** How the budgets stand that count this action, asked anew for every decision; absent where none can. */
  readonly standing?: () => Standing;
}

/** Whoever waits for the answer. */
export interface Asker {
  /** Aborts when nobody waits any more: cancelled, gone, or revoked. */
  readonly signal: AbortSignal;
  /** Whether the answer would reach somebody now; what nobody heard is kept for the retry. */
  readonly isHeard: () => boolean;
  /** Resolves when it has all of an answer that streams: before its outcome is on record. */
  readonly given?: Promise<void>;
  /** For how long it waits for people, in milliseconds; absent: `holdWaitMs`. */
  readonly waitMs?: number;
  /** A sentence for the person at the other end, while the action is held. */
  readonly waiting: (sentence: string) => void;
}

/**
 * How the effect leaves, in two steps, because the ledger must know whether it left. `prepare` is told whether a
 * person approved the action: then it goes through though its asker went away, whose retry collects the result. What
 * it throws, was not sent. `send` sends once: it throws `RpcError` where the upstream answered with an error, and anything else where the
 * answer was lost (the outcome is then `unknown`).
 */
export interface Forward {
  readonly prepare: (
    attempt: Attempt,
    isApproved: boolean,
    verdict: Verdict,
  ) => Promise<() => Promise<JsonObject>>;
  /** State that is kept together with the intent and with the outcome: what a budget reserves and settles. */
  readonly ledger?: ForwardLedger;
}

export interface ForwardLedger {
  /** Called once, just before the intent is written; nothing is awaited between the decision and this. */
  readonly intent: () => readonly StateWrite[];
  /** The intent was not kept. */
  readonly undo: () => void;
  /** `facts` become part of the outcome's body, beside its status. `result` is null where nothing came. */
  readonly outcome: (result: JsonObject | null) => {
    readonly facts: JsonObject;
    readonly writes: readonly StateWrite[];
  };
}

/** How the road ended for the one who asked. `code`, `reason` and `remedy` are for the agent and its people. */
export type Answer =
  | { readonly kind: "result"; readonly action: ActionId; readonly result: JsonObject }
  | { readonly kind: "failed"; readonly action: ActionId; readonly error: unknown }
  | Refused;

export interface Refused {
  readonly kind: "refused" | "held";
  readonly action: ActionId;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  /** Ids of the policies that determined it; `default-deny` where none allowed it. */
  readonly rules: readonly string[];
  readonly approval: string | null;
  /** Whose yes a held one waits for. */
  readonly groups?: readonly string[];
  /** ISO 8601: of a held one until when it can be approved, of another from when on it may be asked again. */
  readonly until?: string;
}
