import { Fault, type JsonObject } from "#base";
import type { Batch, EntryDraft, EntryKind, StateWrite } from "#ledger";
import type { Schema } from "#store";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import type { StopTarget } from "./stop-targets.ts";

/** Whose requests nobody will send again, or may use any more. */
export type Ending =
  | { readonly agents: readonly string[] }
  | { readonly session: string }
  | { readonly credential: string }
  /** An agent that is gone for good: its own, and those under what it was lent and passed on. */
  | { readonly gone: string }
  /** All that act under this delegation, or under what was passed on of it. */
  | { readonly delegation: string }
  /** What a stop covers. */
  | { readonly stopped: StopTarget };

/** Whoever withdraws: a person, or Doorward itself. */
export interface Withdrawing {
  readonly store: Pick<OperationContext["store"], "query">;
  readonly live: Pick<OperationContext["live"], "approvalDecided">;
  readonly now: () => number;
  readonly entry: (kind: EntryKind, subject: string, body: JsonObject) => EntryDraft;
  /** Throws `changed_meanwhile`. */
  readonly commit: (batch: Batch) => Promise<unknown>;
}

export function withdrawingAs(context: OperationContext): Withdrawing {
  const { store, live, ambient } = context;
  return {
    store,
    live,
    now: ambient.now,
    entry: (kind, subject, body) => entry(context, kind, subject, body),
    commit: (batch) => commitBatch(context, batch),
  };
}

/** What ends, with the entry that says so first. */
export interface EndingBatch {
  readonly writes: readonly StateWrite[];
  readonly entries: readonly [EntryDraft, ...EntryDraft[]];
}

interface OpenRequest {
  readonly id: string;
  readonly action_id: string;
  readonly status: string;
}

/** Requests withdrawn in one batch: far below what a batch may hold. */
const AT_ONCE_MAX = 100;
/** How often requests may change in the moment in which they are withdrawn. */
const TRIES_MAX = 4;
/** Further batches for those that are many, or came in the moment of the first. */
const ROUNDS_MAX = 50;

/**
 * Commits what ends an agent, a session or a right, and in the same batch withdraws the open requests under it, with an entry
 * each that says `why`; `cut` is called once that is kept, and whoever waits on a request is woken. Requests that came
 * in this very moment, and those beyond the first hundred, follow at once. Throws `changed_meanwhile`.
 */
export async function commitEnding(
  context: OperationContext,
  ending: Ending,
  batch: EndingBatch & { readonly why: string; readonly cut: () => void },
): Promise<void> {
  const { why, cut } = batch;
  const withdrawing = withdrawingAs(context);
  const open = await commitWith(withdrawing, ending, batch);
  cut();
  wake(context, open);
  await withdrawOpen(withdrawing, ending, why);
}

/** Withdraws what waits under what has ended; answers how many requests that were. */
export async function withdrawOpen(withdrawing: Withdrawing, ending: Ending, why: string): Promise<number> {
  const rest = { why, writes: [], entries: [] };
  let count = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    // What ended has ended: requests that keep changing are left to expire.
    const more = await commitWith(withdrawing, ending, rest).catch(noneIfStale);
    if (more.length === 0) break;
    wake(withdrawing, more);
    count += more.length;
  }
  return count;
}

function noneIfStale(cause: unknown): OpenRequest[] {
  if (isStale(cause)) return [];
  throw cause;
}

function isStale(cause: unknown): boolean {
  return cause instanceof Fault && cause.code === "changed_meanwhile";
}

interface Whole {
  readonly why: string;
  readonly writes: readonly StateWrite[];
  readonly entries: readonly EntryDraft[];
}

/** Answers what was withdrawn. Another try where one of the requests was answered or used in that moment. */
async function commitWith(withdrawing: Withdrawing, ending: Ending, whole: Whole): Promise<OpenRequest[]> {
  for (let tries = 1; ; tries += 1) {
    const open = await openRequests(withdrawing, ending);
    const [first, ...others] = [
      ...whole.entries,
      ...open.map((one) => withdrawn(withdrawing, one, whole.why)),
    ];
    if (first === undefined) return [];
    try {
      const writes = [...whole.writes, ...open.map((one) => withdrawal(withdrawing, one, whole.why))];
      await withdrawing.commit({ writes, entries: [first, ...others] });
      return open;
    } catch (cause) {
      if (!isStale(cause) || tries === TRIES_MAX) throw cause;
    }
  }
}

