/**
 * The MCP revisions spoken, and how they differ on the wire. 2025-03-26 is known only as a header value: clients send
 * it, or nothing, on sessions that agreed on a later one; it is never agreed on, because it allows batches.
 */
export interface Revision {
  readonly version: string;
  readonly era: "legacy" | "modern";
  /** May `initialize` agree on it? */
  readonly negotiable: boolean;
  /** Whether a stream opens with an event of empty data, to hand the client an id to resume from (SEP-1699). */
  readonly primes: boolean;
}

const LATEST_LEGACY: Revision = { version: "2025-11-25", era: "legacy", negotiable: true, primes: true };

export const REVISIONS: readonly Revision[] = [
  { version: "2026-07-28", era: "modern", negotiable: false, primes: false },
  LATEST_LEGACY,
  { version: "2025-06-18", era: "legacy", negotiable: true, primes: false },
  { version: "2025-03-26", era: "legacy", negotiable: false, primes: false },
];

export const LATEST_MODERN_REVISION = "2026-07-28";
export const LATEST_LEGACY_REVISION = LATEST_LEGACY.version;

/** In order of preference. */
export const MODERN_REVISIONS: readonly string[] = REVISIONS.filter((r) => r.era === "modern").map(
  (r) => r.version,
);

export function revisionOf(version: string): Revision | null {
  return REVISIONS.find((revision) => revision.version === version) ?? null;
}

/** Whether a version string belongs to the per-request era: revisions are dates, so text order is time order. */
export function isModernRevision(version: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= LATEST_MODERN_REVISION;
}

/** What `initialize` answers to the version a client asks for: the same where spoken, else our latest legacy one. */
export function negotiateLegacy(asked: string): Revision {
  const revision = REVISIONS.find((r) => r.negotiable && r.version === asked);
  return revision ?? LATEST_LEGACY;
}

/** The `_meta` keys of 2026-07-28 that carry the protocol itself. */
export const META = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  logLevel: "io.modelcontextprotocol/logLevel",
} as const;
