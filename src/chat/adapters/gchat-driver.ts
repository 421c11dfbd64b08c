import { createHash } from "node:crypto";
import type { Card, CardButton, CardLink, CardSection } from "#cards";
import { type Driver, setting, TooLong } from "./driver.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, at, construct, SILENT, type SdkAdapter, textAt } from "./sdk.ts";

/**
 * Google Chat by `@chat-adapter/gchat`. A card's paragraphs are HTML of a few elements, and every letter of ours is escaped.
 * Shapes and limits: developers.google.com/workspace/chat/api/reference/rest/v1/cards (32 KB a message, 100 widgets),
 * .../v1/spaces.messages/create (`requestId`: a second one with it answers with the first), .../chat/verify-requests-from-chat
 * (a token that covers the sender and not the body).
 */
const MESSAGE_BYTES_MAX = 30_000;
const WIDGETS_MAX = 100;
const BUTTONS_MAX = 10;
const GOOGLE_HOSTS = ["chat.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com"];
/** The courier alone tries again. */
const ONCE = { retry: false, timeout: 12_000 };

export const gchatDriver: Driver = {
  package: "@chat-adapter/gchat",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null ? { hosts: GOOGLE_HOSTS, origins: [] } : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given, load) => {
    const url = setting(given, "apiUrl");
    const account: unknown = JSON.parse(given.secrets["serviceAccount"] ?? "{}");
    const common = {
      googleChatProjectNumber: setting(given, "projectNumber"),
      logger: SILENT,
      ...(given.webhook === null ? {} : { endpointUrl: given.webhook }),
    };
    if (url === null)
      return adapterOf(construct(packages, "GoogleChatAdapter", { ...common, credentials: account }));
    const auth = construct(load("google-auth-library"), "OAuth2Client");
    Reflect.set(Object(auth), "credentials", {
      access_token: textAt(account, "private_key_id"),
      expiry_date: 4e12,
    });
    const adapter = adapterOf(
      construct(packages, "GoogleChatAdapter", { ...common, auth, apiUrl: `${url}/` }),
    );
    // A stand-in has Google's place whole: its keys are there too.
    Reflect.set(adapter, "getChatIssuerCerts", async () => (await globalThis.fetch(`${url}/certs`)).json());
    return adapter;
  },
  probe: async (adapter, given) => {
    await spaces(adapter, "list", { pageSize: 1 });
    const number = setting(given, "projectNumber") ?? "";
    return { id: `projects/${number}`, name: `project ${number}`, tenant: null };
  },
  render: (card): Message => ({ widgets: (called) => widgetsOf(card, called), summary: summaryOf(card) }),
  plain: (text): Message => ({
    widgets: () => [paragraph(escaped(text))],
    summary: "Doorward has written to you",
  }),
  room: (id) => `gchat:${id}`,
  conversation: (thread) => thread.split(":").slice(0, 2).join(":"),
  roomOf: (thread) => thread.split(":")[1] ?? "",
  post: async (adapter, thread, message, key) => {
    const parent = thread.split(":")[1];
    const requestId =
      key === null ? {} : { requestId: `doorward-${createHash("sha256").update(key).digest("hex")}` };
    const said = await messages(adapter, "create", {
      parent,
      ...requestId,
      requestBody: bodyOf(adapter, message),
    });
    return textAt(said, "data", "name");
  },
  edit: async (adapter, _thread, id, message) => {
    await messages(adapter, "patch", {
      name: id,
      updateMask: "cardsV2",
      requestBody: bodyOf(adapter, message),
    });
  },
  whisper: async (adapter, { thread, user }, message) => {
    const requestBody = { ...bodyOf(adapter, message), privateMessageViewer: { name: user } };
    await messages(adapter, "create", { parent: thread.split(":")[1], requestBody });
  },
  tap: ({ actionId, messageId, user, raw }) => ({
    event: `click.${textAt(raw, "chat", "eventTime") ?? ""}.${user.userId}.${messageId}.${actionId}`,
    ...heardOf(raw, user.userId, user.fullName),
  }),
  words: ({ id, author, raw }) => ({
    event: `message.${id}`,
    ...heardOf(raw, author.userId, author.fullName),
    text: (
      textAt(raw, "chat", "messagePayload", "message", "argumentText") ??
      textAt(raw, "chat", "messagePayload", "message", "text") ??
      ""
    ).trim(),
  }),
};

