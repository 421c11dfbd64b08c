import type { Card, CardButton, CardLink, CardSection } from "#cards";
import { type Driver, type HostGiven, setting, TooLong } from "./driver.ts";
import type { SentRequest } from "./lines.ts";
import { originOf } from "./reach.ts";
import { adapterOf, asObject, ask, at, construct, SILENT, textAt } from "./sdk.ts";

/**
 * Microsoft Teams by `@chat-adapter/teams`. Cards are Adaptive Cards whose every text is a `TextRun`, which knows no Markdown.
 * Shapes and limits: adaptivecards.microsoft.com (RichTextBlock, TextRun, ActionSet), learn.microsoft.com/microsoftteams/platform/
 * task-modules-and-cards/cards/cards-reference (6 actions), .../bots/how-to/format-your-bot-messages (28 KB a message),
 * learn.microsoft.com/azure/bot-service/rest-api (the connector's token, which covers the sender and not the body).
 */
const MESSAGE_BYTES_MAX = 25_000;
const ROW_BUTTONS_MAX = 6;
const CONNECTOR = "https://api.botframework.com";
const SERVICE_HOSTS = [
  "botframework.com",
  "smba.trafficmanager.net",
  "teams.microsoft.com",
  "login.microsoftonline.com",
];

export const teamsDriver: Driver = {
  package: "@chat-adapter/teams",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null ? { hosts: SERVICE_HOSTS, origins: [] } : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) => {
    const adapter = adapterOf(construct(packages, "TeamsAdapter", configuration(given)));
    const url = setting(given, "apiUrl");
    if (url !== null) standIn(at(adapter, "app"), url);
    return adapter;
  },
  probe: async (adapter, given) => {
    const team = await ask(at(adapter, "app", "api", "teams"), "getById", setting(given, "teamId"));
    if (textAt(team, "id") === null) throw new Error("Teams named no team");
    const id = setting(given, "appId") ?? "";
    return { id, name: `Doorward in ${textAt(team, "name") ?? "Teams"}`, tenant: setting(given, "tenantId") };
  },
  render: (card) => activityOf(cardOf(card)),
  plain: (text) => activityOf({ ...FRAME, body: [runs([run(text)])] }),
  room: (id) => `teams:${coded(id)}`,
  // One conversation by its own name: where its service stands may change, and a channel's threads are named in it.
  conversation: (thread) => `teams:${coded(baseOf(thread))}`,
  roomOf: (thread) => baseOf(thread),
  post: async (adapter, thread, message) => {
    const target = { conversationId: nameOf(thread), serviceUrl: serviceOf(thread) };
    return textAt(await ask(at(adapter, "app"), "sendTo", target, message), "id");
  },
  edit: async (adapter, thread, id, message) => {
    const service = await ask(at(adapter, "app"), "apiFor", serviceOf(thread));
    const activities = await ask(at(service, "conversations"), "activities", nameOf(thread));
    await ask(activities, "update", id, { ...asObject(message), id });
  },
  screen: foreign,
  tap: ({ user, raw }) => ({
    ...heardOf(raw, user.userId, user.fullName),
    messageId: textAt(raw, "replyToId"),
  }),
  words: ({ author, raw }) => ({
    ...heardOf(raw, author.userId, author.fullName),
    // A bot in a channel is called by its name, which is no part of what was said.
    text: (textAt(raw, "text") ?? "").replaceAll(/<at>[^<]*<\/at>/g, "").trim(),
  }),
};

function configuration(given: HostGiven): object {
  const url = setting(given, "apiUrl");
  return {
    appId: setting(given, "appId"),
    appType: "SingleTenant",
    appTenantId: setting(given, "tenantId"),
    logger: SILENT,
    // A stand-in is shown the secret itself; Microsoft gets it at its sign-in and gives a token for it.
    ...(url === null
      ? { appPassword: given.secrets["appPassword"] }
      : { apiUrl: url, token: async () => given.secrets["appPassword"] }),
  };
}

/** Where the connector's keys are: with a stand-in of Teams, there. */
function standIn(app: unknown, url: string): void {
  const keys = { openIdMetadataUrl: `${url}/v1/.well-known/openidconfiguration` };
  Reflect.set(asObject(app), "cloud", { ...asObject(at(app, "cloud")), ...keys });
}

