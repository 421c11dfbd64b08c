import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { Store } from "#store";

/** Whose a turn is: nobody else's request finds it. */
export interface Mine {
  readonly agent: string;
  readonly session: string;
  readonly credential: string;
}

interface Lasting extends Mine {
  readonly actionId: string;
  readonly now: number;
  readonly expiresAt: number;
}

export interface NewHeld extends Lasting {
  readonly protocol: string;
  readonly model: string;
  readonly requestDigest: string;
  readonly approvals: readonly string[];
}

export interface NewResponse extends Lasting {
  readonly responseId: string;
}

interface ToldRows {
  readonly tell: (actionId: string, items: string) => void;
  /** What was told of the action's turn; null: nothing. */
  readonly told: (actionId: string) => string | null;
  /** Every turn of which something was told, newest first. */
  readonly allTold: (mine: Mine, now: number) => readonly ToldRow[];
}

export interface TurnRows extends ToldRows {
  readonly hold: (held: NewHeld) => void;
  readonly keep: (response: NewResponse) => void;
  readonly delivered: (actionId: string) => void;
  /** Newest first. */
  readonly held: (mine: Mine, now: number) => readonly TurnRow[];
  readonly response: (mine: Mine, responseId: string, now: number) => TurnRow | null;
  readonly forget: (mine: Mine, responseId: string) => void;
  /** Index of the action's intent entry. */
  readonly intent: (actionId: string) => number | null;
  /** What answered the action, as its intent has it in JSON; null: it says nothing. */
  readonly weights: (actionId: string) => string | null;
}

/** Rows of one agent (T21): the oldest give way. What is lost is that a client must send its conversation again. */
const HELD_PER_AGENT_MAX = 64;
const RESPONSES_PER_AGENT_MAX = 2_000;

const turnRow = z.object({
  action_id: z.string(),
  model: z.string(),
  request_digest: z.string(),
  response_id: z.string().nullable(),
  approvals: z.string(),
  status: z.string(),
  created_at: z.number(),
});

const toldRow = z.object({ action_id: z.string(), items: z.string() });

export type ToldRow = Readonly<z.output<typeof toldRow>>;

export type TurnRow = Readonly<z.output<typeof turnRow>>;

const COLUMNS = Object.keys(turnRow.shape).join(", ");
const MINE = "agent_id = ? AND session_id = ? AND credential = ?";

const HOLD = `INSERT INTO model_turns (action_id, agent_id, session_id, credential, protocol, model, request_digest,
    response_id, approvals, status, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, 'held', ?, ?)
  ON CONFLICT (action_id) DO UPDATE SET status = 'held', request_digest = excluded.request_digest,
    approvals = excluded.approvals, expires_at = CASE WHEN excluded.expires_at > model_turns.expires_at
    THEN excluded.expires_at ELSE model_turns.expires_at END`;

/** The model as its client named it stands in the call's intent. */
const KEEP = `INSERT INTO model_turns (action_id, agent_id, session_id, credential, protocol, model, request_digest,
    response_id, approvals, status, created_at, expires_at)
  SELECT ?, ?, ?, ?, 'openai-responses', COALESCE(json_extract(record, '$.body.model'), ''), '', ?, '[]', 'kept', ?, ?
    FROM entries WHERE subject = ? AND kind = 'intent'
  ON CONFLICT (action_id) DO UPDATE SET response_id = excluded.response_id, expires_at = excluded.expires_at`;

const DELIVERED = `UPDATE model_turns SET status = CASE WHEN response_id IS NULL THEN 'delivered' ELSE 'kept' END
  WHERE action_id = ? AND status = 'held'`;

const who = ({ agent, session, credential }: Mine): SQLInputValue[] => [agent, session, credential];

const EXCESS = `DELETE FROM model_turns WHERE action_id IN (SELECT action_id FROM model_turns
  WHERE agent_id = ? AND status = ? ORDER BY created_at DESC, action_id DESC LIMIT 1000 OFFSET ?)`;

