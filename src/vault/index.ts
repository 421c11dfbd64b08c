/** Vault: credentials, in a process apart (T25): chosen by identity and destination, injected after the decision. */
export type * from "./port.ts";
export { boundOf, textOfBound } from "./destination.ts";
export {
  AGENTS_MAX,
  CREDENTIALS_MAX,
  DESTINATIONS_MAX,
  JOURNEY_MS,
  JOURNEYS_MAX,
  PLACEHOLDERS_MAX,
  SECRET_CHARS_MAX,
  SECRET_CHARS_MIN,
} from "./limits.ts";
export { connectedSettings, type ConnectProvider, isAnswerOf, type ReachedProvider } from "./connecting.ts";
export { isSafe } from "./discovery.ts";
export type { KeySource, Sealed, Secret } from "./messages.ts";
export { type EndedConnection, openVault, type Vault, type VaultControl, type VaultOptions } from "./open.ts";
export { PLACEHOLDER_BYTES, placeholderOf } from "./placeholders.ts";
export { PROVIDERS } from "./providers.table.ts";
export { referenceOf } from "./references/read.ts";
export { knownOf } from "./rows.ts";
export { CREDENTIAL_KINDS, SETTINGS } from "./settings.ts";
