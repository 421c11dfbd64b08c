import { createHmac } from "node:crypto";
import { digestOfBytes } from "#base";
import { codeDigest, codeOf } from "#operations";

/** What somebody can say on a card. */
export type Answer = "approve" | "deny";

const LETTERS: Readonly<Record<Answer, string>> = { approve: "a", deny: "d" };
const TOKEN_BYTES = 16;
const CODE_BYTES = 5;
export const SEED_BYTES = 32;
/** What a post's seed is sealed for. */
export const SEED_PURPOSE = "courier-post";

/**
 * The token of one answer to one request on one post: `dw1.<a|d>.` and 128 bits in base64url. Made from the post's sealed
 * seed, so that a card edited after a restart has the tokens that it had; only digests are looked up.
 */
export function tokenOf(seed: Uint8Array, approval: string, answer: Answer): string {
  const bytes = createHmac("sha256", seed).update(`tap:${answer}:${approval}`).digest();
  return `dw1.${LETTERS[answer]}.${bytes.subarray(0, TOKEN_BYTES).toString("base64url")}`;
}

const TOKEN = /^dw1\.[ad]\.[A-Za-z0-9_-]{22}$/;

/** Whether a text could be one of ours at all: nothing else is looked up. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function tokenDigest(token: string): string {
  return digestOfBytes(`tap:${token}`);
}

/** What stands in the address of one request on one post: `dw1.l.` and 128 bits in base64url. It answers nothing. */
export function linkOf(seed: Uint8Array, approval: string): string {
  const bytes = createHmac("sha256", seed).update(`link:${approval}`).digest();
  return `dw1.l.${bytes.subarray(0, TOKEN_BYTES).toString("base64url")}`;
}

/** The console's page of a request, by the one-time link of a card. `console`: without a trailing slash. */
export function pageOf(
  console: string,
  {
    seed,
    approval,
    isOneTime,
  }: { readonly seed: Uint8Array; readonly approval: string; readonly isOneTime: boolean },
): string {
  return `${console}/approvals/${approval}${isOneTime ? `?link=${linkOf(seed, approval)}` : ""}`;
}

/** The code that answers one request on one post where there are no buttons. */
export function answerCode(seed: Uint8Array, approval: string): string {
  return codeOf(createHmac("sha256", seed).update(`code:${approval}`).digest().subarray(0, CODE_BYTES));
}

/** Every digest by which an answer to this request on this post is found, and what it says; `either`: the words say which. */
export function digestsOf(
  seed: Uint8Array,
  approval: string,
): readonly { readonly digest: string; readonly answer: Answer | "either" }[] {
  return [
    { digest: tokenDigest(tokenOf(seed, approval, "approve")), answer: "approve" },
    { digest: tokenDigest(tokenOf(seed, approval, "deny")), answer: "deny" },
    { digest: codeDigest("answer", answerCode(seed, approval)), answer: "either" },
  ];
}
