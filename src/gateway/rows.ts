import type { SQLInputValue } from "node:sqlite";
import type { StateWrite } from "#ledger";
import type { Store } from "#store";

/** An approval as the road reads it: the row, uncooked. */
export interface ApprovalRow {
  readonly id: string;
  readonly action_id: string;
  readonly status: string;
  readonly binding: string;
  readonly groups: string;
  readonly reason: string;
  readonly decisions: string;
  readonly expires_at: number;
  readonly version: number;
  readonly delivered_at: number | null;
}

export interface ToolRow {
  readonly server: string;
  readonly kind: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly accepted_fingerprint: string | null;
  readonly effects: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface NewApproval {
  readonly id: string;
  readonly actionId: string;
  readonly actionDigest: string;
  readonly bindingDigest: string;
  readonly binding: string;
  readonly groups: string;
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
  readonly openHolds: (agentId: string) => number;
  /** Index of the action's outcome entry, or null while there is none. */
  readonly outcomeEntry: (actionId: string) => number | null;
  readonly markDelivered: (approvalId: string, at: number) => void;
  readonly tool: (server: string, kind: string, name: string) => ToolRow | null;
  readonly serverIdentity: (
    server: string,
  ) => { identity: string; status: string; reason: string | null } | null;
}

export function openRows(store: Store): Rows {
  const one = <Row>(sql: string): ((...parameters: SQLInputValue[]) => Row | null) => {
    const statement = store.connection.prepare(sql);
    return (...parameters) => (statement.get(...parameters) as Row | undefined) ?? null;
  };
  const approvalColumns =
    "id, action_id, status, binding, groups, reason, decisions, expires_at, version, delivered_at FROM approvals";
  const openHolds = one<{ n: number }>(
    "SELECT COUNT(*) AS n FROM approvals WHERE agent_id = ? AND status = 'requested'",
  );
  const outcome = one<{ idx: number }>(
    "SELECT idx FROM entries WHERE subject = ? AND kind = 'outcome' ORDER BY idx DESC LIMIT 1",
  );
  const delivered = store.connection.prepare(
    "UPDATE approvals SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL",
  );
  return {
    approval: one<ApprovalRow>(`SELECT ${approvalColumns} WHERE id = ?`),
    undelivered: one<ApprovalRow>(
      `SELECT ${approvalColumns} WHERE binding_digest = ? AND delivered_at IS NULL ORDER BY requested_at DESC, id DESC LIMIT 1`,
    ),
    openHolds: (agentId) => openHolds(agentId)?.n ?? 0,
    outcomeEntry: (actionId) => outcome(actionId)?.idx ?? null,
    markDelivered: (approvalId, at) => void delivered.run(at, approvalId),
    tool: one<ToolRow>(
      "SELECT server, kind, name, fingerprint, accepted_fingerprint, effects, status, reason FROM tools WHERE server = ? AND kind = ? AND name = ?",
    ),
    serverIdentity: one<{ identity: string; status: string; reason: string | null }>(
      "SELECT identity, status, status_reason AS reason FROM servers WHERE name = ?",
    ),
  };
}

export function insertApproval(row: NewApproval): StateWrite {
  return {
    sql: `INSERT INTO approvals (id, action_id, status, action_digest, binding_digest, binding, groups, decisions, agent_id,
      agent_name, session_id, verb, server, target, effects, reason, requested_at, expires_at, version)
      VALUES (?, ?, 'requested', ?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
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
    ],
    changes: 1,
  };
}

/** Compare-and-set from one status to another; any other status by now makes the batch `stale`. */
export function moveApproval(
  id: string,
  from: string,
  to: string,
  consumedBy: string | null = null,
): StateWrite {
  return {
    sql: "UPDATE approvals SET status = ?, consumed_by = ?, version = version + 1 WHERE id = ? AND status = ?",
    parameters: [to, consumedBy, id, from],
    changes: 1,
  };
}

export function consumeApproval(id: string, actionId: string, now: number): StateWrite {
  return {
    sql: `UPDATE approvals SET status = 'consumed', consumed_by = ?, version = version + 1
      WHERE id = ? AND status = 'approved' AND expires_at > ?`,
    parameters: [actionId, id, now],
    changes: 1,
  };
}

export function openIntent(intent: {
  actionId: string;
  agentId: string;
  approvalId: string | null;
  at: number;
}): StateWrite {
  return {
    sql: "INSERT INTO open_intents (action_id, agent_id, approval_id, at) VALUES (?, ?, ?, ?)",
    parameters: [intent.actionId, intent.agentId, intent.approvalId, intent.at],
    changes: 1,
  };
}

export function closeIntent(actionId: string): StateWrite {
  return { sql: "DELETE FROM open_intents WHERE action_id = ?", parameters: [actionId], changes: 1 };
}
