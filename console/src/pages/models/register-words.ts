/** How each status looks; its word is its own. */
export const STATUS_TONES = {
  found: "plain",
  proposed: "wait",
  approved: "good",
  expired: "bad",
  deprecated: "wait",
  revoked: "bad",
} as const;

/** What is known of what answers under its names now. */
export const PROOF_WORDS = {
  proven: "proven: hashed here",
  reported: "reported by its runtime",
  unproven: "unproven",
} as const;

/** Of findings: `unknown` is never taken for `ok`. */
export const VERDICT_TONES = { ok: "good", bad: "bad", unknown: "wait" } as const;

const SHOWN_CHARACTERS = 19;

/** Enough to tell two apart at a glance; nothing is ever named by it. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, SHOWN_CHARACTERS)}…`;
}
