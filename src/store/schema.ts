import type { ApiTables } from "./schema-apis.ts";
import type { FleetTables } from "./schema-fleet.ts";
import type { HostTables } from "./schema-hosts.ts";
import type { LaterSchema } from "./schema-later.ts";
import type { RegistryTables } from "./schema-registry.ts";
import type { StopTables } from "./schema-stops.ts";
import type { VaultTables } from "./schema-vault.ts";

import type { ApprovalTables } from "./schema-approvals.ts";
import type { ChannelTables } from "./schema-channels.ts";

/** Rows of the state database as Kysely reads them. Keep in step with `migrations.table.ts`. */
export interface Schema
  extends ApprovalTables,
    ChannelTables,
    LaterSchema,
    VaultTables,
    HostTables,
    StopTables,
    RegistryTables,
    FleetTables,
    ApiTables {
  readonly meta: { key: string; value: string };
  readonly users: {
    id: string;
    name: string;
    issuer: string;
    subject: string;
    roles: string;
    groups: string;
    created_at: number;
    disabled_at: number | null;
  };
  /** What membership in a group of the identity provider gives: JSON arrays of roles and of groups of ours. */
  readonly provider_groups: {
    name: string;
    roles: string;
    groups: string;
    changed_by: string;
    changed_at: number;
  };
  /** Of users of the provider: what an admin gave them, and what groups they were last said to be in. `users` has the sum. */
  readonly user_claims: {
    user_id: string;
    own_roles: string;
    own_groups: string;
    /** JSON array of names at the provider. */
    claimed: string;
    at: number;
  };
  /** What people should hear of without looking, by the ledger entry that says it. */
  readonly notices: {
    entry: number;
    what: string;
    /** Of the entry. */
    subject: string;
    agent_id: string | null;
    approval_id: string | null;
    at: number;
  };
  /** Up to which entry a user has put them away. */
  readonly notice_reads: { user_id: string; entry: number };
  readonly passwords: { user_id: string; hash: string; changed_at: number };
  readonly passkeys: {
    id: string;
    user_id: string;
    public_key: string;
    counter: number;
    transports: string;
    name: string;
    created_at: number;
  };
  readonly login_links: { hash: string; user_id: string; expires_at: number; used_at: number | null };
  readonly user_sessions: {
    hash: string;
    user_id: string;
    /** `console` (cookie) or `cli` (bearer token). */
    kind: string;
    csrf_hash: string;
    created_at: number;
    expires_at: number;
    /** Until when a passkey or password given in this session counts as fresh presence (T1). */
    present_until: number;
    revoked_at: number | null;
  };
  readonly agents: {
    id: string;
    name: string;
    owner_id: string;
    purpose: string;
    stage: string;
    observe_until: number | null;
    /** JSON array of `server/tool`. */
    granted_tools: string;
    created_at: number;
    revoked_at: number | null;
    /** When a process of Doorward's own OS user last came with its key (T1); null: not seen. */
    seen_as_own_user_at: number | null;
    /** JSON array of the text dialects in which its model asks for tools (T5); null: nobody said. */
    tool_dialects: string | null;
    /** When it last declared tools of its own at the llm door, or a text call of it was decided; null: never. */
    seen_tools_at: number | null;
    /** JSON list: folders on the agent's host that its owner opened to it; null: none. */
    flow_folders: string | null;
    /** 1: user-role text at the llm door counts as claimed to be the user's words (T7). */
    relays_words: number;
    /** `own`: somebody set its stage; `inherited`: it is that of `stage_group`, else the default. */
    stage_from: string;
    stage_group: string | null;
  };
  readonly agent_keys: {
    id: string;
    agent_id: string;
    hash: string;
    /** `bearer` or `path` (a secret per-agent path for clients that cannot send a header). */
    kind: string;
    session_id: string;
    created_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  /** What a session has seen (`KeptFlow`), sealed under its person's key. */
  readonly session_flows: {
    session_id: string;
    person: string;
    sealed: Uint8Array | null;
    /** 1: its agent may have seen what is not in `sealed`; opened so, it counts as overflowed. */
    is_behind: number;
    changed_at: number;
  };
  /** What sessions wrote without grounds, a text a row, sealed under its person's key. */
  readonly flow_residue: {
    id: string;
    session_id: string;
    person: string;
    sealed: Uint8Array;
    at: number;
  };
  readonly sessions: {
    id: string;
    agent_id: string;
    /** `standing`: the one session of a bare key. */
    kind: string;
    opened_by: string;
    created_at: number;
    ended_at: number | null;
    /** 1: the mcp door has listed tools to it. */
    is_offered: number;
    /** The delegation that it is a run under, whose agent is its agent; null: the agent acts with its own rights alone. */
    delegation_id: string | null;
    /** JSON: the facts of the sandbox that `doorward run` opened it for; null: it runs in none. */
    isolation: string | null;
  };
  /** A user's rights lent to an agent, or (with a parent) a part of them passed on by that agent to another. */
  readonly delegations: {
    id: string;
    parent_id: string | null;
    /** Whose rights: the same in the whole chain. */
    user_id: string;
    /** Who may act under it. */
    agent_id: string;
    /** JSON: `DelegationScope`. */
    scope: string;
    /** How many actions may leave under it and what was passed on of it; null: as many as there are. */
    calls_max: number | null;
    calls_used: number;
    /** Through how many further agents it may be passed on. */
    further: number;
    purpose: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
  };
  /** Public halves and names by which an agent proves at `/oauth/token` who it is; its keys are in `agent_keys`. */
  readonly agent_credentials: {
    id: string;
    agent_id: string;
    /** `jwk` (private_key_jwt), `spiffe` (JWT-SVID), `metadata` (its own document) or `certificate` (RFC 8705). */
    kind: string;
    /** Thumbprint of key (RFC 7638) or certificate (x5t#S256), SPIFFE id or address: one agent's alone. */
    name: string;
    /** JSON. */
    value: string;
    created_at: number;
    revoked_at: number | null;
  };
  /** Words of the user for one session; the words themselves are a payload of the entry `mandate.given` with this id. */
  readonly mandates: {
    id: string;
    session_id: string;
    /** `attested` or `claimed`. */
    standing: string;
    channel: string;
    /** Id of the user, or of the agent through which the words were claimed. */
    given_by: string;
    at: number;
  };
  readonly servers: {
    name: string;
    /** `agent`: no server but the tools that one agent runs itself; its name is `agent:<name>`. `api`: reached at the http door. */
    transport: "stdio" | "http" | "agent" | "api";
    configuration: string;
    pin: string;
    identity: string;
    /** `active`, `held` (its code or identity changed) or `removed`. */
    status: string;
    status_reason: string | null;
    added_by: string;
    created_at: number;
  };
  readonly tools: {
    server: string;
    /** `tool` or `prompt`. */
    kind: string;
    name: string;
    /** Of the definition as last seen. */
    fingerprint: string;
    definition: string;
    accepted_fingerprint: string | null;
    accepted_definition: string | null;
    /** JSON array of Effect, of the accepted definition or as an admin classified it. */
    effects: string;
    /** `accepted`, `new`, `changed`, `refused` or `gone`. */
    status: string;
    reason: string | null;
    first_seen_at: number;
    changed_at: number;
    decided_by: string | null;
  };
  /** What a tool does and whose words its results are: at most one accepted by a person, and one proposed, per tool. */
  readonly manifests: {
    server: string;
    tool: string;
    /** `proposed` or `accepted`. */
    status: string;
    /** JSON: `ToolManifest` without its `tool`. */
    manifest: string;
    /** Of the definition that it was made for, and is in force with. */
    fingerprint: string;
    /** `proposed` (from names and schemas), `shipped` or `edited`. */
    source: string;
    decided_by: string;
    changed_at: number;
  };
  /** Servers whose own labels of their results (`_meta.ifc`) may loosen, as long as they are what they were. */
  readonly trusted_labels: { server: string; identity: string; decided_by: string; changed_at: number };
  readonly policy_sets: {
    digest: string;
    text: string;
    created_at: number;
    created_by: string;
    note: string;
  };
  readonly policy_activations: { id: string; digest: string; activated_at: number; activated_by: string };
  readonly open_intents: {
    action_id: string;
    entry: number | null;
    agent_id: string;
    approval_id: string | null;
    at: number;
  };
  readonly idempotency: {
    principal: string;
    operation: string;
    key: string;
    request_digest: string;
    response: string | null;
    created_at: number;
  };
  readonly upstream_secrets: { server: string; name: string; sealed: Uint8Array; changed_at: number };
  readonly entries: { idx: number; kind: string; subject: string; at: number; record: string };
  /** `place`: the entry's index times 256, plus which of its payloads it is. */
  readonly payloads: { place: number; name: string; person: string; sealed: Uint8Array };
  readonly upstreams: {
    name: string;
    kind: string;
    url: string;
    /** JSON array. */
    protocols: string;
    /** 0 or 1. */
    allow_private: number;
    /** JSON: how it is paid respect to, without the secret, which is in `upstream_secrets` under `upstream:<name>`. */
    credential: string;
    /** JSON object by model name, `*` for all others. */
    prices: string;
    identity: string;
    /** `active` or `removed`. */
    status: string;
    added_by: string;
    created_at: number;
  };
  /** `targets`: JSON array of `{upstream, model}`, best first. `model`: a name, or a prefix that ends in `*`. */
  readonly routes: { model: string; targets: string; changed_by: string; changed_at: number };
  readonly budgets: {
    id: string;
    name: string;
    scope: string;
    metric: string;
    period: string;
    /** Requests, tokens, or micro-USD. */
    amount: number;
    over_action: string;
    over_group: string | null;
    /** When an admin last let it begin anew; null: never. */
    reset_at: number | null;
    created_by: string;
    created_at: number;
  };
  readonly budget_usage: { budget_id: string; spender: string; window_start: number; used: number };
  /** Turns of models that something still hangs on; the turn itself is a payload of the call's outcome. */
  readonly model_turns: {
    action_id: string;
    agent_id: string;
    session_id: string;
    credential: string;
    protocol: string;
    /** As the client named it. */
    model: string;
    request_digest: string;
    /** Id that a client can go on from with `previous_response_id`. */
    response_id: string | null;
    /** JSON array of approval ids. */
    approvals: string;
    /** `held`, `kept` or `delivered`. */
    status: string;
    created_at: number;
    expires_at: number;
    /** JSON array of the items that its client was given: ids, places in the turn, Doorward's own words; null: none. */
    items: string | null;
  };
  readonly person_keys: { person: string; sealed: Uint8Array; created_at: number };
}
