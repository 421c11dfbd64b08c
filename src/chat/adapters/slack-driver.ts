import type { Card, CardButton, CardLink, CardSection } from "#cards";
import { type Driver, type HostGiven, setting, TooLong } from "./driver.ts";
import { failure } from "./failing.ts";
import type { Failure } from "./lines.ts";
import { originOf } from "./reach.ts";
import { adapterOf, asObject, ask, at, construct, textAt } from "./sdk.ts";

/**
 * Slack by `@chat-adapter/slack`. Cards are Block Kit's `rich_text`, in which text is text and nothing is parsed: no
 * mrkdwn, no mention, no link. Shapes and limits: docs.slack.dev/reference/block-kit/blocks (50 blocks a message, `header`
 * 150 characters, 25 elements in `actions`) and .../methods/chat.postMessage.
 */
const BLOCKS_MAX = 50;
const HEADER_LENGTH_MAX = 150;
/** Slack refuses a message whose blocks together are longer (`msg_blocks_too_long`); it names no figure: this is ours. */
const TEXT_LENGTH_MAX = 12_000;
const PIECE_LENGTH_MAX = 3_000;
const LABEL_LENGTH_MAX = 75;
const BUTTONS_MAX = 25;
const CALL_TIMEOUT_MS = 12_000;

export const slackDriver: Driver = {
  package: "@chat-adapter/slack",
  reach: (given) => ({ hosts: ["slack.com", "slack-gov.com"], origins: originsOf(given) }),
  open: (packages, given) => adapterOf(construct(packages, "SlackAdapter", configuration(given))),
  probe: async (adapter) => {
    const said = await ask(at(adapter, "webClient", "auth"), "test");
    const [id, name] = [textAt(said, "user_id"), textAt(said, "user")];
    if (id === null) throw new Error("Slack named no user for this token");
    return { id, name: name ?? id, tenant: textAt(said, "team_id") };
  },
  render: (card) => blocksOf(card),
  plain: (text) => ({ blocks: [richText([section(text)])], text: "Doorward has written to you" }),
  room: (id) => `slack:${id}:`,
  conversation: (thread) => thread.split(":").slice(0, 2).join(":"),
  roomOf: (thread) => thread.split(":")[1] ?? "",
  post: async (adapter, thread, message) => {
    const said = await ask(at(adapter, "webClient", "chat"), "postMessage", {
      ...placeOf(thread),
      ...asObject(message),
    });
    return textAt(said, "ts");
  },
  edit: async (adapter, thread, id, message) => {
    const { channel } = placeOf(thread);
    await ask(at(adapter, "webClient", "chat"), "update", { channel, ts: id, ...asObject(message) });
  },
  whisper: async (adapter, { thread, user }, message) => {
    const said = { ...placeOf(thread), user, ...asObject(message) };
    await ask(at(adapter, "webClient", "chat"), "postEphemeral", said);
  },
  thread: (conversation, id) => `${conversation}:${id}`,
  tap: ({ actionId, messageId, user, raw }) => {
    const actions = at(raw, "actions");
    const mine: unknown = Array.isArray(actions)
      ? actions.find((one: unknown) => textAt(one, "action_id") === actionId)
      : null;
    const when = textAt(mine, "action_ts") ?? "0";
    const tenant = textAt(raw, "user", "team_id") ?? textAt(raw, "team", "id");
    return {
      event: `${tenant ?? ""}.${user.userId}.${messageId}.${actionId}.${when}`,
      user: { id: user.userId, tenant, name: user.fullName },
      at: Math.round(Number(when) * 1000),
    };
  },
  words: ({ id, threadId, author, metadata, raw }) => ({
    event: `${threadId.split(":")[1] ?? ""}.${id}`,
    user: {
      id: author.userId,
      tenant: textAt(raw, "user_team") ?? textAt(raw, "team") ?? textAt(raw, "team_id"),
      name: author.fullName,
    },
    at: metadata.dateSent.getTime(),
  }),
  attend: (adapter, tell) => {
    const client = at(adapter, "socketClient");
    const on = at(client, "on");
    if (typeof on !== "function") throw new Error("Slack's socket did not open");
    tell("up", null);
    Reflect.apply(on, client, ["connected", () => tell("up", null)]);
    Reflect.apply(on, client, [
      "reconnecting",
      () => tell("down", "Slack closed the connection; it is opened again"),
    ]);
    Reflect.apply(on, client, ["error", () => {}]);
  },
  failure: slackFailure,
};

function configuration(given: HostGiven): object {
  const { secrets, listens } = given;
  return {
    mode: listens ? "socket" : "webhook",
    botToken: secrets["botToken"],
    // Without one nothing verifies: no request is believed.
    ...(listens
      ? { appToken: secrets["appToken"] }
      : { signingSecret: secrets["signingSecret"] ?? crypto.randomUUID() }),
    ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
    userName: "doorward",
    // The courier alone tries again; the client's own default goes on for half an hour.
    webClientOptions: { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: CALL_TIMEOUT_MS },
  };
}

function originsOf(given: HostGiven): readonly string[] {
  const url = setting(given, "apiUrl");
  return url === null ? [] : [originOf(url)];
}