/**
 * The adapter's client also believes tokens of Entra whose audience is the bot: anybody of the directory can be given one, and
 * say with it that somebody else tapped. Only the connector's own are let on to it; it verifies them.
 */
function foreign({ headers }: SentRequest): number | null {
  const [, claims = ""] = (headers["authorization"] ?? "").replace(/^Bearer /, "").split(".");
  try {
    const said: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
    return textAt(said, "iss") === CONNECTOR ? null : 401;
  } catch {
    return 401;
  }
}

function heardOf(raw: unknown, id: string, name: string): ReturnType<Driver["tap"]> {
  return {
    event: `activity.${textAt(raw, "id") ?? ""}`,
    user: {
      id,
      tenant: textAt(raw, "conversation", "tenantId") ?? textAt(raw, "channelData", "tenant", "id"),
      name,
    },
    at: Date.parse(textAt(raw, "timestamp") ?? "") || Date.now(),
  };
}

function coded(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function nameOf(thread: string): string {
  return Buffer.from(thread.split(":")[1] ?? "", "base64url").toString("utf8");
}

function baseOf(thread: string): string {
  return nameOf(thread).replace(/;messageid=\d+$/, "");
}

function serviceOf(thread: string): string {
  return Buffer.from(thread.split(":")[2] ?? "", "base64url").toString("utf8");
}

const FRAME = {
  type: "AdaptiveCard",
  $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
  version: "1.5",
} as const;

function activityOf(content: object): object {
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", content };
  // What a phone's notification shows: nothing of the request.
  const activity = { type: "message", summary: "Doorward has written to you", attachments: [attachment] };
  const bytes = Buffer.byteLength(JSON.stringify(activity));
  if (bytes > MESSAGE_BYTES_MAX) throw new TooLong("bytes", bytes, MESSAGE_BYTES_MAX);
  return activity;
}

function cardOf(card: Card): object {
  return {
    ...FRAME,
    body: [
      runs([run(card.title, { weight: "Bolder", size: "Medium" })]),
      runs([run(card.status.text, { weight: "Bolder" })]),
      ...card.sections.flatMap(sectionItems),
      ...actionsOf(card.buttons),
      ...openOf(card.link),
    ],
  };
}

function openOf(link: CardLink | null): object[] {
  if (link === null) return [];
  return [{ type: "ActionSet", actions: [{ type: "Action.OpenUrl", title: link.label, url: link.url }] }];
}

function sectionItems(part: CardSection): object[] {
  switch (part.kind) {
    case "text":
      return [runs([run(part.text)])];
    case "warning":
      return [runs([run(`Warning: ${part.text}`, { color: "Attention" })])];
    case "fields":
      return part.fields.map(({ label, value }) =>
        runs([run(`${label}: `, { weight: "Bolder" }), run(value)]),
      );
    case "verbatim":
      return [
        runs([run(part.label, { weight: "Bolder" })]),
        runs([run(part.text, { fontType: "Monospace" })]),
      ];
    case "claim":
      return [
        runs([run(`${part.who} says of itself: `, { isSubtle: true }), run(part.text, { isSubtle: true })]),
      ];
    case "item":
      return [
        runs([run(part.title, { weight: "Bolder" })]),
        runs([run(part.status.text)]),
        ...part.sections.flatMap(sectionItems),
        ...actionsOf(part.buttons),
        ...openOf(part.link),
      ];
    default:
      return part satisfies never;
  }
}

function actionsOf(buttons: readonly CardButton[]): object[] {
  if (buttons.length > ROW_BUTTONS_MAX) throw new TooLong("buttons", buttons.length, ROW_BUTTONS_MAX);
  const actions = buttons.map(({ label, style, token }) => ({
    type: "Action.Submit",
    title: label,
    data: { actionId: token },
    ...{ approve: { style: "positive" }, deny: { style: "destructive" }, plain: {} }[style],
  }));
  return actions.length === 0 ? [] : [{ type: "ActionSet", actions }];
}

function runs(inlines: readonly object[]): object {
  return { type: "RichTextBlock", inlines };
}

/** `{{DATE(…)}}` and `{{TIME(…)}}` are the one thing that is read in a run: a word joiner (U+2060) parts the braces. */
function run(text: string, style: object = {}): object {
  return { type: "TextRun", text: text.replaceAll("{{", "{\u2060{"), ...style };
}
