import type { Egress } from "#egress";
import { channelRefused, channelUnreachable } from "../faults.ts";
import { quoted, type ServerAt, Session, textOf } from "./session.ts";
import { type Value, valuesOf } from "./values.ts";
import type { Response } from "./wire.ts";

/** Bytes that are read of one message, from its beginning: what somebody writes above a quote is there. */
const MESSAGE_BYTES_MAX = 64 * 1024;
/** Messages that are asked for at once. */
export const MESSAGES_AT_ONCE_MAX = 20;
/** Of one range of a search; what is beyond it is looked for later. */
const NUMBERS_MAX = 100_000;

export interface MailboxAt extends ServerAt {
  /** As the server lists it. */
  readonly mailbox: string;
}

export interface Stored {
  readonly uid: number;
  /** When the server took it, milliseconds since the Unix epoch; 0 where it does not say. */
  readonly at: number;
  /** From its beginning, at most `MESSAGE_BYTES_MAX`. */
  readonly bytes: Buffer;
}

/** A mailbox, open for reading alone: nothing in it is ever marked, moved or deleted. Every method throws `Fault` alone. */
export interface Mailbox {
  readonly uidValidity: number;
  /** When it was opened. */
  readonly uidNext: number;
  /** UIDs from `from` on, lowest first. */
  readonly uidsFrom: (from: number) => Promise<readonly number[]>;
  /** At most `MESSAGES_AT_ONCE_MAX`, lowest UID first; one that is gone by now is left out. */
  readonly read: (uids: readonly number[]) => Promise<readonly Stored[]>;
  /** Until something came, or `withinMs` are over. A server without IDLE is asked again after `pollMs`. */
  readonly wait: (withinMs: number, pollMs: number) => Promise<void>;
  readonly close: () => void;
}

/** Signs in, and opens the mailbox (EXAMINE). Throws as a channel does; `signal` ends it at any time. */
export async function openMailbox(at: MailboxAt, egress: Egress, signal?: AbortSignal): Promise<Mailbox> {
  const session = await Session.open(at, egress);
  const end = (): void => session.close();
  signal?.addEventListener("abort", end, { once: true });
  const close = (): void => {
    signal?.removeEventListener("abort", end);
    session.close();
  };
  try {
    if (signal?.aborted === true) throw channelUnreachable("the channel is closed");
    await session.signIn(at);
    return {
      ...(await examine(session, at.mailbox)),
      uidsFrom: (from) => uidsFrom(session, from),
      read: (uids) => readOf(session, uids),
      wait: (withinMs, pollMs) => session.wait(withinMs, pollMs),
      close,
    };
  } catch (cause) {
    close();
    throw cause;
  }
}

async function examine(session: Session, mailbox: string): Promise<Pick<Mailbox, "uidValidity" | "uidNext">> {
  const said = (await session.command(`EXAMINE ${quoted(mailbox)}`)).map(textOf);
  const numberOf = (pattern: RegExp): number =>
    Number(said.map((text) => pattern.exec(text)?.[1]).find((text) => text !== undefined) ?? 0);
  const uidValidity = numberOf(/^\* OK \[UIDVALIDITY (\d{1,10})\]/i);
  const uidNext = numberOf(/^\* OK \[UIDNEXT (\d{1,10})\]/i);
  if (uidValidity > 0 && uidNext > 0) return { uidValidity, uidNext };
  throw channelRefused(
    "the mailbox's server gives messages no lasting numbers (UIDVALIDITY, UIDNEXT)",
    "Use a mailbox on another server, or leave imapHost out: cards then carry a link alone.",
  );
}

async function uidsFrom(session: Session, from: number): Promise<readonly number[]> {
  session.hasNews = false;
  const said = await session.command(`UID SEARCH UID ${from}:*`);
  const uids = said
    .map(textOf)
    .flatMap(numbersIn)
    // `from:*` always names the last message, also where it is older (RFC 9051, 6.4.8).
    .filter((uid) => Number.isSafeInteger(uid) && uid >= from);
  return [...new Set(uids)].toSorted((one, other) => one - other);
}

/** `* SEARCH 2 84` of rev1, `* ESEARCH (TAG "a1") UID ALL 2,80:84` of rev2 (RFC 9051, 7.3.4). */
function numbersIn(text: string): readonly number[] {
  if (/^\* SEARCH\b/i.test(text)) return text.split(" ").slice(2).map(Number);
  const [, set = ""] = /^\* ESEARCH\b.* ALL ([\d,:]+)/i.exec(text) ?? [];
  return set.split(",").flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split(":").map(Number);
    const length = Math.min(Math.max(to - from + 1, 0), NUMBERS_MAX);
    return Array.from({ length: Number.isNaN(length) ? 0 : length }, (_one, at) => from + at);
  });
}

async function readOf(session: Session, uids: readonly number[]): Promise<readonly Stored[]> {
  const asked = new Set(uids.slice(0, MESSAGES_AT_ONCE_MAX));
  if (asked.size === 0) return [];
  const what = `(UID INTERNALDATE BODY.PEEK[]<0.${MESSAGE_BYTES_MAX}>)`;
  const stored = new Map<number, Stored>();
  for (const response of await session.command(`UID FETCH ${[...asked].join(",")} ${what}`)) {
    const one = storedIn(response);
    if (one !== null && asked.has(one.uid)) stored.set(one.uid, one);
  }
  return [...stored.values()].toSorted((one, other) => one.uid - other.uid);
}

/** A FETCH response with UID and body; null for all others, and for flags that changed. */
function storedIn(response: Response): Stored | null {
  const text = textOf(response);
  const head = /^\* \d{1,10} FETCH /i.exec(text)?.[0];
  if (head === undefined) return null;
  const [list] = parsed({ ...response, pieces: [text.slice(head.length), ...response.pieces.slice(1)] });
  const named = (name: RegExp): Value => (isList(list) ? valueOf(list, name) : null);
  const [uid, date, body] = [named(/^UID$/i), named(/^INTERNALDATE$/i), named(/^BODY\[\](?:<0>)?$/i)];
  if (typeof uid !== "string" || !/^\d{1,10}$/.test(uid) || body === null || isList(body)) return null;
  const bytes = (typeof body === "string" ? Buffer.from(body, "utf8") : body).subarray(0, MESSAGE_BYTES_MAX);
  return { uid: Number(uid), at: typeof date === "string" ? timeOf(date) : 0, bytes };
}

/** Names and values take turns in it. */
function valueOf(list: readonly Value[], name: RegExp): Value {
  const at = list.findIndex((one, index) => index % 2 === 0 && typeof one === "string" && name.test(one));
  return at < 0 ? null : (list[at + 1] ?? null);
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function parsed(response: Response): readonly Value[] {
  try {
    return valuesOf(response);
  } catch (cause) {
    throw channelUnreachable("the mailbox's server answers in no way that IMAP knows", cause);
  }
}

/** `17-Jul-2026 02:44:25 -0700` (RFC 9051, 9: date-time). */
function timeOf(date: string): number {
  const at = Date.parse(date.trim().replace(/^(\d{1,2})-(\w{3})-(\d{4})/, "$1 $2 $3"));
  return Number.isSafeInteger(at) && at > 0 ? at : 0;
}
