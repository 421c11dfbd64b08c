import { Fault } from "#base";
import type { Identity } from "#vocabulary";
import type { Asked } from "../actions.ts";
import { attemptOf } from "../attempt.ts";
import { objectColumn } from "../columns.ts";
import type { Matches } from "../door/door.ts";
import type { Channel, Exchange } from "../door/road.ts";
import type { Hearing } from "../flows/hearing.ts";
import type { Answer, Asker, Attempt, Forward, Outside } from "../outside.ts";
import type { ApprovalRow } from "../rows.ts";
import { failed, spoken } from "../speech.ts";
import type { Road } from "../travel.ts";
import { agentRevoked } from "../verdicts.ts";
import { awayChannel, awayExchange } from "./away.ts";
import { endOf, isFailure, type KeptCall, keptCall, type KeptEnd, type Shelf } from "./kept-call.ts";
import {
  CUT_MS,
  DECISION_TO_RELEASE_MAX_MS,
  TASK_RESULT_BYTES_MAX,
  TASK_SWEEP_MS,
  UNATTENDED_RELEASE_MAX_MS,
} from "./limits.ts";
import type { TaskRow, TaskRows } from "./rows.ts";
import { notRun, outcomeUnknown, tooLargeToKeep, waitsForRetry } from "./words.ts";

export interface RunnerOutside {
  readonly outside: Outside;
  readonly road: Pick<Road, "travel" | "resume">;
  readonly rows: TaskRows;
  readonly shelf: Shelf;
  /** Who that is by now; null where it may not act any more. */
  readonly identityNow: (identity: Identity) => Identity | null;
  readonly forwardOf: (exchange: Exchange, asked: Asked) => Forward;
  /** Whether the owner of this agent wants what is approved released though it is away. */
  readonly releasesAway: (agent: string) => boolean;
  readonly hearing: Hearing;
  /** Told of each task that ended. */
  readonly ended: (task: string) => void;
  readonly report: (event: string, detail: unknown) => void;
}

/** Carries calls out that nobody is on the line for. */
export interface Runner {
  /** From the beginning, on the connections of its client for as long as those last. */
  readonly start: (task: TaskRow, exchange: Exchange, asked: Asked, attempt: Attempt) => Promise<void>;
  /** Looks at a task under way: goes on where its request was decided, in time; ends where that ended. */
  readonly look: (task: string) => void;
  /** The connections of a client that is still there, for what is released while it is. */
  readonly remember: (task: string, channel: Channel) => void;
  readonly isRunning: (task: string) => boolean;
  /** Ends what is under way of whoever matches. */
  readonly cut: (matches: Matches, why: Fault) => number;
  readonly stop: (task: string, why: Fault) => void;
  /** Gives what is under way at most `graceMs`, then cuts it. What waits for people waits on in the store. */
  readonly close: (graceMs: number, why: Fault) => Promise<void>;
}

