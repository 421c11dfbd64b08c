import type { Card } from "#cards";
import { type Driver, setting, TooLong } from "./driver.ts";
import { originOf } from "./reach.ts";
import { adapterOf, asObject, ask, at, construct, SILENT, textAt } from "./sdk.ts";
import { buttonRows, linesOf, runsOn } from "./written.ts";

/**
 * WhatsApp's Cloud API by `@chat-adapter/whatsapp`. Shapes and limits: developers.facebook.com/docs/whatsapp/cloud-api,
 * "Interactive reply buttons messages" (3 buttons of 20 characters, a body of 1,024) and "Text messages" (4,096). Its
 * signature covers the body, in which every message has its time.
 */
const TEXT_LENGTH_MAX = 4_096;
const BODY_LENGTH_MAX = 1_024;
const BUTTONS_MAX = 3;
const LABEL_LENGTH_MAX = 20;
const STALE_AFTER_MS = 900_000;

export const whatsappDriver: Driver = {
  package: "@chat-adapter/whatsapp",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["graph.facebook.com"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "WhatsAppAdapter", {
        accessToken: given.secrets["accessToken"],
        // Without one nothing verifies: no request is believed.
        appSecret: given.secrets["appSecret"] ?? crypto.randomUUID(),
        verifyToken: given.secrets["verifyToken"] ?? crypto.randomUUID(),
        phoneNumberId: setting(given, "phoneNumberId"),
        userName: "doorward",
        logger: SILENT,
        ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
      }),
    ),
  probe: async (adapter, given) => {
    const path = `/${setting(given, "phoneNumberId")}?fields=display_phone_number,verified_name`;
    const url = `${textAt(adapter, "graphApiUrl")}${path}`;
    const headers = { authorization: `Bearer ${given.secrets["accessToken"]}` };
    const said = await ask(adapter, "graphFetchJson", url, { headers }, "WhatsApp", {});
    const id = textAt(said, "id");
    if (id === null) throw new Error("WhatsApp named no number for this token");
    return {
      id,
      name: textAt(said, "verified_name") ?? textAt(said, "display_phone_number") ?? id,
      tenant: null,
    };
  },
  render: (card) => messageOf(card),
  plain: (text) => ({
    type: "text",
    text: { preview_url: false, body: bounded(inert(text), TEXT_LENGTH_MAX) },
  }),
  room: () => {
    throw new Error("WhatsApp has no rooms that a business can write to: name a person's number");
  },
  roomOf: (thread) => thread.split(":").at(-1) ?? "",
  post: async (adapter, thread, message) => {
    const [, number, person] = thread.split(":");
    const said = {
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: person,
      ...asObject(message),
    };
    const answer = await ask(adapter, "graphApiRequest", `/${number}/messages`, said);
    return textAt(answer, "messages", "0", "id");
  },
  tap: ({ user, raw }) => ({ ...heardOf(raw, user.fullName), messageId: textAt(raw, "context", "id") }),
  words: ({ author, raw }) => ({
    ...heardOf(at(raw, "message") ?? raw, author.fullName),
    text: textAt(at(raw, "message") ?? raw, "text", "body") ?? "",
  }),
  staleAfterMs: STALE_AFTER_MS,
};

/** The person's number, else the id that a business has of them: never the name in their profile. */
function heardOf(raw: unknown, name: string): ReturnType<Driver["tap"]> {
  const id = textAt(raw, "from") ?? textAt(raw, "from_user_id") ?? "";
  return {
    event: `message.${textAt(raw, "id") ?? ""}`,
    user: { id, tenant: null, name },
    at: Number(textAt(raw, "timestamp") ?? "0") * 1000,
    place: { kind: "person", id },
  };
}

function messageOf(card: Card): object {
  const text = linesOf(card, false)
    .map((line) => {
      const letters = line.kind === "link" ? line.text : inert(line.text);
      return runsOn(line) ? letters : `${letters}\n`;
    })
    .join("")
    .trimEnd();
  const buttons = buttonRows(card).flat();
  if (buttons.length === 0)
    return { type: "text", text: { preview_url: false, body: bounded(text, TEXT_LENGTH_MAX) } };
  if (buttons.length > BUTTONS_MAX) throw new TooLong("buttons", buttons.length, BUTTONS_MAX);
  const replies = buttons.map(({ label, token }) => ({
    type: "reply",
    reply: { id: token, title: bounded(label, LABEL_LENGTH_MAX) },
  }));
  const body = { text: bounded(text, BODY_LENGTH_MAX) };
  return { type: "interactive", interactive: { type: "button", body, action: { buttons: replies } } };
}

function bounded(text: string, max: number): string {
  if (text.length > max) throw new TooLong("letters", text.length, max);
  return text;
}

/**
 * WhatsApp knows no escape: a word joiner (U+2060), which has no width, parts each sign from the letter it would format
 * ("About text formatting", faq.whatsapp.com), and from the beginning of its line.
 */
function inert(text: string): string {
  return text
    .replaceAll(/[*_~`]/g, "$&\u2060")
    .replaceAll(/^([>\-•]|\d+\.)(?=\s)/gm, "$1\u2060")
    .replaceAll("\u2060\u2060", "\u2060");
}
