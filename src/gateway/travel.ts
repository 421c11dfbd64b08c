import { Fault, type Json, type JsonObject } from "#base";
import { spendOf } from "./delegations.ts";
import { asOfNow, createDesk } from "./desk.ts";
import { createDrafts, type Decided, type Drafts, type OutcomeStatus } from "./drafts.ts";
import type { Party } from "./fates.ts";
import { type Together, travelTogether } from "./group.ts";
import { createFlights, type Flights } from "./flights.ts";
import { createHolding, type Holding } from "./holding.ts";
import {
  NOTHING_MARKED,
  blockedBy,
  consulted,
  delegationEnded,
  type Go,
  judge,
  type Judged,
  refuse,
  traced,
} from "./verdicts.ts";
import type { Answer, Asker, Attempt, Forward, ForwardLedger, Outside, Refused } from "./outside.ts";
import type { Refusal } from "#vocabulary";
import { closeIntent } from "./rows.ts";
import { openIntent } from "./stops.ts";
import { EGRESS_NOTHING_SENT } from "#inference";
import { NOTHING_SENT, RpcFault } from "#upstream";
import { RpcError } from "#wire";
import type { Appended, Batch, StateWrite } from "#ledger";

/** The road of one action: decide, record, hold, record, forward, record, answer. */
export interface Road {
  readonly travel: (attempt: Attempt, asker: Asker, forward: Forward) => Promise<Answer>;
  /** The rest of the road of an action that waits for people: see `Holding`. */
  readonly resume: Holding["resume"];
  /** The road of several actions that are released together or not at all. */
  readonly together: (party: Party) => Promise<Together>;
  /** The signals of those who wait now for what matches: aborting them cuts it. */
  readonly under: Flights["under"];
  /** What would become of an attempt, as it is given, if it were decided now. Changes nothing. */
  readonly judged: (attempt: Attempt) => Judged;
  /** Puts a refusal on record that no request asked for: of what was open and is not let through any more. */
  readonly refused: (attempt: Attempt, verdict: Refusal) => Promise<Refused>;
  readonly refusalBy: (fault: Fault) => Refusal;
}

/**
 * INVARIANT: `forward` is called at most once per intent, and only after the journal answered `kept` for that intent.
 * Whatever throws before that (the policy engine, the journal, a full disk) reaches the face as a refusal.
 */
export function createRoad(outside: Outside): Road {
  const drafts = createDrafts(outside.ambient, outside.limits.payloadBytesMax);
  const go: Go = (attempt, decided, forward, consume) =>
    depart(outside, drafts, { attempt, decided, forward, consume });
  const desk = createDesk(outside, drafts);
  const holding = createHolding(desk, go);
  const flights = createFlights();
  const travel: Road["travel"] = async (asked, asker, forward) => {
    let attempt = traced(outside, asked);
    for (let stale = 0; stale < STALE_MAX; stale += 1) {
      await consulted(outside, attempt);
      const judged = judge(outside, attempt);
      if (judged.kind === "refuse") return refuse(outside, drafts, attempt, judged.verdict);
      if (judged.kind === "hold") return holding.hold(attempt, judged.verdict, asker, forward);
      const answer = await go(attempt, judged.decided, forward);
      if (answer !== "stale") return answer;
      attempt = asOfNow(desk, attempt);
    }
    throw delegationEnded();
  };
  return {
    under: flights.under,
    judged: (attempt) => judge(outside, attempt),
    refused: (attempt, verdict) => refuse(outside, drafts, attempt, verdict),
    refusalBy: (fault) => blockedBy(outside, fault),
    resume: (attempt, approval, asker, forward) =>
      flights.during([attempt], asker.signal, () =>
        holding.resume(traced(outside, attempt), approval, asker, forward),
      ),
    together: (party) =>
      flights.during(party.attempts, party.asker.signal, () => travelTogether(desk, party)),
    travel: (asked, asker, forward) =>
      flights.during([asked], asker.signal, () => travel(asked, asker, forward)),
  };
}

/** How often a delegation may change in the very moment in which an intent is written; then it counts as ended. */
const STALE_MAX = 8;

interface Departure {
  readonly attempt: Attempt;
  readonly decided: Decided;
  readonly forward: Forward;
  readonly consume: StateWrite | undefined;
}

