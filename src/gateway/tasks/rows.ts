import { z } from "zod";
import type { Store } from "#store";
import { TASK_SWEEP_MAX, TASKS_PAGE_MAX } from "./limits.ts";

/** Whose a task is: nobody else finds it. */
export interface Mine {
  readonly agent: string;
  readonly session: string;
  readonly credential: string;
}

export interface NewTask extends Mine {
  readonly id: string;
  readonly way: "task" | "callback";
  readonly person: string;
  readonly actionId: string;
  readonly approvalId: string | null;
  readonly message: string;
  readonly call: Uint8Array;
  readonly now: number;
  readonly endsAt: number;
}

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const taskRow = z.object({
  id: z.string(),
  way: z.enum(["task", "callback"]),
  agent_id: z.string(),
  session_id: z.string(),
  credential: z.string(),
  person: z.string(),
  action_id: z.string(),
  approval_id: z.string().nullable(),
  status: z.enum(["working", "completed", "cancelled"]),
  message: z.string(),
  call: bytes,
  result: bytes.nullable(),
  created_at: z.number(),
  updated_at: z.number(),
  ends_at: z.number(),
});

export type TaskRow = Readonly<z.output<typeof taskRow>>;

/** How much an agent has. */
export interface Load {
  readonly working: number;
  readonly kept: number;
  readonly bytes: number;
}

const dueRow = z.object({ id: z.string(), is_due: z.number() });
const loadRow = z.object({ working: z.number(), kept: z.number(), bytes: z.number() });

export interface Due {
  readonly ids: readonly string[];
  readonly next: string;
}

/** INVARIANT: a task leaves `working` once, by `complete` or `cancel`; whoever comes second changes nothing. */
export interface TaskRows {
  readonly add: (task: NewTask) => void;
  readonly find: (id: string) => TaskRow | null;
  /** Tasks of one session that its client knows, oldest first, after the id. */
  readonly page: (mine: Mine, after: string, now: number) => readonly TaskRow[];
  readonly waitFor: (id: string, approvalId: string, message: string, now: number) => void;
  readonly complete: (id: string, message: string, result: Uint8Array, now: number) => boolean;
  readonly cancel: (id: string, message: string, now: number) => boolean;
  readonly fetched: (id: string, now: number) => void;
  readonly remove: (id: string) => void;
  readonly load: (agent: string) => Load;
  /** Those whose result was fetched give way first. */
  readonly forgetFetched: (agent: string) => void;
  readonly forgetEnded: (now: number) => void;
  /** Ids of tasks under way that wait for this request. */
  readonly waitingFor: (approvalId: string) => readonly string[];
  /**
   * Of the next tasks under way after the id, those that need a look: their request moved or ended, or they wait since
   * before `askedBefore`. `next`: where to go on, or empty where that were all.
   */
  readonly due: (after: string, now: number, askedBefore: number) => Due;
  /** The request that was made for an action, or null. */
  readonly requestOf: (actionId: string) => string | null;
  /** When the request was decided last; null: not yet. */
  readonly decidedAt: (approvalId: string) => number | null;
}

const COLUMNS = Object.keys(taskRow.shape).join(", ");

/** By pages: thousands may wait, and a look at all of them would hold up everybody else. */
const UNDER_WAY = `SELECT id, approval_id, created_at FROM tasks WHERE status = 'working' AND id > ? ORDER BY id
  LIMIT ${TASK_SWEEP_MAX}`;

const DUE = `SELECT t.id, a.id IS NULL OR a.status <> 'requested' OR a.expires_at <= ? OR t.created_at <= ? AS is_due
  FROM (${UNDER_WAY}) t LEFT JOIN approvals a ON a.id = t.approval_id ORDER BY t.id`;

const LOAD = `SELECT COALESCE(SUM(status = 'working'), 0) AS working, COUNT(*) AS kept,
  COALESCE(SUM(LENGTH(call) + COALESCE(LENGTH(result), 0)), 0) AS bytes FROM tasks WHERE agent_id = ?`;

const ADD = `INSERT INTO tasks (id, way, agent_id, session_id, credential, person, action_id, approval_id, status, message, call,
  result, created_at, updated_at, ends_at, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'working', ?, ?, NULL, ?, ?, ?, NULL)`;