function heardOf(raw: unknown, id: string, name: string): Pick<ReturnType<Driver["tap"]>, "user" | "at"> {
  return {
    user: { id, tenant: textAt(raw, "chat", "user", "domainId"), name },
    at: Date.parse(textAt(raw, "chat", "eventTime") ?? "") || Date.now(),
  };
}

function spaces(adapter: SdkAdapter, method: string, asked: object): Promise<unknown> {
  return ask(at(adapter, "chatApi", "spaces"), method, asked, ONCE);
}

function messages(adapter: SdkAdapter, method: string, asked: object): Promise<unknown> {
  return ask(at(adapter, "chatApi", "spaces", "messages"), method, asked, ONCE);
}

/** What a phone's notification shows: nothing of the request. */
function summaryOf({ status }: Card): string {
  return status.kind === "open" ? "Doorward: a request waits for you" : "Doorward: a request was answered";
}

/** A message before it is known where its buttons lead. */
interface Message {
  readonly widgets: (called: string | null) => object[];
  readonly summary: string;
}

/** Buttons carry the address that Google Chat calls with a tap, which only the adapter knows. */
function bodyOf(adapter: SdkAdapter, message: unknown): object {
  const called = textAt(adapter, "endpointUrl");
  const make = at(message, "widgets");
  const made: unknown = typeof make === "function" ? Reflect.apply(make, message, [called]) : null;
  const widgets: readonly unknown[] = Array.isArray(made) ? made : [];
  if (widgets.length > WIDGETS_MAX) throw new TooLong("parts", widgets.length, WIDGETS_MAX);
  const body = {
    fallbackText: textAt(message, "summary"),
    cardsV2: [{ cardId: "doorward", card: { sections: [{ widgets }] } }],
  };
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (bytes > MESSAGE_BYTES_MAX) throw new TooLong("bytes", bytes, MESSAGE_BYTES_MAX);
  return body;
}

function widgetsOf(card: Card, called: string | null): object[] {
  return [
    paragraph(`<b>${escaped(card.title)}</b>`),
    paragraph(escaped(card.status.text)),
    ...card.sections.flatMap((part) => sectionWidgets(part, called)),
    ...buttonsOf(card.buttons, called),
    ...openOf(card.link),
  ];
}

function openOf(link: CardLink | null): object[] {
  if (link === null) return [];
  return [{ buttonList: { buttons: [{ text: link.label, onClick: { openLink: { url: link.url } } }] } }];
}

function sectionWidgets(part: CardSection, called: string | null): object[] {
  switch (part.kind) {
    case "text":
      return [paragraph(escaped(part.text))];
    case "warning":
      return [paragraph(`<b>Warning:</b> ${escaped(part.text)}`)];
    case "fields":
      return part.fields.map(({ label, value }) => paragraph(`<b>${escaped(label)}:</b> ${escaped(value)}`));
    case "verbatim":
      return [paragraph(`<b>${escaped(part.label)}:</b>`), paragraph(escaped(part.text))];
    case "claim":
      return [paragraph(`<i>${escaped(part.who)} says of itself:</i> ${escaped(part.text)}`)];
    case "item":
      return [
        { divider: {} },
        paragraph(`<b>${escaped(part.title)}</b>`),
        paragraph(escaped(part.status.text)),
        ...part.sections.flatMap((inner) => sectionWidgets(inner, called)),
        ...buttonsOf(part.buttons, called),
        ...openOf(part.link),
      ];
    default:
      return part satisfies never;
  }
}

function buttonsOf(given: readonly CardButton[], called: string | null): object[] {
  if (given.length > BUTTONS_MAX) throw new TooLong("buttons", given.length, BUTTONS_MAX);
  const buttons = given.map(({ label, token }) => ({
    text: label,
    onClick: { action: { function: called ?? token, parameters: [{ key: "actionId", value: token }] } },
  }));
  return buttons.length === 0 ? [] : [{ buttonList: { buttons } }];
}

function paragraph(text: string): object {
  return { textParagraph: { text } };
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
}
