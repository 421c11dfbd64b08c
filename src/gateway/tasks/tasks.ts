import { Fault, type JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import { RPC, RpcError } from "#wire";
import type { Asked } from "../actions.ts";
import { attemptOf, type Principal } from "../attempt.ts";
import { actionIdOf } from "../columns.ts";
import type { Matches } from "../door/door.ts";
import type { Exchange } from "../door/road.ts";
import type { Drafts } from "../drafts.ts";
import { isBoundTo } from "../hold-request.ts";
import type { Attempt } from "../outside.ts";
import type { Quota } from "../quota.ts";
import { moveApproval } from "../rows.ts";
import { createWaiters } from "../waiters.ts";
import { type KeptCall, keptCall, type KeptEnd } from "./kept-call.ts";
import {
  TASK_BYTES_MAX,
  TASK_TTL_DEFAULT_MS,
  TASK_TTL_MAX_MS,
  TASK_TTL_MIN_MS,
  TASKS_KEPT_MAX,
  TASKS_PAGE_MAX,
  TASKS_WORKING_MAX,
  UNATTENDED_RELEASE_MAX_MS,
} from "./limits.ts";
import { createRunner, type Runner, type RunnerOutside, sweeping } from "./runner.ts";
import type { Load, Mine, TaskRow, TaskRows } from "./rows.ts";
import { stopping, taskCancelled, tooManyTasks } from "./words.ts";

export interface TasksOutside extends Omit<RunnerOutside, "ended"> {
  readonly drafts: Drafts;
  readonly principal: (exchange: Exchange) => Principal;
  readonly quota: Quota;
}

/** A task as its owner finds it. */
export interface Found {
  readonly row: TaskRow;
  /** Null while it is under way, and where what was kept cannot be opened any more. */
  readonly end: KeptEnd | null;
}

/** A call that a person must decide, and how it is to be answered. */
export interface HeldCall {
  readonly exchange: Exchange;
  readonly asked: Asked;
  readonly attempt: Attempt;
  readonly approval: string;
  readonly message: string;
  readonly way: TaskRow["way"];
}

/** Calls that are answered later than their request: MCP tasks, and what is released while its agent is away. */
export interface Tasks {
  /** Carries a call out apart from its request. Throws Fault `tasks_exceeded`, `rate_limited`, and what reading the call throws. */
  readonly begin: (exchange: Exchange, asked: Asked, ttlMs: number | null) => TaskRow;
  /** Keeps a held call until it is decided. Throws Fault `tasks_exceeded`. */
  readonly keep: (held: HeldCall) => TaskRow;
  /** Whether one more could be kept now. */
  readonly hasRoom: (identity: Identity) => boolean;
  /** Throws `RpcError` -32602 where this identity has no such task. */
  readonly find: (identity: Identity, id: string) => Found;
  /** Waits for its end. */
  readonly ended: (identity: Identity, id: string, signal: AbortSignal) => Promise<Found>;
  /** Oldest first. Throws `RpcError` -32602 for a cursor that is none. */
  readonly list: (identity: Identity, cursor: string) => readonly Found[];
  /** What is not sent yet is not sent any more. A task that ended already stays as it is. */
  readonly cancel: (identity: Identity, id: string) => Promise<Found>;
  /** The client has it: the same call is a new action from now on. */
  readonly fetched: (row: TaskRow) => void;
  readonly decided: (approval: string) => void;
  /** Looks at all of them; by itself it does so page by page, every `TASK_SWEEP_MS`. */
  readonly sweep: () => void;
  readonly cut: (matches: Matches, why: Fault) => number;
  readonly close: (graceMs: number) => Promise<void>;
}

interface Own extends TasksOutside {
  readonly runner: Runner;
  readonly ends: ReturnType<typeof createWaiters>;
}

export function createTasks(outside: TasksOutside): Tasks {
  const ends = createWaiters();
  const runner = createRunner({ ...outside, ended: ends.wake });
  const own: Own = { ...outside, runner, ends };
  let after = "";
  const stop = sweeping(() => (after = sweep(own, after)));
  return {
    begin: (exchange, asked, ttlMs) => begin(own, exchange, asked, ttlMs),
    keep: (held) => keep(own, held),
    hasRoom: (identity) => obstacle(own.rows, agentOf(identity)) === null,
    find: (identity, id) => found(own, mine(own, identity, id)),
    ended: (identity, id, signal) => ended(own, identity, id, signal),
    list: (identity, cursor) => list(own, identity, cursor),
    cancel: (identity, id) => cancel(own, identity, id),
    fetched: ({ id, approval_id: approval }) => {
      const now = own.outside.ambient.now();
      own.rows.fetched(id, now);
      const status = approval === null ? null : own.outside.rows.approval(approval)?.status;
      // An approval that is still good for a retry has no end yet that could have been told.
      const isOver = status !== "requested" && status !== "approved";
      if (approval !== null && isOver) own.outside.rows.markDelivered(approval, now);
    },
    decided: (approval) => {
      for (const id of own.rows.waitingFor(approval)) runner.look(id);
    },
    sweep: () => {
      for (let next = sweep(own, ""); next !== ""; ) next = sweep(own, next);
    },
    cut: runner.cut,
    close: async (graceMs) => {
      stop();
      await runner.close(graceMs, stopping());
    },
  };
}

function begin(own: Own, exchange: Exchange, asked: Asked, ttlMs: number | null): TaskRow {
  const { outside, quota, runner } = own;
  const who = own.principal(exchange);
  const attempt = attemptOf(outside.ambient, outside.rows, who, asked.wanted);
  const done = quota.take(agentOf(exchange.identity), JSON.stringify(asked.wanted.arguments).length);
  try {
    const row = add(own, exchange, asked, {
      way: "task",
      actionId: attempt.id,
      approvalId: null,
      message: "The call is under way.",
      ttlMs: ttlMs ?? TASK_TTL_DEFAULT_MS,
    });
    void runner.start(row, exchange, asked, attempt).finally(done);
    return row;
  } catch (error) {
    done();
    throw error;
  }
}

function keep(own: Own, { exchange, asked, approval, message, way, attempt }: HeldCall): TaskRow {
  const { rows, runner } = own;
  const same = rows.waitingFor(approval).flatMap((id) => rows.find(id) ?? []);
  const known = way === "callback" ? same.find((row) => row.way === way) : undefined;
  if (known !== undefined) return known;
  const about = { way, actionId: attempt.id, approvalId: approval, message };
  const row = add(own, exchange, asked, { ...about, ttlMs: TASK_TTL_DEFAULT_MS });
  runner.remember(row.id, exchange.channel);
  // It may have been decided before anybody knew which task waits for it.
  runner.look(row.id);
  return row;
}

interface About {
  readonly way: TaskRow["way"];
  readonly actionId: string;
  readonly approvalId: string | null;
  readonly message: string;
  readonly ttlMs: number;
}

/** INVARIANT: written down before anybody is told of it, or anything of it leaves. */
function add(own: Own, exchange: Exchange, asked: Asked, about: About): TaskRow {
  const { outside, rows, shelf } = own;
  const { identity } = exchange;
  const full = obstacle(rows, agentOf(identity));
  if (full !== null) throw full;
  const id = outside.ambient.id("tsk");
  const now = outside.ambient.now();
  const person = identity.chain.user ?? agentOf(identity);
  const ttl = Math.min(TASK_TTL_MAX_MS, Math.max(TASK_TTL_MIN_MS, Math.ceil(about.ttlMs)));
  const call = shelf.seal(person, id, keptCall(exchange, asked));
  rows.add({ ...mineOf(identity), ...about, id, person, call, now, endsAt: now + ttl });
  const row = rows.find(id);
  if (row === null) throw unknown();
  return row;
}

/** Why this agent may keep no more, or null. */
function obstacle(rows: TaskRows, agent: string): Fault | null {
  const load = rows.load(agent);
  if (load.working >= TASKS_WORKING_MAX) return tooManyTasks("working");
  if (!isFull(load)) return null;
  rows.forgetFetched(agent);
  return isFull(rows.load(agent)) ? tooManyTasks("kept") : null;
}

function isFull({ kept, bytes }: Load): boolean {
  return kept >= TASKS_KEPT_MAX || bytes >= TASK_BYTES_MAX;
}

function agentOf({ chain }: Identity): string {
  return chain.agents.at(-1) ?? chain.agents[0];
}

function mineOf(identity: Identity): Mine {
  return { agent: agentOf(identity), session: identity.session, credential: identity.credential };
}

function mine(own: Own, identity: Identity, id: string): TaskRow {
  const row = own.rows.find(id);
  const { agent, session, credential } = mineOf(identity);
  const isMine = row?.agent_id === agent && row.session_id === session && row.credential === credential;
  if (row === null || !isMine || row.way !== "task" || row.ends_at <= own.outside.ambient.now())
    throw unknown();
  return row;
}

/** Whether there is none, it is somebody else's, or its time is over: the same words. */
function unknown(): RpcError {
  return new RpcError(RPC.invalidParams, "Task not found", {
    code: "task_unknown",
    reason: "there is no such task here for this session, or it is no longer kept",
    remedy: "List them with tasks/list; send the call again if its task is gone.",
  });
}

function found({ shelf }: Own, row: TaskRow): Found {
  const { result } = row;
  return { row, end: result === null ? null : shelf.openEnd(row.person, row.id, result) };
}

async function ended(own: Own, identity: Identity, id: string, signal: AbortSignal): Promise<Found> {
  for (;;) {
    const row = mine(own, identity, id);
    if (row.status !== "working" || signal.aborted) return found(own, row);
    const leftMs = Math.max(1, row.ends_at - own.outside.ambient.now());
    await own.ends.wait(id, Math.min(leftMs, UNATTENDED_RELEASE_MAX_MS), signal);
  }
}

function list(own: Own, identity: Identity, cursor: string): readonly Found[] {
  if (!/^(?:tsk_[0-9a-hjkmnp-tv-z]{26})?$/.test(cursor)) {
    throw new RpcError(RPC.invalidParams, "params.cursor is none that tasks/list gave");
  }
  const now = own.outside.ambient.now();
  return own.rows.page(mineOf(identity), cursor, now).map((row) => found(own, row));
}

/** The cursor that follows a page, where it is longer than one is. */
export function nextOf(tasks: readonly Found[]): JsonObject {
  const last = tasks[TASKS_PAGE_MAX - 1];
  return tasks.length > TASKS_PAGE_MAX && last !== undefined ? { nextCursor: last.row.id } : {};
}

/** One page of what is under way; answers where the next begins. */
function sweep({ rows, outside, runner, report }: Own, after: string): string {
  try {
    const now = outside.ambient.now();
    rows.forgetEnded(now);
    const { ids, next } = rows.due(after, now, now - UNATTENDED_RELEASE_MAX_MS);
    for (const id of ids) runner.look(id);
    return next;
  } catch (error) {
    report("tasks_not_swept", error);
    return "";
  }
}

async function cancel(own: Own, identity: Identity, id: string): Promise<Found> {
  const row = mine(own, identity, id);
  if (row.status !== "working") return found(own, row);
  const { outside, rows, runner, ends } = own;
  rows.cancel(id, "The client cancelled it.", outside.ambient.now());
  // What did not leave yet does not leave; what a person approved and left goes to its end, on record.
  runner.stop(id, taskCancelled());
  ends.wake(id);
  await withdrawn(own, identity, row);
  return found(own, mine(own, identity, id));
}

/** How often a request may move in the very moment in which it is withdrawn. */
const STALE_MAX = 3;

/** Nobody is to be asked for what nobody wants any more; somebody else may wait for the same request. */
async function withdrawn(own: Own, identity: Identity, row: TaskRow): Promise<void> {
  const { rows, shelf, outside } = own;
  const id = rows.find(row.id)?.approval_id ?? rows.requestOf(row.action_id);
  const call = shelf.open(row.person, row.id, row.call);
  const attempt = call === null ? null : attemptAgain(own, identity, call);
  if (id === null || attempt === null) return;
  for (let stale = 0; stale < STALE_MAX; stale += 1) {
    const others = rows.waitingFor(id).length > 0 || outside.waiters.isWaited(id);
    if (others || (await withdrawOnce(own, id, attempt))) return;
  }
}

/** False: it moved in this very moment. */
async function withdrawOnce({ outside, drafts }: Own, id: string, attempt: Attempt): Promise<boolean> {
  const approval = outside.rows.approval(id);
  const isOpen = approval?.status === "requested" || approval?.status === "approved";
  if (approval === null || !isOpen || !isBoundTo(approval, attempt)) return true;
  const ours = { ...attempt, id: actionIdOf(approval.action_id) };
  const kept = await outside.journal.append({
    entries: [drafts.ended(ours, "approval.withdrawn", { approval: id, why: "cancelled" })],
    writes: [moveApproval(id, approval.status, "withdrawn")],
  });
  if (kept.kind !== "kept") return false;
  outside.waiters.wake(id);
  return true;
}

/** Null where its server or tool is gone by now. */
function attemptAgain({ outside }: Own, identity: Identity, { asked }: KeptCall): Attempt | null {
  const who = { identity, principals: outside.principals(identity) ?? [] };
  try {
    return attemptOf(outside.ambient, outside.rows, who, asked.wanted);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
