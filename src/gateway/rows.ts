import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { ownerOf } from "#inference";
import type { StateWrite } from "#ledger";
import type { Store } from "#store";
import type { Destination } from "#vocabulary";
import type { Condition } from "./outside.ts";

export interface NewApproval {
  readonly id: string;
  readonly actionId: string;
  readonly actionDigest: string;
  readonly bindingDigest: string;
  readonly binding: string;
  readonly groups: string;
  readonly escalation: string;
  readonly nextStepAt: number | null;
  readonly glass: string;
  readonly chain: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly sessionId: string;
  readonly verb: string;
  readonly server: string;
  readonly target: string;
  readonly effects: string;
  readonly reason: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
}

/** The road's own reads (prepared once: this is the hot path) and the writes it hands to the journal. */
export interface Rows {
  readonly approval: (id: string) => ApprovalRow | null;
  /** The newest request with this binding whose end nobody has been told yet. */
  readonly undelivered: (bindingDigest: string) => ApprovalRow | null;
  /** Holds that wait for people; one past its time waits no more, whether or not that was written down. */
  readonly openHolds: (agentId: string, now: number) => number;
  /** The action's outcome entry, or null while there is none. */
  readonly outcome: (actionId: string) => OutcomeRow | null;
  readonly markDelivered: (approvalId: string, at: number) => void;
  readonly tool: (server: string, kind: string, name: string) => ToolRow | null;
  /** The definition that people accepted of an MCP server's tool that is in use, or null. */
  readonly acceptedTool: (server: string, name: string) => { accepted_definition: string } | null;
  /** Whether the mcp door has ever listed tools to the session. */
  readonly isOffered: (session: string) => boolean;
  readonly markOffered: (session: string) => void;
  /** Whether Doorward holds a secret with which the server, or the upstream of models, is reached. */
  readonly isCredentialed: (destination: Destination) => boolean;
  /** Of an MCP server; the tools of an agent's own have none. */
  readonly serverIdentity: (
    server: string,
  ) => { identity: string; status: string; reason: string | null } | null;
}

const approvalRow = z.object({
  id: z.string(),
  action_id: z.string(),
  status: z.string(),
  binding: z.string(),
  groups: z.string(),
  reason: z.string(),
  decisions: z.string(),
  expires_at: z.number(),
  delivered_at: z.number().nullable(),
});

const toolRow = z.object({
  server: z.string(),
  kind: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  accepted_fingerprint: z.string().nullable(),
  effects: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
});

const serverRow = z.object({ identity: z.string(), status: z.string(), reason: z.string().nullable() });
const texts = z.array(z.string());
const acceptedRow = z.object({ accepted_definition: z.string() });
const count = z.object({ n: z.number() });
const outcomeRow = z.object({ idx: z.number(), status: z.string() });

export type ApprovalRow = Readonly<z.output<typeof approvalRow>>;
export type OutcomeRow = Readonly<z.output<typeof outcomeRow>>;
export type ToolRow = Readonly<z.output<typeof toolRow>>;

const APPROVALS = `SELECT ${Object.keys(approvalRow.shape).join(", ")} FROM approvals`;
const TOOLS = `SELECT ${Object.keys(toolRow.shape).join(", ")} FROM tools`;

/** A drill releases nothing, whatever its row says. */
const NO_DRILL = "NOT EXISTS (SELECT 1 FROM drills d WHERE d.approval_id = approvals.id)";

/** Not read again while nothing is written: every call asks for them, some twice. */
const TOOLS_REMEMBERED_MAX = 10_000;
const SERVERS_REMEMBERED_MAX = 1_000;

