/** What each noun of the catalogue is, for `doorward --help`, in the order a newcomer meets them. */
export const NOUNS: readonly (readonly [string, string])[] = [
  ["approvals", "Requests for a human yes: list, approve, deny"],
  ["actions", "What agents attempted, and how it ended"],
  ["receipts", "Proofs of one action, checkable offline"],
  ["agents", "Agents: their keys, stages and granted tools"],
  ["sessions", "Runs of agents"],
  ["servers", "MCP servers behind Doorward"],
  ["tools", "Their tools and prompts, and the review of each"],
  ["policy", "Rules: show, check, test, activate, and why"],
  ["ledger", "The log of everything: status, entries, checkpoint"],
  ["users", "People and their roles"],
  ["login-links", "One-time console links"],
  ["tokens", "Your own sessions and tokens"],
  ["credentials", "Your own passkeys and password"],
  ["payloads", "What is kept of people, and its destruction"],
  ["doors", "Addresses to point agents and clients at"],
  ["health", "Whether Doorward is well"],
];