interface Running {
  readonly identity: Identity;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

interface Own extends RunnerOutside {
  readonly running: Map<string, Running>;
  readonly channels: Map<string, Channel>;
  /** Connections of those who are away. */
  readonly lasting: AbortController;
  /** Looked at while it ran: once more after it. */
  readonly again: Set<string>;
  closing: boolean;
}

export function createRunner(outside: RunnerOutside): Runner {
  const own: Own = {
    ...outside,
    running: new Map(),
    channels: new Map(),
    lasting: new AbortController(),
    again: new Set(),
    closing: false,
  };
  return {
    start: (task, exchange, asked, attempt) => start(own, task, { exchange, asked, attempt }),
    look: (task) => {
      try {
        look(own, task);
      } catch (error) {
        // Whoever decided is not to hear of it; the next sweep looks again.
        own.report("task_failed", error);
      }
    },
    remember: (task, channel) => void own.channels.set(task, channel),
    isRunning: (task) => own.running.has(task),
    cut: (matches, why) => {
      const found = [...own.running.values()].filter(({ identity, controller: { signal } }) =>
        matches(identity, signal),
      );
      for (const { controller } of found) controller.abort(why);
      return found.length;
    },
    stop: (task, why) => own.running.get(task)?.controller.abort(why),
    close: (graceMs, why) => close(own, graceMs, why),
  };
}

async function close(own: Own, graceMs: number, why: Fault): Promise<void> {
  own.closing = true;
  const all = Promise.all([...own.running.values()].map(({ done }) => done));
  await within(graceMs, all);
  for (const { controller } of own.running.values()) controller.abort(why);
  await within(CUT_MS, all);
  own.lasting.abort(why);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

interface Beginning {
  readonly exchange: Exchange;
  readonly asked: Asked;
  readonly attempt: Attempt;
}

function start(own: Own, task: TaskRow, { exchange, asked, attempt }: Beginning): Promise<void> {
  const { identity, channel } = exchange;
  own.channels.set(task.id, channel);
  return run(own, task, identity, async (signal) => {
    const away = awayExchange(own.outside.ambient, keptCall(exchange, asked), { identity, channel, signal });
    const answer = await own.road.travel(attempt, askerOf(signal), own.forwardOf(away, asked));
    own.hearing.came(attempt, answer);
    return answer;
  });
}

type Carry = (signal: AbortSignal) => Promise<Answer>;

/** Runs one leg of a task: to its end, or to where people must decide. Never rejects. */
function run(own: Own, task: TaskRow, identity: Identity, carry: Carry): Promise<void> {
  const controller = new AbortController();
  const done = leg(own, task, carry, controller.signal)
    .catch((error: unknown) => own.report("task_failed", error))
    .finally(() => {
      own.running.delete(task.id);
      if (own.again.delete(task.id)) look(own, task.id);
    })
    .catch((error: unknown) => own.report("task_failed", error));
  own.running.set(task.id, { identity, controller, done });
  return done;
}

async function leg(own: Own, task: TaskRow, carry: Carry, signal: AbortSignal): Promise<void> {
  const came = await carry(signal).catch((error: unknown) => asFault(own, error));
  const answer = stopOf(signal) ?? came;
  // INVARIANT: what fails from here on changes no end: it is on record, and the next sweep finds it there.
  if (answer instanceof Fault) return end(own, task, () => failed("tools/call", answer, task.action_id));
  if (answer.kind !== "held") return end(own, task, () => spoken("tools/call", answer));
  if (answer.approval !== null)
    own.rows.waitFor(task.id, answer.approval, messageOf(answer), own.outside.ambient.now());
  // It may have been decided before anybody knew which task waits for it.
  if (!signal.aborted) own.again.add(task.id);
}

/** What people stopped ended by that, whatever its server or its connection said in the end. */
function stopOf({ reason }: { readonly reason: unknown }): Fault | null {
  return reason instanceof Fault && reason.code === "stopped" ? reason : null;
}

function messageOf({ approval, reason }: { approval: string | null; reason: string }): string {
  return `Waiting for a person to approve (${approval ?? ""}): ${reason}`;
}

function asFault({ report }: Own, error: unknown): Fault {
  if (error instanceof Fault && error.code !== "bug") return error;
  report("task_failed", error);
  return new Fault(
    "internal",
    "something went wrong inside Doorward; the call may or may not have been made",
    "Look at the action in the ledger before trying again, and report this with the log line.",
    error,
  );
}

function end(own: Own, task: TaskRow, speak: () => ReturnType<typeof spoken>): void {
  const { rows, shelf, outside } = own;
  own.channels.delete(task.id);
  if (task.way === "callback") rows.remove(task.id);
  else {
    const kept = keptEnd(task, endOf(speak));
    const message = isFailure(kept) ? "The call did not succeed." : "The call was carried out.";
    rows.complete(task.id, message, shelf.sealEnd(task.person, task.id, kept), outside.ambient.now());
  }
  own.ended(task.id);
}

/** T21: a server decides how large its answer is. */
function keptEnd(task: TaskRow, kept: KeptEnd): KeptEnd {
  if (JSON.stringify(kept).length <= TASK_RESULT_BYTES_MAX) return kept;
  return { kind: "result", result: failed("tools/call", tooLargeToKeep(), task.action_id) };
}

function look(own: Own, id: string): void {
  if (own.closing) return;
  if (own.running.has(id)) return void own.again.add(id);
  const task = own.rows.find(id);
  if (task?.status !== "working") return;
  const kept = own.shelf.open(task.person, id, task.call);
  const approval = requestOf(own, task);
  if (kept === null) return end(own, task, () => failed("tools/call", notRun(), task.action_id));
  if (approval === null) return end(own, task, () => fromRecord(own, task));
  const turn = turnOf(own, task, approval);
  if (turn === "wait") return;
  // Whoever asked for this takes it back, or was shut out: the approval waits for the retry.
  if (task.way === "callback" && !own.releasesAway(task.agent_id)) return own.rows.remove(id);
  if (turn === "late") return end(own, task, () => spoken("tools/call", waitsForRetry(approval)));
  const identity = own.identityNow(kept.identity);
  if (identity === null) return end(own, task, () => failed("tools/call", agentRevoked(), task.action_id));
  void run(own, task, identity, (signal) => resume(own, task, { kept, identity, approval, signal }));
}

/**
 * INVARIANT: nothing runs unattended long after it was asked for, or approved; a clock that was moved counts as late.
 * Whether a task waits on for people, goes on to what they said, or may not any more.
 */
function turnOf(own: Own, task: TaskRow, { id, status, expires_at }: ApprovalRow): "wait" | "go" | "late" {
  const now = own.outside.ambient.now();
  const isUsable = (status === "requested" || status === "approved") && expires_at > now;
  if (!isUsable) return "go";
  if (Math.abs(now - task.created_at) > UNATTENDED_RELEASE_MAX_MS) return "late";
  if (status === "requested") return "wait";
  const decidedAt = own.rows.decidedAt(id);
  return decidedAt === null || Math.abs(now - decidedAt) > DECISION_TO_RELEASE_MAX_MS ? "late" : "go";
}

/** The request that a task waits for; a process that died may not have written down which one that is. */
function requestOf(own: Own, task: TaskRow): ApprovalRow | null {
  const id = task.approval_id ?? own.rows.requestOf(task.action_id);
  return id === null ? null : own.outside.rows.approval(id);
}

/** What became of a call that no request is known for: a process died while it was under way. */
function fromRecord(own: Own, task: TaskRow): ReturnType<typeof spoken> {
  const { rows, payload } = own.outside;
  const outcome = rows.outcome(task.action_id);
  if (outcome === null || outcome.status === "not-sent")
    return failed("tools/call", notRun(), task.action_id);
  const bytes = payload(outcome.idx, "result");
  const result = bytes === null ? null : objectColumn(Buffer.from(bytes).toString("utf8"));
  // By the status that Doorward recorded, never by the look of the result: the server wrote that.
  const isAnswer = outcome.status === "ok" || result?.["isError"] === true;
  return result !== null && isAnswer ? result : failed("tools/call", outcomeUnknown(), task.action_id);
}

interface Resumed {
  readonly kept: KeptCall;
  readonly identity: Identity;
  readonly approval: ApprovalRow;
  readonly signal: AbortSignal;
}

async function resume(
  own: Own,
  task: TaskRow,
  { kept, identity, approval, signal }: Resumed,
): Promise<Answer> {
  const { outside, road } = own;
  const principals = outside.principals(identity);
  if (principals === null) throw agentRevoked();
  const remembered = own.channels.get(task.id);
  const channel =
    remembered === undefined || remembered.closed.aborted
      ? awayChannel(identity.session, own.lasting.signal)
      : remembered;
  const exchange = awayExchange(outside.ambient, kept, { identity, channel, signal });
  const attempt = attemptOf(outside.ambient, outside.rows, { identity, principals }, kept.asked.wanted);
  // Changed since it was asked for: the approval stays, for when it is accepted again (T14).
  if (attempt.blocked !== null) throw attempt.blocked;
  const forward = own.forwardOf(exchange, kept.asked);
  const answer = await road.resume(attempt, approval.id, askerOf(signal), forward);
  own.hearing.came(attempt, answer);
  return answer;
}

/** Nobody: what came is told by whoever asks for the task. */
function askerOf(signal: AbortSignal): Asker {
  return { signal, isHeard: () => false, waitMs: 0, waiting: () => {} };
}

/** Looks now and then at what nobody was woken for; answers how to stop. */
export function sweeping(sweep: () => unknown): () => void {
  const timer = setInterval(sweep, TASK_SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}
