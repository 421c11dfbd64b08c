import type { Inbound } from "#chat";
import { codeDigest, readCode } from "#operations";
import type { Said } from "./sayings.ts";
import { isToken, tokenDigest } from "./tokens.ts";

/** What is kept of it: codes of the two kinds never meet. */
export function digestIn(said: Heard): string {
  if (said.kind === "link") return codeDigest("link", said.code);
  return said.kind === "token" ? tokenDigest(said.token) : codeDigest("answer", said.code);
}

/** What somebody did, as far as it is for us at all. */
type Heard =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "link"; readonly code: string }
  | { readonly kind: "code"; readonly code: string; readonly said: Said };

const LINK = /^\s*\/?link[\s:]+([0-9a-z]{4}[ -]?[0-9a-z]{4})\s*$/i;
const TYPED =
  /^\s*\/?(?:(approve|deny)|stop\s+(?:the\s+|this\s+)?(agent|session))[\s:]+([0-9a-z]{4}[ -]?[0-9a-z]{4})\s*$/i;
const MENTION = /^\s*<?@[^\s>]{1,100}>?\s*/;

/** Null: nothing for us. */
export function saidIn(inbound: Inbound): Heard | null {
  if (inbound.kind === "tap") return isToken(inbound.token) ? { kind: "token", token: inbound.token } : null;
  const text = inbound.text.slice(0, 200).replace(MENTION, "");
  const link = LINK.exec(text)?.[1];
  if (link !== undefined) return { kind: "link", code: link };
  const [, answer, stopped, code] = TYPED.exec(text) ?? [];
  const read = code === undefined ? null : readCode(code);
  if (read === null) return null;
  if (stopped === undefined) {
    const isYes = answer?.toLowerCase() === "approve";
    return { kind: "code", code: read, said: { answer: isYes ? "approve" : "deny", stop: null } };
  }
  const stop = stopped.toLowerCase() === "agent" ? "agent" : "session";
  return { kind: "code", code: read, said: { answer: "deny", stop } };
}
