import type { Generated } from "kysely";

/** What `Schema` holds of requests for a human yes. */
export interface ApprovalTables {
  readonly approvals: {
    id: string;
    /** The held action: subject of its verdict, of every approval entry, and of the intent when it is released. */
    action_id: string;
    status: string;
    action_digest: string;
    binding_digest: string;
    binding: string;
    groups: string;
    decisions: string;
    agent_id: string;
    agent_name: string;
    session_id: string;
    verb: string;
    server: string;
    target: string;
    effects: string;
    reason: string;
    request_entry: number | null;
    requested_at: number;
    expires_at: number;
    decided_at: number | null;
    consumed_by: string | null;
    outcome_entry: number | null;
    delivered_at: number | null;
    version: number;
    /** JSON `ApprovalChain`; null in rows that are older than the column. */
    chain: string | null;
    /** JSON array of `Escalation`; null: none. */
    escalation: string | null;
    /** How many of its steps are on record as reached. */
    escalated: Generated<number>;
    /** When the next of them is reached, milliseconds since the Unix epoch; null: none is left. */
    next_step_at: number | null;
    /** JSON array of lines of those who may break the glass; null: nobody may. */
    glass: string | null;
    /** JSON array of `Sighting`; null: nobody. */
    seen_by: string | null;
    withdrawn_why: string | null;
  };
  /** Who is away, and who answers with their duty meanwhile. */
  readonly duties: {
    id: string;
    user_id: string;
    /** Null: of all their groups. */
    group_name: string | null;
    /** Null: nobody stands in. */
    to_user: string | null;
    from_at: number;
    until_at: number;
    set_by: string;
    created_at: number;
    /** When somebody ended it early. */
    ended_at: number | null;
  };
  /** Broken glass, and whether somebody else has looked at it. */
  readonly glass_breaks: {
    approval_id: string;
    broken_by: string;
    reason: string;
    at: number;
    reviewed_by: string | null;
    reviewed_at: number | null;
    note: string | null;
  };
  /** What a yes for more than one call lets through. Ended: `ended_why` says how; past its time or used up, that may be unwritten. */
  readonly grants: {
    id: string;
    /** The request that was answered with it. */
    approval_id: string;
    /** `session`, `destination` or `pattern`. */
    scope: string;
    /** JSON array: of a pattern, the arguments that the approver let vary. */
    varies: string;
    /** Of everything that it is bound to; which calls have the same is what it covers. */
    binding_digest: string;
    policy_set: string;
    /** JSON array: the rules that it lifts. */
    policies: string;
    /** JSON: what was known of where the values came from. */
    labels: string;
    /** The activation of `policy_set` under which it was given: a later one of the same text is another. */
    activation_id: string;
    agent_id: string;
    /** The session that it ends with; null: it outlives the session. */
    session_id: string | null;
    server: string;
    tool: string;
    granted_by: string;
    via: string;
    granted_at: number;
    expires_at: number;
    uses_max: number;
    used: number;
    /** A clock that went back behind this opens nothing. */
    last_used_at: number;
    ended_at: number | null;
    ended_why: string | null;
    ended_by: string | null;
  };
  readonly grant_uses: { grant_id: string; nth: number; action_id: string; at: number };
  /** When and how much a user wants to be asked. */
  readonly approver_preferences: {
    user_id: string;
    zone: string;
    /** Minutes since 00:00 there; both null: no quiet hours. */
    quiet_from: number | null;
    quiet_to: number | null;
    open_max: number | null;
    day_max: number | null;
    changed_at: number;
  };
  /** One row at most, `drill`: there is none while drills are off. */
  readonly drill_plan: { id: string; every_ms: number; next_at: number; set_by: string; changed_at: number };
  /** The requests that nobody made: they release nothing, and a yes to one is a finding. */
  readonly drills: {
    approval_id: string;
    /** Which of the shipped drills. */
    what: string;
    at: number;
    answered_by: string | null;
    answer: string | null;
    answered_at: number | null;
  };
}