async function depart(outside: Outside, drafts: Drafts, departure: Departure): Promise<Answer | "stale"> {
  const { attempt, decided, forward, consume } = departure;
  const agentId = attempt.identity.chain.agents.at(-1) ?? "";
  const opened = openIntent({
    actionId: attempt.id,
    agentId,
    approvalId: decided.approval,
    at: outside.ambient.now(),
    stoppable: attempt,
  });
  const ledger = forward.ledger ?? NOTHING_KEPT;
  const spent = spendOf(attempt.identity, outside.ambient.now());
  const mark = outside.tracing?.mark(attempt) ?? NOTHING_MARKED;
  const writes = [
    ...(consume === undefined ? [] : [consume]),
    ...(decided.grant?.writes ?? []),
    ...spent,
    opened,
    ...mark.writes,
    ...ledger.intent(),
  ];
  const kept = await keptOrUndone(outside, { entries: [drafts.intent(attempt, decided)], writes }, ledger);
  if (kept.kind === "stale") return "stale";
  mark.kept();
  const startedAt = outside.ambient.monotonic();
  const end = await effect(attempt, forward, decided);
  const { status, record: result, answer } = end;
  const settled = ledger.outcome(answer.kind === "result" ? answer.result : null);
  try {
    await outside.journal.append({
      entries: [drafts.outcome(attempt, { status, startedAt, result, facts: settled.facts })],
      writes: [closeIntent(attempt.id), ...settled.writes],
    });
  } catch (cause) {
    throw status === "not-sent" ? cause : unrecorded(attempt.id, cause);
  }
  return answer;
}

/** Of an effect that nothing is counted for. */
const NOTHING_KEPT: ForwardLedger = {
  intent: () => [],
  undo: () => {},
  outcome: () => ({ facts: {}, writes: [] }),
};

/** What was reserved for an intent that is not on record is given back. */
async function keptOrUndone(outside: Outside, batch: Batch, ledger: ForwardLedger): Promise<Appended> {
  try {
    const kept = await outside.journal.append(batch);
    if (kept.kind === "stale") ledger.undo();
    return kept;
  } catch (cause) {
    ledger.undo();
    throw cause;
  }
}

/** The journal's own words say that nothing was kept and to try again; here that would ask for a second effect. */
function unrecorded(action: string, cause: unknown): Fault {
  const why = cause instanceof Fault ? cause.message : "its outcome cannot be written";
  return new Fault(
    "outcome_unrecorded",
    `the call was sent, but what came of it is not on record: ${why}`,
    `Check at the server before you call again. Record: \`doorward receipts get ${action}\`; it says unknown after a restart.`,
    cause,
  );
}

interface End {
  readonly status: OutcomeStatus;
  readonly record: Json;
  readonly answer: Answer;
}

async function effect(attempt: Attempt, forward: Forward, decided: Decided): Promise<End> {
  const failed = (status: OutcomeStatus, error: unknown): End => ({
    status,
    record: status === "not-sent" ? { ...told(error), sent: false } : told(error),
    answer: { kind: "failed", action: attempt.id, error },
  });
  let send: () => Promise<JsonObject>;
  try {
    send = await forward.prepare(attempt, decided.approval !== null, decided.verdict);
  } catch (error) {
    return failed("not-sent", error);
  }
  try {
    const result = await send();
    const status = result["isError"] === true ? "error" : "ok";
    return { status, record: result, answer: { kind: "result", action: attempt.id, result } };
  } catch (error) {
    return failed(statusOf(error), error);
  }
}

/** An answer that was lost may belong to an effect that happened: only what certainly did not leave is a failure (T20). */
function statusOf(error: unknown): OutcomeStatus {
  if (error instanceof RpcError || error instanceof RpcFault) return "error";
  if (error instanceof Fault && ANSWERED.has(error.code)) return "error";
  return isNothingSent(error) ? "not-sent" : "unknown";
}

/** Whether nothing of an effect left, by the Fault that ended it. */
export function isNothingSent(error: unknown): boolean {
  if (!(error instanceof Fault)) return false;
  return NOTHING_SENT.has(error.code) || EGRESS_NOTHING_SENT.has(error.code);
}

/** A model answered, though not with what was asked for. */
const ANSWERED: ReadonlySet<string> = new Set(["model_error", "answer_malformed", "answer_too_large"]);

function told(error: unknown): JsonObject {
  if (error instanceof RpcFault) return { error: { code: error.rpc.code, message: error.rpc.message } };
  if (error instanceof RpcError) return { error: { code: error.code, message: error.message } };
  if (error instanceof Fault) return { fault: error.code };
  return { fault: "unknown" };
}
