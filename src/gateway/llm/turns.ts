import { z } from "zod";
import type { JsonObject } from "#base";
import type { Protocol, Turn } from "#llm";
import type { Store } from "#store";
import type { ActionId, Identity, ServedModel } from "#vocabulary";
import { actionIdOf, objectColumn, textsOf } from "../columns.ts";
import type { Outside } from "../outside.ts";
import { orLater } from "../rows.ts";
import { keptIn, type KeptResult } from "./kept.ts";
import type { Marking } from "./marking.ts";
import { createToldItems, type ToldItems } from "./told-items.ts";
import { type Mine, openTurnRows, type TurnRow } from "./turn-rows.ts";
import { weightsIn } from "./turn-weights.ts";

/**
 * Turns of models that something still hangs on: those withheld until people decide, and those that a client may go on
 * from by their id. The turn itself is a payload of the model call's outcome, sealed like any other; only the session and
 * credential that it was made for find it again (T2, T10).
 */
export interface Turns extends ToldItems {
  /** Whether the turn of this model call can wait for people: larger ones than a payload may be are not kept. */
  readonly isKept: (actionId: ActionId) => boolean;
  /** Keeps a withheld turn until an hour after the last of its approvals has ended. */
  readonly hold: (held: HeldTurn) => void;
  /**
   * The withheld turn that a request asks for again: the same request, or one that mentions one of the approvals (or the
   * response's own id) once people have decided them all; until then the conversation may go on without it.
   */
  readonly pending: (
    identity: Identity,
    /** Asked for only where something waits. */
    requestDigest: () => string,
    mentioned: readonly string[],
  ) => PendingTurn | null;
  /** The client has the turn, or what was left of it: it is not replayed again. */
  readonly delivered: (actionId: ActionId) => void;
  /** Keeps a turn under the id that its client was given. */
  readonly keepResponse: (kept: KeptResponse) => void;
  readonly response: (identity: Identity, responseId: string) => EarlierResponse | null;
  readonly forgetResponse: (identity: Identity, responseId: string) => void;
}

export interface HeldTurn {
  /** Of the model call. */
  readonly actionId: ActionId;
  readonly identity: Identity;
  readonly protocol: Protocol;
  /** As the client named it. */
  readonly model: string;
  readonly requestDigest: string;
  readonly approvals: readonly string[];
}

export interface PendingTurn {
  readonly actionId: ActionId;
  readonly turn: Turn;
  /** What it is to be marked with, as decided when the model was asked. */
  readonly marks: readonly string[];
  readonly approvals: readonly string[];
  /** What made it; null: only a name was known. */
  readonly weights: ServedModel | null;
}

export interface KeptResponse {
  readonly actionId: ActionId;
  readonly identity: Identity;
  readonly responseId: string;
}

export interface EarlierResponse extends Marking {
  /** The request's body: the client's own where the outcome keeps it, else as it was forwarded. */
  readonly request: JsonObject;
  readonly turn: Turn;
  /** As the client named it. */
  readonly model: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const HELD_AFTER_MS = 60 * 60_000;
const RESPONSE_KEPT_MS = 30 * 24 * 60 * 60_000;

export function createTurns(outside: Outside, store: Store): Turns {
  const rows = openTurnRows(store);
  const now = (): number => outside.ambient.now();
  const payload = (entry: number | null, name: string): JsonObject | null => {
    const bytes = entry === null ? null : outside.payload(entry, name);
    return bytes === null ? null : objectColumn(Buffer.from(bytes).toString("utf8"));
  };
  const keptOf = (actionId: string): KeptResult | null =>
    keptIn(payload(outside.rows.outcome(actionId)?.idx ?? null, "result"));
  const isDecided = (approval: string): boolean => {
    const row = outside.rows.approval(approval);
    return row?.status !== "requested" || row.expires_at <= now();
  };
  const isMeant = (row: TurnRow, digest: string, mentioned: ReadonlySet<string>): boolean => {
    if (row.request_digest === digest) return true;
    const approvals = textsOf(row.approvals);
    const isMentioned = [...approvals, row.response_id].some((id) => id !== null && mentioned.has(id));
    return isMentioned && approvals.every(isDecided);
  };
  return {
    isKept: (actionId) => keptOf(actionId) !== null,
    hold: (held) => {
      const ends = held.approvals.map((id) => outside.rows.approval(id)?.expires_at ?? 0);
      const expiresAt = Math.max(now(), ...ends) + HELD_AFTER_MS;
      // What a full disk costs here is that the retry asks the model anew; equal calls still find their approvals.
      orLater(() => rows.hold({ ...held, ...mine(held.identity), now: now(), expiresAt }));
    },
    pending: (identity, requestDigest, mentioned) => {
      const waiting = rows.held(mine(identity), now());
      if (waiting.length === 0) return null;
      const [ids, digest] = [new Set(mentioned), requestDigest()];
      const row = waiting.find((one) => isMeant(one, digest, ids));
      const kept = row === undefined ? null : keptOf(row.action_id);
      if (row === undefined || kept === null) return null;
      const { turn, marks } = kept;
      const weights = weightsIn(rows.weights(row.action_id));
      return { actionId: actionIdOf(row.action_id), turn, marks, approvals: textsOf(row.approvals), weights };
    },
    delivered: (actionId) => orLater(() => rows.delivered(actionId)),
    keepResponse: ({ actionId, identity, responseId }) => {
      const expiresAt = now() + RESPONSE_KEPT_MS;
      orLater(() => rows.keep({ ...mine(identity), actionId, responseId, now: now(), expiresAt }));
    },
    response: (identity, responseId) => {
      const row = rows.response(mine(identity), responseId, now());
      if (row === null) return null;
      const kept = keptOf(row.action_id);
      if (kept === null) return null;
      const { turn, marks } = kept;
      const request = kept.request ?? argumentsIn(payload(rows.intent(row.action_id), "action"));
      if (request === null) return null;
      const action = actionIdOf(row.action_id);
      return { action, request, turn, marks, model: row.model, createdAt: row.created_at };
    },
    forgetResponse: (identity, responseId) => rows.forget(mine(identity), responseId),
    ...createToldItems({ rows, keptOf, now, mine }),
  };
}

function mine({ chain, session, credential }: Identity): Mine {
  return { agent: chain.agents.at(-1) ?? "", session, credential };
}

const actionBody = z.object({
  arguments: z.custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  ),
});

/** As it was forwarded. */
function argumentsIn(action: JsonObject | null): JsonObject | null {
  return actionBody.safeParse(action).data?.arguments ?? null;
}
