import type { Card } from "#cards";
import { type Driver, setting, type Tell, TooLong } from "./driver.ts";
import { failure, failureOf } from "./failing.ts";
import { originOf } from "./reach.ts";
import { adapterOf, asObject, ask, at, construct, type SdkAdapter, textAt } from "./sdk.ts";
import { buttonRows, type Line, linesOf, runsOn } from "./written.ts";

/**
 * Telegram by `@chat-adapter/telegram`. Messages are plain text with explicit entities and no parse mode, so no letter is
 * mark-up. Shapes and limits: core.telegram.org/bots/api#sendmessage (4,096 characters after entities, which count UTF-16
 * units), #messageentity, #inlinekeyboardbutton (64 bytes of `callback_data`).
 */
const TEXT_LENGTH_MAX = 4_096;
const ENTITIES_MAX = 100;
const BUTTONS_MAX = 100;

export const telegramDriver: Driver = {
  package: "@chat-adapter/telegram",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["api.telegram.org"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "TelegramAdapter", {
        botToken: given.secrets["botToken"],
        mode: given.listens ? "polling" : "webhook",
        // Without one nothing verifies: no request is believed.
        secretToken: given.secrets["secretToken"] ?? crypto.randomUUID(),
        longPolling: { allowedUpdates: ["message", "callback_query"], timeout: 25 },
        ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
      }),
    ),
  probe: async (adapter) => {
    const me = await ask(adapter, "telegramFetch", "getMe");
    const id = textAt(me, "id");
    if (id === null) throw new Error("Telegram named no bot for this token");
    return { id, name: textAt(me, "username") ?? id, tenant: null };
  },
  attend: attended,
  render: (card) => messageOf(card),
  plain: (text) => ({ text: inert(text), entities: [] }),
  room: (id) => `telegram:${id}`,
  conversation: (thread) => thread.split(":").slice(0, 2).join(":"),
  roomOf: (thread) => thread.slice("telegram:".length),
  post: async (adapter, thread, message) => {
    const [, chat, topic] = thread.split(":");
    const sent = await ask(adapter, "telegramFetch", "sendMessage", {
      chat_id: chat,
      ...(topic === undefined ? {} : { message_thread_id: Number(topic) }),
      link_preview_options: { is_disabled: true },
      ...asObject(message),
    });
    const [where, id] = [textAt(sent, "chat", "id"), textAt(sent, "message_id")];
    return where === null || id === null ? null : `${where}:${id}`;
  },
  edit: async (adapter, _thread, id, message) => {
    const [chat, number] = id.split(":");
    const changed = {
      chat_id: chat,
      message_id: Number(number),
      link_preview_options: { is_disabled: true },
    };
    try {
      await ask(adapter, "telegramFetch", "editMessageText", { ...changed, ...asObject(message) });
    } catch (cause) {
      if (!String(cause).includes("message is not modified")) throw cause;
    }
  },
  // A callback has no time of its own, and the message's is when it was posted.
  tap: ({ user, raw }) => ({
    event: `callback.${textAt(raw, "id") ?? ""}`,
    user: { id: user.userId, tenant: null, name: user.fullName },
    at: Date.now(),
  }),
  words: ({ id, author, metadata, raw }) => ({
    event: `message.${id}`,
    user: { id: author.userId, tenant: null, name: author.fullName },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "text") ?? "",
  }),
  failure: (cause) => {
    if (!/message is too long|ENTITIES_TOO_LONG/i.test(String(at(cause, "message")))) return null;
    return failure("tooLong", failureOf(cause).why);
  },
};

/**
 * The adapter asks on in silence whatever it meets: what its `telegramFetch` meets when it asks for updates is told here.
 * What was cut by itself, with an abort, is no failure.
 */
function attended(adapter: SdkAdapter, tell: Tell): void {
  const call = at(adapter, "telegramFetch");
  if (typeof call !== "function") throw new Error("Telegram's adapter has no way to ask");
  let isDown = false;
  Reflect.set(adapter, "telegramFetch", async (...given: readonly unknown[]): Promise<unknown> => {
    const isAsking = given[0] === "getUpdates";
    try {
      const answer: unknown = await Reflect.apply(call, adapter, given);
      if (isAsking && isDown) tell("up", null);
      if (isAsking) isDown = false;
      return answer;
    } catch (cause) {
      if (isAsking && textAt(cause, "name") !== "AbortError") {
        isDown = true;
        tell("down", `Telegram gives no updates: ${failureOf(cause).why}`);
      }
      throw cause;
    }
  });
}

interface Entity {
  readonly type: "bold" | "code" | "pre";
  readonly offset: number;
  readonly length: number;
}

const FORMS: Partial<Record<Line["kind"], Entity["type"]>> = {
  title: "bold",
  status: "bold",
  label: "bold",
  text: "code",
  warning: "code",
  value: "code",
  claim: "code",
  verbatim: "pre",
};

function messageOf(card: Card): object {
  const entities: Entity[] = [];
  let text = "";
  for (const line of linesOf(card, false)) {
    const type = FORMS[line.kind];
    // In code nothing is made a link or a mention; elsewhere a letter of no width keeps them apart.
    const letters =
      type === "code" || type === "pre" ? line.text : line.kind === "link" ? line.text : inert(line.text);
    if (type !== undefined && letters.length > 0)
      entities.push({ type, offset: text.length, length: letters.length });
    text += runsOn(line) ? letters : `${letters}\n`;
  }
  if (text.length > TEXT_LENGTH_MAX) throw new TooLong("letters", text.length, TEXT_LENGTH_MAX);
  if (entities.length > ENTITIES_MAX) throw new TooLong("fields", entities.length, ENTITIES_MAX);
  const rows = buttonRows(card);
  const count = rows.flat().length;
  if (count > BUTTONS_MAX) throw new TooLong("buttons", count, BUTTONS_MAX);
  const keyboard = rows.map((row) => row.map(({ label, token }) => ({ text: label, callback_data: token })));
  return { text, entities, reply_markup: { inline_keyboard: keyboard } };
}

/** Telegram makes mentions, commands and tags of letters by itself: a word joiner (U+2060) after their sign keeps it from that. */
function inert(text: string): string {
  return text.replaceAll(/([@/#$])(?=[\p{L}\p{N}_])/gu, "$1\u2060");
}
