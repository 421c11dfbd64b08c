import { createHmac } from "node:crypto";
import { digestOfBytes } from "#base";
import { codeDigest, codeOf } from "#operations";

/** What somebody can say on a card. */
export type Answer = "approve" | "deny";

/** What can be tapped on a card beside that: it answers nothing yet. */
export type Opening = "stop" | "grant";
/** What a card that asks whether to stop can be answered with. */
export const QUESTION_ANSWERS = ["stop-agent", "stop-session", "back"] as const;
export type QuestionAnswer = (typeof QUESTION_ANSWERS)[number];

const LETTERS: Readonly<Record<Answer | Opening | QuestionAnswer, string>> = {
  approve: "a",
  deny: "d",
  stop: "s",
  grant: "g",
  "stop-agent": "x",
  "stop-session": "y",
  back: "b",
};
const TOKEN_BYTES = 16;
const CODE_BYTES = 5;
export const SEED_BYTES = 32;
/** What a post's seed is sealed for. */
export const SEED_PURPOSE = "courier-post";

/**
 * The token of one answer to one request on one post: `dw1.<letter>.` and 128 bits in base64url. Made from the post's sealed
 * seed, so that a card edited after a restart has the tokens that it had; only digests are looked up.
 */
export function tokenOf(seed: Uint8Array, approval: string, answer: Answer | Opening): string {
  return tokenFor(seed, answer, approval);
}

/** Of one question alone: another one, or another person's, has other tokens. */
export function questionToken(
  seed: Uint8Array,
  { approval, by, at }: { readonly approval: string; readonly by: string; readonly at: number },
  answer: QuestionAnswer,
): string {
  return tokenFor(seed, answer, `${approval}:${by}:${at}`);
}

function tokenFor(seed: Uint8Array, answer: keyof typeof LETTERS, what: string): string {
  const bytes = createHmac("sha256", seed).update(`tap:${answer}:${what}`).digest();
  return `dw1.${LETTERS[answer]}.${bytes.subarray(0, TOKEN_BYTES).toString("base64url")}`;
}

const TOKEN = /^dw1\.[adsgxyb]\.[A-Za-z0-9_-]{22}$/;

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
): readonly { readonly digest: string; readonly answer: Answer | Opening | "either" }[] {
  const tapped = ["approve", "deny", "stop", "grant"] as const;
  return [
    ...tapped.map((answer) => ({ digest: tokenDigest(tokenOf(seed, approval, answer)), answer })),
    { digest: codeDigest("answer", answerCode(seed, approval)), answer: "either" },
  ];
}