export function openRows(store: Store): Rows {
  const one = <S extends z.ZodObject>(row: S, sql: string) => {
    const statement = store.connection.prepare(sql);
    return (...parameters: SQLInputValue[]): z.output<S> | null => {
      const found = statement.get(...parameters);
      return found === undefined ? null : row.parse(found);
    };
  };
  const openHolds = one(
    count,
    `SELECT COUNT(*) AS n FROM approvals WHERE agent_id = ? AND status = 'requested' AND expires_at > ? AND ${NO_DRILL}`,
  );
  const outcome = one(
    outcomeRow,
    `SELECT idx, json_extract(record, '$.body.status') AS status FROM entries
      WHERE subject = ? AND kind = 'outcome' ORDER BY idx DESC LIMIT 1`,
  );
  const delivered = store.connection.prepare(
    "UPDATE approvals SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL",
  );
  const isOffered = store.connection.prepare("SELECT 1 FROM sessions WHERE id = ? AND is_offered = 1");
  const markOffered = store.connection.prepare(
    "UPDATE sessions SET is_offered = 1 WHERE id = ? AND is_offered = 0",
  );
  const credentialed = store.connection.prepare("SELECT 1 FROM upstream_secrets WHERE server = ? LIMIT 1");
  const toolOf = one(toolRow, `${TOOLS} WHERE server = ? AND kind = ? AND name = ?`);
  const tool = store.memory.remembered(TOOLS_REMEMBERED_MAX, (key) =>
    toolOf(...texts.parse(JSON.parse(key))),
  );
  const newest = "ORDER BY requested_at DESC, id DESC LIMIT 1";
  return {
    approval: one(approvalRow, `${APPROVALS} WHERE id = ?`),
    undelivered: one(
      approvalRow,
      `${APPROVALS} WHERE binding_digest = ? AND delivered_at IS NULL AND ${NO_DRILL} ${newest}`,
    ),
    openHolds: (agentId, now) => openHolds(agentId, now)?.n ?? 0,
    outcome,
    markDelivered: (approvalId, at) => orLater(() => delivered.run(at, approvalId)),
    tool: (server, kind, name) => tool(JSON.stringify([server, kind, name])),
    acceptedTool: one(
      acceptedRow,
      `SELECT t.accepted_definition FROM tools t JOIN servers s ON s.name = t.server
        WHERE t.server = ? AND t.kind = 'tool' AND t.name = ? AND t.status = 'accepted' AND t.accepted_definition IS NOT NULL
        AND s.status = 'active' AND s.transport <> 'agent'`,
    ),
    isCredentialed: ({ kind, server }) =>
      kind !== "agent" &&
      credentialed.get(kind === "model-upstream" ? ownerOf(server) : server) !== undefined,
    isOffered: (session) => isOffered.get(session) !== undefined,
    markOffered: (session) => orLater(() => markOffered.run(session)),
    serverIdentity: store.memory.remembered(
      SERVERS_REMEMBERED_MAX,
      one(
        serverRow,
        "SELECT identity, status, status_reason AS reason FROM servers WHERE name = ? AND transport <> 'agent'",
      ),
    ),
  };
}

/**
 * A mark that a full disk may lose: what an unwritten one costs is an answer told twice, or an old date. It must never
 * turn a result that is there, or a key that is right, into an error.
 */
export function orLater(write: () => unknown): void {
  try {
    write();
  } catch {
    // The next one writes it.
  }
}

/** Inserts nothing, which makes the batch `stale`, where the agent already has `openMax` requests that wait. */
export function insertApproval(row: NewApproval, openMax: number): StateWrite {
  return {
    sql: `INSERT INTO approvals (id, action_id, status, action_digest, binding_digest, binding, groups, decisions, agent_id,
      agent_name, session_id, verb, server, target, effects, reason, requested_at, expires_at, version, escalation, next_step_at, glass, chain)
      SELECT ?, ?, 'requested', ?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ? WHERE ? >
        (SELECT COUNT(*) FROM approvals WHERE agent_id = ? AND status = 'requested' AND expires_at > ? AND ${NO_DRILL})`,
    parameters: [
      row.id,
      row.actionId,
      row.actionDigest,
      row.bindingDigest,
      row.binding,
      row.groups,
      row.agentId,
      row.agentName,
      row.sessionId,
      row.verb,
      row.server,
      row.target,
      row.effects,
      row.reason,
      row.requestedAt,
      row.expiresAt,
      row.escalation,
      row.nextStepAt,
      row.glass,
      row.chain,
      openMax,
      row.agentId,
      row.requestedAt,
    ],
    changes: 1,
  };
}

/** Compare-and-set from one status to another; any other status by now makes the batch `stale`. `why`: of one withdrawn. */
export function moveApproval(id: string, from: string, to: string, why: string | null = null): StateWrite {
  return {
    sql: "UPDATE approvals SET status = ?, withdrawn_why = ?, version = version + 1 WHERE id = ? AND status = ?",
    parameters: [to, why, id, from],
    changes: 1,
  };
}

export function consumeApproval(id: string, actionId: string, now: number, only: Condition): StateWrite {
  return {
    sql: `UPDATE approvals SET status = 'consumed', consumed_by = ?, version = version + 1
      WHERE id = ? AND status = 'approved' AND expires_at > ? AND ${NO_DRILL} AND ${only.sql}`,
    parameters: [actionId, id, now, ...only.parameters],
    changes: 1,
  };
}

export function closeIntent(actionId: string): StateWrite {
  return { sql: "DELETE FROM open_intents WHERE action_id = ?", parameters: [actionId], changes: 1 };
}
