import { createHash, createHmac } from "node:crypto";
import { Fault } from "#base";
import type { ChatOutside } from "../platform.ts";
import { type Poll, startPoll } from "../poll.ts";
import type { Inbox, MessageRef, Place } from "../port.ts";
import { type Mailbox, type MailboxAt, MESSAGES_AT_ONCE_MAX, openMailbox, type Stored } from "./imap.ts";
import { type Letter, letterOf } from "./letter.ts";
import { replyLimit } from "./reply-limit.ts";

/** How long one IDLE lasts: what stands between us and the server forgets connections that are silent for five minutes. */
const IDLE_MS = 4 * 60_000;
/** Where the server knows no IDLE. */
const POLL_MS = 30_000;
/** A password that was refused is not tried again before this: servers shut out who tries too often. */
const SIGN_IN_MS = 15 * 60_000;
/** Where the mailbox was made anew, or restored, so many of its newest messages are looked at again; the courier knows those it took. */
const AGAIN_MAX = 200;

interface Listening {
  readonly at: MailboxAt;
  /** Our own address: what comes from it is ours. */
  readonly self: string;
  /** Whose Authentication-Results are believed; empty: nobody's, and no mail is asked for them. */
  readonly authserv: string;
  readonly inbox: Inbox;
  readonly outside: ChatOutside;
  readonly say: (to: Place, text: string, replyTo: MessageRef | null) => Promise<void>;
  /** Asks an address to show that it is read by whoever wrote in its name: a mail with this Message-ID. */
  readonly askBack: (to: Place, id: string) => Promise<void>;
}

/** Reads what comes into the mailbox until it is closed. Opens at once; what fails is told by the inbox, and tried again. */
export function listenToMailbox(listening: Listening): Poll {
  const { inbox, outside } = listening;
  const own = { ...listening, key: outside.ambient.random(32), mayReply: replyLimit(outside.ambient) };
  let reading: Reading | null = null;
  let pause: number | undefined;
  const drop = (): void => {
    reading?.mailbox.close();
    reading = null;
  };
  const once = async (signal: AbortSignal): Promise<void> => {
    try {
      if (reading === null) reading = await begun(own, signal);
      else await reading.mailbox.wait(IDLE_MS, POLL_MS);
      await readNew(own, reading, signal);
    } catch (cause) {
      drop();
      pause = cause instanceof Fault && "isSignIn" in cause ? SIGN_IN_MS : undefined;
      throw cause;
    }
  };
  const state: Inbox["state"] = (how, why) => inbox.state(how, why, how === "down" ? pause : undefined);
  const poll = startPoll({ once, state, report: outside.report });
  return {
    close: async () => {
      await poll.close();
      drop();
    },
  };
}

interface Own extends Listening {
  /** Of this connection alone: nobody else can name an address as one that answered us. */
  readonly key: Uint8Array;
  readonly mayReply: (address: string) => boolean;
}

/** A mailbox that is open, and the UID to look from next. */
interface Reading {
  readonly mailbox: Mailbox;
  next: number;
}

async function begun({ at, inbox, outside }: Own, signal: AbortSignal): Promise<Reading> {
  const mailbox = await openMailbox(at, outside.egress, signal);
  try {
    const reading = { mailbox, next: nextIn(inbox.cursor.get(), at, mailbox) };
    await inbox.cursor.set(cursorOf(at, reading));
    return reading;
  } catch (cause) {
    mailbox.close();
    throw cause;
  }
}

/** Everything from the cursor on. The cursor passes a message only when the inbox has taken it, or it is nothing for it. */
async function readNew(own: Own, reading: Reading, signal: AbortSignal): Promise<void> {
  const { mailbox } = reading;
  const passed = async (uid: number): Promise<void> => {
    if (uid < reading.next) return;
    reading.next = uid + 1;
    await own.inbox.cursor.set(cursorOf(own.at, reading));
  };
  const uids = await mailbox.uidsFrom(reading.next);
  for (let from = 0; from < uids.length; from += MESSAGES_AT_ONCE_MAX) {
    const some = uids.slice(from, from + MESSAGES_AT_ONCE_MAX);
    for (const stored of await mailbox.read(some)) {
      if (signal.aborted) return;
      await take(own, mailbox, stored);
      await passed(stored.uid);
    }
    await passed(some.at(-1) ?? 0);
  }
}