export function openTaskRows({ connection, memory }: Store): TaskRows {
  const prepared = (sql: string) => {
    const statement = connection.prepare(sql);
    return (...parameters: (string | number | Uint8Array | null)[]): boolean => {
      const { changes } = statement.run(...parameters);
      // Nobody remembers rows of this table.
      memory.vouch(Number(changes));
      return Number(changes) === 1;
    };
  };
  const add = prepared(ADD);
  const find = connection.prepare(`SELECT ${COLUMNS} FROM tasks WHERE id = ?`);
  const page = connection.prepare(
    `SELECT ${COLUMNS} FROM tasks WHERE session_id = ? AND agent_id = ? AND credential = ? AND way = 'task' AND id > ?
      AND ends_at > ? ORDER BY id LIMIT ${TASKS_PAGE_MAX + 1}`,
  );
  const moves = "UPDATE tasks SET message = ?, updated_at = ?";
  const waitFor = prepared(`${moves}, approval_id = ? WHERE id = ? AND status = 'working'`);
  const complete = prepared(`${moves}, status = 'completed', result = ? WHERE id = ? AND status = 'working'`);
  const cancel = prepared(`${moves}, status = 'cancelled' WHERE id = ? AND status = 'working'`);
  const fetched = prepared("UPDATE tasks SET fetched_at = ? WHERE id = ? AND fetched_at IS NULL");
  const remove = prepared("DELETE FROM tasks WHERE id = ?");
  const forgetFetched = prepared("DELETE FROM tasks WHERE agent_id = ? AND fetched_at IS NOT NULL");
  const forgetEnded = prepared("DELETE FROM tasks WHERE ends_at <= ?");
  const load = connection.prepare(LOAD);
  const waitingFor = connection.prepare("SELECT id FROM tasks WHERE approval_id = ? AND status = 'working'");
  const requestOf = connection.prepare("SELECT id FROM approvals WHERE action_id = ?");
  const decidedAt = connection.prepare("SELECT decided_at FROM approvals WHERE id = ?");
  return {
    add: (task) => {
      const { id, way, agent, session, credential, person, actionId, approvalId, message, call } = task;
      const { now, endsAt } = task;
      add(id, way, agent, session, credential, person, actionId, approvalId, message, call, now, now, endsAt);
    },
    find: (id) => {
      const row = find.get(id);
      return row === undefined ? null : taskRow.parse(row);
    },
    page: ({ session, agent, credential }, after, now) =>
      page.all(session, agent, credential, after, now).map((row) => taskRow.parse(row)),
    waitFor: (id, approvalId, message, now) => void waitFor(message, now, approvalId, id),
    complete: (id, message, result, now) => complete(message, now, result, id),
    cancel: (id, message, now) => cancel(message, now, id),
    fetched: (id, now) => void fetched(now, id),
    remove: (id) => void remove(id),
    load: (agent) => loadRow.parse(load.get(agent)),
    forgetFetched: (agent) => void forgetFetched(agent),
    forgetEnded: (now) => void forgetEnded(now),
    waitingFor: (approvalId) => waitingFor.all(approvalId).map((row) => String(row["id"])),
    due: openDue(connection),
    requestOf: (actionId) => {
      const row = requestOf.get(actionId);
      return row === undefined ? null : String(row["id"]);
    },
    decidedAt: (approvalId) => {
      const at = decidedAt.get(approvalId)?.["decided_at"];
      return typeof at === "number" ? at : null;
    },
  };
}

function openDue(connection: Store["connection"]): TaskRows["due"] {
  const statement = connection.prepare(DUE);
  return (after, now, askedBefore) => {
    const rows = statement.all(now, askedBefore, after).map((row) => dueRow.parse(row));
    const ids = rows.flatMap((row) => (row.is_due === 1 ? [row.id] : []));
    return { ids, next: rows.length < TASK_SWEEP_MAX ? "" : (rows.at(-1)?.id ?? "") };
  };
}

/** Whether the owner of an agent said that what is approved is released while it is away; never older than the last write. */
export function openReleases({ connection, memory }: Store): (agent: string) => boolean {
  const find = connection.prepare(
    `SELECT c.releases FROM agent_callbacks c JOIN users u ON u.id = c.set_by AND u.disabled_at IS NULL WHERE c.agent_id = ?`,
  );
  const known = memory.remembered(RELEASES_REMEMBERED_MAX, (agent) => find.get(agent) ?? null);
  return (agent) => known(agent)?.["releases"] === 1;
}

const RELEASES_REMEMBERED_MAX = 10_000;