function placeOf(thread: string): { channel: string; thread_ts?: string } {
  const [, channel = "", ts = ""] = thread.split(":");
  return ts === "" ? { channel } : { channel, thread_ts: ts };
}

/** The fallback words are what a phone's notification shows: nothing of the request (payloads never leave in a push). */
function blocksOf(card: Card): object {
  const text =
    card.status.kind === "open" ? "Doorward: a request waits for you" : "Doorward: a request was answered";
  const blocks = [
    ...titleOf(card.title),
    richText([section(card.status.text, { bold: true })]),
    ...card.sections.flatMap(sectionBlocks),
    ...linkBlocks(card.link),
    ...actionsOf(card.buttons),
  ];
  if (blocks.length > BLOCKS_MAX) throw new TooLong("blocks", blocks.length, BLOCKS_MAX);
  const length = JSON.stringify(blocks).length;
  if (length > TEXT_LENGTH_MAX) throw new TooLong("letters", length, TEXT_LENGTH_MAX);
  return { text, mrkdwn: false, unfurl_links: false, unfurl_media: false, blocks };
}

function titleOf(title: string): object[] {
  if (title.length > HEADER_LENGTH_MAX) return [richText([section(title, { bold: true })])];
  return [{ type: "header", text: { type: "plain_text", text: title, emoji: false } }];
}

function sectionBlocks(part: CardSection): object[] {
  switch (part.kind) {
    case "text":
      return [richText([section(part.text)])];
    case "warning":
      return [richText([quote(`Warning: ${part.text}`)])];
    case "fields":
      return [richText(part.fields.flatMap(({ label, value }) => [labelled(label, value)]))];
    case "verbatim":
      return [richText([section(part.label, { bold: true }), preformatted(part.text)])];
    case "claim":
      return [richText([section(`${part.who} says of itself:`, { italic: true }), quote(part.text)])];
    case "item":
      return [
        { type: "divider" },
        richText([section(part.title, { bold: true }), section(part.status.text)]),
        ...part.sections.flatMap(sectionBlocks),
        ...linkBlocks(part.link),
        ...actionsOf(part.buttons),
      ];
    default:
      return part satisfies never;
  }
}

function actionsOf(buttons: readonly CardButton[]): object[] {
  if (buttons.length > BUTTONS_MAX) throw new TooLong("buttons", buttons.length, BUTTONS_MAX);
  const elements = buttons.map(({ label, style, token }) => {
    if (label.length > LABEL_LENGTH_MAX)
      throw new TooLong("letters of a button", label.length, LABEL_LENGTH_MAX);
    const colour = { approve: { style: "primary" }, deny: { style: "danger" }, plain: {} }[style];
    const text = { type: "plain_text", text: label, emoji: false };
    return { type: "button", text, action_id: token, value: token, ...colour };
  });
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

function richText(elements: readonly object[]): object {
  return { type: "rich_text", elements };
}

function section(text: string, style?: object): object {
  return { type: "rich_text_section", elements: pieces(text, style) };
}

function labelled(label: string, value: string): object {
  return { type: "rich_text_section", elements: [...pieces(`${label}: `, { bold: true }), ...pieces(value)] };
}

function quote(text: string): object {
  return { type: "rich_text_quote", elements: pieces(text) };
}

function preformatted(text: string): object {
  return { type: "rich_text_preformatted", elements: pieces(text) };
}

function linkBlocks(link: CardLink | null): object[] {
  if (link === null) return [];
  const elements = [{ type: "link", url: link.url, text: link.label }];
  return [richText([{ type: "rich_text_section", elements }])];
}

/** An element of text may be 3,000 letters long and never empty. */
function pieces(text: string, style?: object): object[] {
  const found: object[] = [];
  const letters = Array.from(text === "" ? " " : text);
  for (let from = 0; from < letters.length; from += PIECE_LENGTH_MAX / 2) {
    const piece = letters.slice(from, from + PIECE_LENGTH_MAX / 2).join("");
    found.push({ type: "text", text: piece, ...(style === undefined ? {} : { style }) });
  }
  return found;
}

/** Slack says no in a 200: docs.slack.dev/reference/methods/chat.postMessage, "Errors". */
const PASSING: ReadonlySet<string> = new Set([
  "fatal_error",
  "internal_error",
  "request_timeout",
  "service_unavailable",
  "team_added_to_org",
  "ratelimited",
  "rate_limited",
]);
const LONG: ReadonlySet<string> = new Set(["msg_too_long", "msg_blocks_too_long", "invalid_blocks"]);

function slackFailure(cause: unknown): Failure | null {
  const said = textAt(cause, "data", "error");
  const code = textAt(cause, "code");
  if (code === "slack_webapi_request_error") return failure("unreachable", cause);
  if (code === "slack_webapi_rate_limited_error") {
    const seconds = Number(at(cause, "retryAfter"));
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
    return { ...failure("unreachable", cause), retryAfterMs };
  }
  if (code !== "slack_webapi_platform_error" || said === null) return null;
  const kind = PASSING.has(said) ? "unreachable" : LONG.has(said) ? "tooLong" : "refused";
  return failure(kind, `Slack says ${said}`);
}
