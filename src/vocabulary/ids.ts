/** Branded strings: an id of one kind never passes for another. Made only where the thing is made, or parsed at a face. */
export type Branded<Name extends string> = string & { readonly __brand: Name };

/** `usr_…`: a human known to Doorward. */
export type UserId = Branded<"UserId">;
/** `agt_…`: a software actor with its own credential and owner. */
export type AgentId = Branded<"AgentId">;
/** `ses_…`: one run of one agent, across all doors; minted by Doorward. */
export type SessionId = Branded<"SessionId">;
/** `dlg_…`: a user's rights lent to an agent, or a part of them passed on to another. */
export type DelegationId = Branded<"DelegationId">;
/** `key_…`: one agent key (its hash is stored, never the key). */
export type AgentKeyId = Branded<"AgentKeyId">;
/** `act_…`: one attempted action; the id that `receipts get` and the ledger use. */
export type ActionId = Branded<"ActionId">;
/** `apr_…`: one approval request. */
export type ApprovalId = Branded<"ApprovalId">;
/** The short name an admin gave an MCP server: `[a-z][a-z0-9-]{0,30}`. */
export type ServerName = Branded<"ServerName">;
/** The `@id` of a Cedar policy, unique within its policy set. */
export type PolicyId = Branded<"PolicyId">;
