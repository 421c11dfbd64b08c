import { hash, timingSafeEqual } from "node:crypto";
import type { Ambient } from "#base";

/**
 * Every secret Doorward mints is a four-character prefix and 256 random bits in base64url: 47 characters that a secret
 * scanner can find. What is stored is the SHA-256 of the whole text; with 256 bits no slow hash is needed.
 */
const PREFIXES = {
  /** An agent's key, sent as `Authorization: Bearer`. */
  "agent-key": "dwk_",
  /** The secret segment of a keyless client's path, `/door/k/<secret>/mcp`. */
  "agent-path": "dwp_",
  /** A user's token for CLI and API. */
  "user-token": "dwu_",
  /** The console's cookie. */
  "console-session": "dws_",
  /** What the console's script sends beside the cookie. */
  "console-proof": "dwc_",
  /** The fragment of a one-time login link. */
  "login-link": "dwl_",
  /** The cookie of a sign-in that is on its way to the identity provider and back. */
  "flow-cookie": "dwf_",
  /** What the console's script keeps of it meanwhile: the cookie alone finishes nothing. */
  "flow-ticket": "dwt_",
  /** What a monitor sends with each heartbeat. */
  "monitor-key": "dwm_",
  /** What the sensor of a machine (an endpoint) sends with each report. */
  "sensor-key": "dwe_",
} as const;

export type SecretKind = keyof typeof PREFIXES;

const KINDS = new Map<string, SecretKind>([
  [PREFIXES["agent-key"], "agent-key"],
  [PREFIXES["agent-path"], "agent-path"],
  [PREFIXES["user-token"], "user-token"],
  [PREFIXES["console-session"], "console-session"],
  [PREFIXES["console-proof"], "console-proof"],
  [PREFIXES["login-link"], "login-link"],
  [PREFIXES["flow-cookie"], "flow-cookie"],
  [PREFIXES["flow-ticket"], "flow-ticket"],
  [PREFIXES["monitor-key"], "monitor-key"],
  [PREFIXES["sensor-key"], "sensor-key"],
]);
const PREFIX_LENGTH = 4;

export interface MintedSecret {
  /** Shown once, never stored. */
  readonly text: string;
  /** 64 lower-case hex digits: what the store keeps. */
  readonly hash: string;
}

const SECRET_BYTES = 32;
const BODY = /^[A-Za-z0-9_-]{43}$/;

export function mintSecret(kind: SecretKind, ambient: Pick<Ambient, "random">): MintedSecret {
  const text = PREFIXES[kind] + Buffer.from(ambient.random(SECRET_BYTES)).toString("base64url");
  return { text, hash: hashSecret(text) };
}

export function hashSecret(text: string): string {
  return hash("sha256", text, "hex");
}

/** The kind a text has the shape of, or null. Says nothing about whether it is valid. */
export function secretKind(text: string): SecretKind | null {
  const kind = KINDS.get(text.slice(0, PREFIX_LENGTH));
  return kind !== undefined && BODY.test(text.slice(PREFIX_LENGTH)) ? kind : null;
}

/** The hash to look a presented secret up by, or null when it has not the shape of `kind`. */
export function presentedHash(kind: SecretKind, text: string | null): string | null {
  return text !== null && secretKind(text) === kind ? hashSecret(text) : null;
}

/** Compares a presented secret with a stored hash, in constant time. */
export function sameSecret(text: string, storedHash: string): boolean {
  const presented = Buffer.from(hashSecret(text));
  const stored = Buffer.from(storedHash);
  return presented.length === stored.length && timingSafeEqual(presented, stored);
}

/** The token of `Authorization: Bearer …` (scheme in any case, RFC 9110), or null. */
export function bearerOf(authorization: string | undefined): string | null {
  const match = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization ?? "");
  return match?.[1] ?? null;
}
