import type { Role } from "#vocabulary";

/** What an operation asks of its caller. One per kind of thing and depth of touch; an operation names exactly one. */
export type Permission =
  | "health.read"
  | "self.write"
  | "users.read"
  | "users.write"
  | "agents.read"
  | "agents.write"
  | "agents.grant"
  | "agents.stop"
  | "stops.end"
  | "stops.watch"
  | "sessions.read"
  | "sessions.write"
  | "delegations.read"
  | "delegations.write"
  | "servers.read"
  | "servers.write"
  | "tools.read"
  | "tools.review"
  | "models.read"
  | "models.write"
  | "models.report"
  | "models.propose"
  | "fleet.read"
  | "fleet.write"
  | "policy.read"
  | "policy.write"
  | "decisions.ask"
  | "budgets.read"
  | "budgets.write"
  | "approvals.read"
  | "approvals.decide"
  | "approvals.withdraw"
  | "grants.read"
  | "grants.revoke"
  | "drills.read"
  | "drills.write"
  | "channels.read"
  | "channels.write"
  | "vault.read"
  | "vault.write"
  | "actions.read"
  | "receipts.read"
  | "ledger.read"
  | "entries.read"
  | "payloads.read"
  | "payloads.destroy";

/** `all`: over everything of the install. `own`: over agents the caller owns, and what hangs on them, alone. */
export type Reach = "all" | "own";

type Rights = { readonly [P in Permission]?: Reach };

const READS_ALL: Rights = {
  "health.read": "all",
  "users.read": "all",
  "agents.read": "all",
  "sessions.read": "all",
  "delegations.read": "all",
  "servers.read": "all",
  "tools.read": "all",
  "models.read": "all",
  "fleet.read": "all",
  "policy.read": "all",
  "decisions.ask": "all",
  "budgets.read": "all",
  "approvals.read": "all",
  "grants.read": "all",
  "drills.read": "all",
  "channels.read": "all",
  "vault.read": "all",
  "actions.read": "all",
  "receipts.read": "all",
  "ledger.read": "all",
  "entries.read": "all",
};

/**
 * Role -> permissions. A caller has the widest reach any of its roles gives; what no role gives is refused.
 * `approver` sees what it needs to judge a hold; whether it may decide a given hold is the hold's groups' business.
 * `owner` runs its own agents but never widens what they may do: `agents.grant` is an admin's. Nor does it list the
 * ledger's entries, which tell of every owner's agents; it has the receipts of its own.
 */
export const ROLE_RIGHTS: { readonly [R in Role]: Rights } = {
  admin: {
    ...READS_ALL,
    "self.write": "all",
    "users.write": "all",
    "agents.write": "all",
    "agents.grant": "all",
    "agents.stop": "all",
    "stops.end": "all",
    "stops.watch": "all",
    "sessions.write": "all",
    "delegations.write": "all",
    "servers.write": "all",
    "tools.review": "all",
    "models.write": "all",
    "models.report": "all",
    "models.propose": "all",
    "fleet.write": "all",
    "policy.write": "all",
    "budgets.write": "all",
    "approvals.decide": "all",
    "approvals.withdraw": "all",
    "grants.revoke": "all",
    "drills.write": "all",
    "channels.write": "all",
    "vault.write": "all",
    "payloads.read": "all",
    "payloads.destroy": "all",
  },
  approver: {
    "health.read": "all",
    "self.write": "all",
    "agents.read": "all",
    "agents.stop": "all",
    "delegations.read": "own",
    "delegations.write": "own",
    "servers.read": "all",
    "tools.read": "all",
    "models.read": "all",
    "policy.read": "all",
    "budgets.read": "all",
    "approvals.read": "all",
    "approvals.decide": "all",
    "grants.read": "all",
    "grants.revoke": "all",
    "channels.read": "all",
    "vault.read": "own",
    "vault.write": "own",
    "actions.read": "all",
    "receipts.read": "all",
    "payloads.read": "all",
    "ledger.read": "all",
    "entries.read": "all",
  },
  auditor: { ...READS_ALL, "self.write": "all", "payloads.read": "all" },
  owner: {
    "health.read": "all",
    "self.write": "all",
    "agents.read": "own",
    "agents.write": "own",
    "agents.stop": "own",
    "stops.end": "own",
    "sessions.read": "own",
    "sessions.write": "own",
    "delegations.read": "own",
    "delegations.write": "own",
    "servers.read": "all",
    "tools.read": "all",
    "models.read": "all",
    "models.report": "own",
    "models.propose": "own",
    "fleet.read": "own",
    "policy.read": "all",
    "decisions.ask": "own",
    "budgets.read": "own",
    "approvals.read": "own",
    "approvals.withdraw": "own",
    "grants.read": "own",
    "grants.revoke": "own",
    "channels.read": "all",
    "vault.read": "own",
    "vault.write": "own",
    "actions.read": "own",
    "receipts.read": "own",
    "payloads.read": "own",
    "ledger.read": "all",
  },
};

/** What an agent's own credential may ask of Doorward's operations: whether it lives, and nothing about anyone (T2). */
export const AGENT_RIGHTS: Rights = { "health.read": "all" };

export const ROLES: readonly Role[] = ["admin", "approver", "auditor", "owner"];