export function openTurnRows({ connection }: Store): TurnRows {
  const hold = connection.prepare(HOLD);
  const keep = connection.prepare(KEEP);
  const delivered = connection.prepare(DELIVERED);
  const expired = connection.prepare("DELETE FROM model_turns WHERE expires_at <= ?");
  const excess = connection.prepare(EXCESS);
  const held = connection.prepare(
    `SELECT ${COLUMNS} FROM model_turns WHERE ${MINE} AND status = 'held' AND expires_at > ?
      ORDER BY created_at DESC, action_id DESC LIMIT ${HELD_PER_AGENT_MAX}`,
  );
  const response = connection.prepare(
    `SELECT ${COLUMNS} FROM model_turns WHERE ${MINE} AND response_id = ? AND expires_at > ?
      ORDER BY created_at DESC LIMIT 1`,
  );
  const forget = connection.prepare(
    `UPDATE model_turns SET response_id = NULL, items = NULL WHERE ${MINE} AND response_id = ?`,
  );
  const intent = connection.prepare("SELECT idx FROM entries WHERE subject = ? AND kind = 'intent'");
  const weights = connection.prepare(
    "SELECT json_extract(record, '$.body.weights') AS weights FROM entries WHERE subject = ? AND kind = 'intent'",
  );
  const waiting = sessionsThatWait(connection);
  const prune = ({ agent, now }: Lasting, status: string, max: number): void => {
    expired.run(now);
    excess.run(agent, status, max);
  };
  return {
    hold: (row) => {
      const { actionId, protocol, model, requestDigest, approvals, now, expiresAt } = row;
      const waits = JSON.stringify(approvals);
      waiting.add(row.session);
      hold.run(actionId, ...who(row), protocol, model, requestDigest, waits, now, expiresAt);
      prune(row, "held", HELD_PER_AGENT_MAX);
    },
    keep: (row) => {
      const { actionId, responseId, now, expiresAt } = row;
      keep.run(actionId, ...who(row), responseId, now, expiresAt, actionId);
      prune(row, "kept", RESPONSES_PER_AGENT_MAX);
    },
    delivered: (actionId) => void delivered.run(actionId),
    held: (mine, now) => {
      // Nearly every request asks, and nearly no session has one.
      if (!waiting.has(mine.session)) return [];
      return held.all(...who(mine), now).map((row) => turnRow.parse(row));
    },
    response: (mine, responseId, now) => {
      const row = response.get(...who(mine), responseId, now);
      return row === undefined ? null : turnRow.parse(row);
    },
    forget: (mine, responseId) => void forget.run(...who(mine), responseId),
    ...openTold(connection),
    intent: (actionId) => {
      const row = intent.get(actionId);
      return row === undefined ? null : Number(row["idx"]);
    },
    weights: (actionId) => {
      const said = weights.get(actionId)?.["weights"];
      return typeof said === "string" ? said : null;
    },
  };
}

/** Sessions that ever had a withheld turn which may still be there: only here are such rows made. */
function sessionsThatWait(connection: DatabaseSync): Set<string> {
  const rows = connection.prepare("SELECT DISTINCT session_id FROM model_turns WHERE status = 'held'").all();
  return new Set(rows.map((row) => String(row["session_id"])));
}

function openTold(connection: Store["connection"]): ToldRows {
  const tell = connection.prepare("UPDATE model_turns SET items = ? WHERE action_id = ?");
  const told = connection.prepare("SELECT items FROM model_turns WHERE action_id = ? AND items IS NOT NULL");
  const allTold = connection.prepare(
    `SELECT action_id, items FROM model_turns WHERE ${MINE} AND items IS NOT NULL AND expires_at > ?
      ORDER BY created_at DESC, action_id DESC LIMIT ${RESPONSES_PER_AGENT_MAX}`,
  );
  return {
    tell: (actionId, items) => void tell.run(items, actionId),
    told: (actionId) => {
      const row = told.get(actionId);
      return row === undefined ? null : String(row["items"]);
    },
    allTold: (mine, now) => allTold.all(...who(mine), now).map((row) => toldRow.parse(row)),
  };
}
