import { entityOf, type Fields, textIn, valuesIn } from "./parts.ts";

/** What somebody wrote us by mail. */
export interface Letter {
  /** As the mail says: nothing proves it, unless `isVerified`. In small letters. */
  readonly from: string;
  /** The mail's own, without its angle brackets; null where it has none. */
  readonly id: string | null;
  /** Ids that it answers (In-Reply-To, References), newest first. */
  readonly answers: readonly string[];
  /** What was written above the quote; see `writtenIn`. */
  readonly text: string;
}

const IDS_MAX = 50;
/** One address, and nothing that a header could take for more (RFC 5321, 4.1.2, without quoted local parts). */
export const ADDRESS = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@[\p{L}\p{N}.-]{1,255}$/u;

/**
 * Reads a mail. Null for everything that no person wrote to us: what programs send by themselves (RFC 3834), lists, bounces, mail
 * without exactly one sender, and mail whose beginning is no plain text.
 */
export function letterOf(bytes: Buffer, authserv: string): Letter | null {
  const entity = entityOf(bytes);
  if (entity === null || isAutomatic(entity.fields)) return null;
  const from = senderOf(entity.fields);
  if (from === null || (authserv !== "" && !isVerified(entity.fields, authserv, from))) return null;
  const text = textIn(entity);
  if (text === null) return null;
  return {
    from,
    id: idsIn(entity.fields, "message-id")[0] ?? null,
    answers: [
      ...idsIn(entity.fields, "in-reply-to"),
      ...idsIn(entity.fields, "references").toReversed(),
    ].slice(0, IDS_MAX),
    text: writtenIn(text),
  };
}

/** Fields that a person's own mail has not: RFC 3834, 5; RFC 2919; RFC 2369; and what programs put there before those. */
const OF_PROGRAMS = [
  "list-id",
  "list-post",
  "list-unsubscribe",
  "x-autoreply",
  "x-autorespond",
  "x-failed-recipients",
];

function isAutomatic(fields: Fields): boolean {
  const says = (name: string, pattern: RegExp): boolean =>
    valuesIn(fields, name).some((value) => pattern.test(value));
  return (
    says("auto-submitted", /^(?!\s*no\b)/i) ||
    says("precedence", /\b(?:bulk|list|junk|auto_reply)\b/i) ||
    says("return-path", /^\s*<\s*>/) ||
    says("content-type", /^\s*multipart\/report\b/i) ||
    OF_PROGRAMS.some((name) => valuesIn(fields, name).length > 0)
  );
}

const NOBODY = /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@/;

/**
 * The one address of the one From field. What stands beside it is a name to show, and no matter how it is encoded nothing of it
 * becomes an address: `"ada@example.org" <eve@evil.example>` is Eve's.
 */
function senderOf(fields: Fields): string | null {
  const [value = "", ...more] = valuesIn(fields, "from");
  if (more.length > 0) return null;
  const bare = value.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").trim();
  const named = /^[^<>",:;@()]*<([^<>\s]+)>$/.exec(bare)?.[1];
  const address = (named ?? bare).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return ADDRESS.test(address) && !NOBODY.test(address) ? address : null;
}

function idsIn(fields: Fields, name: string): readonly string[] {
  const text = valuesIn(fields, name).join(" ").slice(0, 20_000);
  return [...text.matchAll(/<([^<>\s]{1,250})>/g)].map(([, id = ""]) => id);
}

/**
 * RFC 8601: whether the mail server that was named says that the domain of the sender stands for this mail (DMARC, or DKIM of
 * that very domain). Only the topmost field of that name counts: servers put theirs above what a mail came with.
 */
function isVerified(fields: Fields, authserv: string, from: string): boolean {
  const own = valuesIn(fields, "authentication-results")
    .map(withoutComments)
    .find((value) => /^\s*([^\s;]+)/.exec(value)?.[1]?.toLowerCase() === authserv.toLowerCase());
  const domain = from.slice(from.indexOf("@") + 1);
  const results = (own ?? "").toLowerCase().split(";").slice(1);
  return results.some((result) => {
    const [, method] = /^\s*(dmarc|dkim)(?:\/\d+)?\s*=\s*pass\b/.exec(result) ?? [];
    const [, of] = /\sheader\.(?:from|d)\s*=\s*"?([^\s"]+)/.exec(result) ?? [];
    return method === "dmarc" ? of === undefined || of === domain : method === "dkim" && of === domain;
  });
}

const RESULTS_CHARS_MAX = 8_000;
const COMMENT_DEPTH_MAX = 5;

/** Empty where comments stand in comments so deep that nobody wrote them honestly. */
function withoutComments(value: string): string {
  let text = value.slice(0, RESULTS_CHARS_MAX);
  for (let depth = 0; depth < COMMENT_DEPTH_MAX; depth += 1) text = text.replaceAll(/\([^()]*\)/g, " ");
  return /[()]/.test(text) ? "" : text;
}

/** Where the words of others begin: quotes, the lines before them, forwarded heads, signatures. */
const OTHERS =
  /^(?:>|-- ?$|_{8,}\s*$|-{2,}[^-]{1,100}-{2,}\s*$|\*?(?:from|von|de|da|van|från|fra|od|gesendet|sent)\*?\s*:\s|(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s.{4,200}[:：]\s*$)/i;
/** An attribution that was wrapped: its second line ends it. */
const WRAPPED = /^(?:on|am|le|el|il|op|em|den)\s.{4,200}$/i;
const LINE_CHARS_MAX = 300;
const VERB = /^\s*\/?(?:approve|deny|stop|link)\b/im;

/**
 * The first paragraph of what stands above a quote: an answer is a paragraph of its own, at the top, and a signature of a
 * telephone may follow it. Where a later one begins like an answer too, all of it is given, and that is no answer.
 */
export function writtenIn(text: string): string {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const end = lines.findIndex(
    (line, at) =>
      OTHERS.test(line.slice(0, LINE_CHARS_MAX)) ||
      (WRAPPED.test(line) && /[:：]\s*$/.test(lines[at + 1] ?? "")),
  );
  const above = (end < 0 ? lines : lines.slice(0, end)).join("\n").trim();
  const [first = "", ...later] = above.split(/\n[^\S\n]*\n/);
  return later.some((paragraph) => VERB.test(paragraph)) ? above : first.trim();
}