function wake({ live }: Pick<Withdrawing, "live">, open: readonly OpenRequest[]): void {
  for (const { id } of open) live.approvalDecided(id);
}

function openRequests({ store }: Withdrawing, ending: Ending): Promise<OpenRequest[]> {
  const open = store.query
    .selectFrom("approvals")
    .select(["id", "action_id", "status"])
    .where("status", "in", ["requested", "approved"])
    .orderBy("id")
    .limit(AT_ONCE_MAX);
  if ("stopped" in ending) return open.where((eb) => stoppedBy(eb, ending.stopped)).execute();
  if ("agents" in ending) return open.where("agent_id", "in", ending.agents).execute();
  if ("session" in ending) return open.where("session_id", "=", ending.session).execute();
  if ("credential" in ending)
    return open
      .where((eb) => eb(eb.fn("json_extract", ["binding", eb.val("$.credential")]), "=", ending.credential))
      .execute();
  const under = sessionsUnder(store.query, ending);
  if ("delegation" in ending) return open.where("session_id", "in", under).execute();
  return open
    .where((eb) => eb.or([eb("agent_id", "=", ending.gone), eb("session_id", "in", under)]))
    .execute();
}

type Wheres = ExpressionBuilder<Schema, "approvals">;

/** By the row of a request, as the road reads its action: whatever a stop of this kind covers. */
function stoppedBy(eb: Wheres, { kind, target }: StopTarget): Expression<SqlBool> {
  const inChain = eb("chain", "like", `%"${target}"%`);
  if (kind === "agent") return eb.or([eb("agent_id", "=", target), inChain]);
  if (kind === "session") return eb("session_id", "=", target);
  if (kind === "credential")
    return eb(eb.fn<string>("json_extract", ["binding", eb.val("$.credential")]), "=", target);
  if (kind === "user")
    return eb.or([
      inChain,
      eb("agent_id", "in", (from) => from.selectFrom("agents").select("id").where("owner_id", "=", target)),
    ]);
  if (kind === "server") return eb("server", "=", target);
  if (kind === "host") return eb("server", "like", `web:${target.replace("*", "%")}`);
  if (kind === "model") return modelled(eb, target);
  return eb("id", "is not", null);
}

function modelled(eb: Wheres, model: string): Expression<SqlBool> {
  const at = model.indexOf("/");
  const isOf = eb("verb", "like", "models/%");
  const alone = eb.and([isOf, eb("target", "=", model)]);
  if (at < 0) return alone;
  const there = [isOf, eb("server", "=", model.slice(0, at)), eb("target", "=", model.slice(at + 1))];
  return eb.or([alone, eb.and(there)]);
}

type Rooted = Extract<Ending, { readonly delegation: string } | { readonly gone: string }>;

function sessionsUnder(query: OperationContext["store"]["query"], root: Rooted) {
  const [column, value] =
    "delegation" in root ? (["id", root.delegation] as const) : (["agent_id", root.gone] as const);
  return query
    .withRecursive("under", (from) =>
      from
        .selectFrom("delegations")
        .select("id")
        .where(column, "=", value)
        .union(
          from
            .selectFrom("delegations as passed")
            .innerJoin("under", "under.id", "passed.parent_id")
            .select("passed.id"),
        ),
    )
    .selectFrom("sessions")
    .select("sessions.id")
    .where("delegation_id", "in", (from) => from.selectFrom("under").select("under.id"));
}

function withdrawn(
  withdrawing: Withdrawing,
  { id, action_id: action }: OpenRequest,
  why: string,
): EntryDraft {
  return withdrawing.entry("approval.withdrawn", action, { approval: id, why });
}

/** Only as it was found: what was used meanwhile makes the batch stale, so the record never says otherwise. */
function withdrawal({ store, now }: Withdrawing, { id, status }: OpenRequest, why: string): StateWrite {
  const withdraw = store.query.updateTable("approvals").set((eb) => ({
    status: "withdrawn",
    withdrawn_why: why,
    version: eb("version", "+", 1),
    // Whoever waited hears of the stop itself: once that has ended, the same call asks anew.
    ...(why === "stopped" ? { delivered_at: now() } : {}),
  }));
  return stateWrite(withdraw.where("id", "=", id).where("status", "=", status), 1);
}
