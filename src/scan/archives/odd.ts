import type { Oddity } from "#models";
import type { Finding } from "../finding.ts";
import { ODDITIES, UNLISTED_ODDITY } from "./oddities.table.ts";

/** What an oddity is to whoever loads the file; null where honest writers do the same. */
export function oddFinding({ rule, what, at }: Oddity, path: readonly string[]): Finding | null {
  const { severity, verdict, techniques, because, advisories } = ODDITIES.get(rule) ?? UNLISTED_ODDITY;
  if (verdict === null) return null;
  return {
    rule,
    severity,
    verdict,
    says: `${capital(what)}: ${because}.`,
    techniques,
    path,
    offset: at,
    evidence: [],
    advisories,
  };
}

/** Something was not read to its end, and may be anything. */
export function unreadFinding(what: string, at: number | null, path: readonly string[]): Finding {
  return {
    rule: "unread",
    severity: "high",
    verdict: "unscannable",
    says: `It was not read to its end: ${what}.`,
    techniques: ["AML.T0076"],
    path,
    offset: at,
    evidence: [],
    advisories: [],
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