function cursorOf(at: MailboxAt, { mailbox, next }: Reading): string {
  return `${placeOf(at)}:${mailbox.uidValidity}:${next}`;
}

/**
 * The UID to go on from. A mailbox that is new to us is read from now on; numbers of another UIDVALIDITY mean nothing (RFC 9051,
 * 2.3.1.1), and one that is beyond the next to be given was of a mailbox that is no more, whatever the server calls this one.
 */
function nextIn(cursor: string | null, at: MailboxAt, { uidValidity, uidNext }: Mailbox): number {
  const [place, validity, kept] = (cursor ?? "").split(":");
  if (place !== placeOf(at)) return uidNext;
  const next = Number(kept);
  if (Number(validity) === uidValidity && next >= 1 && next <= uidNext) return next;
  return Math.max(uidNext - AGAIN_MAX, 1);
}

function placeOf({ host, port, user, mailbox }: MailboxAt): string {
  return createHash("sha256")
    .update(JSON.stringify([host, port, user, mailbox]))
    .digest("hex")
    .slice(0, 16);
}

async function take(own: Own, mailbox: Mailbox, stored: Stored): Promise<void> {
  const letter = letterOf(stored.bytes, own.authserv);
  if (letter === null || letter.from === own.self) return;
  const place: Place = { kind: "person", id: letter.from };
  if (isLinking(letter) && !(await isTheirOwn(own, letter, place))) return;
  const said = await own.inbox.take({
    kind: "words",
    event: eventOf(letter, mailbox, stored),
    user: { id: letter.from, tenant: null, name: letter.from },
    text: letter.text,
    place,
    message: letter.id === null ? null : { place, id: letter.id },
    at: stored.at,
  });
  if (said !== null) await reply(own, letter, () => own.say(place, said, replyOf(letter, place)));
}

function replyOf({ id }: Letter, place: Place): MessageRef | null {
  return id === null ? null : { place, id };
}

/** At least what the courier takes for such a code, behind a mention too. */
const isLinking = ({ text }: Letter): boolean => /^\s*(?:<?@[^\s>]{1,100}>?\s*)?\/?link\b/i.test(text);

/**
 * A code that links an address has to come from whoever reads its mail, and a From line proves nobody: so it counts in an answer to
 * a mail of ours to that address alone, whose Message-ID nobody else knows.
 */
async function isTheirOwn(own: Own, letter: Letter, place: Place): Promise<boolean> {
  const [, domain = "localhost"] = own.self.split("@");
  const proof = createHmac("sha256", own.key).update(letter.from).digest("hex").slice(0, 32);
  const id = `link.${proof}@${domain}`;
  if (letter.answers.includes(id)) return true;
  await reply(own, letter, () => own.askBack(place, id));
  return false;
}

/** Whoever forges a sender has us write to somebody who asked for nothing: seldom, then. A mail that fails costs no answer. */
async function reply(own: Own, { from }: Letter, act: () => Promise<void>): Promise<void> {
  if (!own.mayReply(from)) return;
  await act().catch((cause: unknown) => own.outside.report("channel_reply_failed", cause));
}

/** The same mail has the same name, also where a server gives it a number anew. */
function eventOf(letter: Letter, { uidValidity }: Mailbox, { uid }: Stored): string {
  const id = letter.id ?? `${uidValidity}.${uid}`;
  return `mail.${createHash("sha256")
    .update(JSON.stringify([letter.from, id, letter.text]))
    .digest("hex")}`;
}
