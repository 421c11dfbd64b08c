// Slack as its app sees it. Events and interactions: the shapes recorded in github.com/vercel/chat at c4f709f,
// packages/integration-tests/fixtures/replay/{actions-reactions,dm}/slack.json; methods and errors: docs.slack.dev/reference/methods
// (auth.test, chat.postMessage, chat.update, chat.postEphemeral, conversations.open, users.info, apps.connections.open);
// Socket Mode envelopes: docs.slack.dev/apis/events-api/using-socket-mode; signatures: docs.slack.dev/authentication/verifying-requests-from-slack.
import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebhookRequest } from "#chat";
import type { Circumstances, Deed, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { rowOf, type SdkPlatform } from "./sdk.ts";
import { acceptSocket, type ServerSocket } from "./websocket.ts";

const [TEAM, BOT, ROOM, DM, ADA] = [
  "T00FAKE00AA",
  "U00FAKEBOT01",
  "C00FAKECHAN1",
  "D0A5319PS02",
  "U00FAKEUSER1",
];
const SECRETS = {
  botToken: "xoxb-1234567890-abcdefghijkl",
  appToken: "xapp-1-A00FAKEAPP01-secretsecret",
  signingSecret: "8f742231b10e8888abcd99yyyzzz85a5",
};

export const slackTraits = (mode: "socket" | "webhook"): Traits => ({
  abilities: { ...rowOf("slack").abilities, inbound: mode === "socket" ? "connection" : "webhook" },
  tenants: true,
  dated: true,
  webhook: mode === "webhook",
  words: true,
  idempotent: false,
  autolinks: false,
});

interface Message extends Shown {
  readonly channel: string;
}

export async function openSlack(
  mode: "socket" | "webhook",
): Promise<SdkPlatform & { readonly calls: readonly Call[] }> {
  let shown: Message[] = [];
  let count = 0;
  let last: WebhookRequest | string | null = null;
  const sockets = new Set<ServerSocket>();
  const stamp = (): string => {
    count += 1;
    return `${Math.floor(Date.now() / 1000)}.${String(count).padStart(6, "0")}`;
  };
  const put = (form: URLSearchParams, ts: string): Message => {
    const channel = form.get("channel") ?? "";
    const place =
      channel === DM ? ({ kind: "person", id: ADA } as const) : ({ kind: "room", id: channel } as const);
    return { channel, ref: { place, id: `slack:${channel} ${ts}` }, ...render(form) };
  };
  const route = (call: Call): Reply => {
    const form = new URLSearchParams(call.text);
    const given = call.headers["authorization"];

    switch (call.url.pathname) {
      case "/api/auth.test":
        return ok({ user_id: BOT, user: "doorward", team_id: TEAM, team: "House", bot_id: "B00FAKEBOT01" });
      case "/api/users.info":
        return ok({
          user: { id: form.get("user"), name: "ada", real_name: "Ada", profile: { display_name: "Ada" } },
        });
      case "/api/conversations.open":
        return ok({ channel: { id: DM } });
      case "/api/apps.connections.open":
        if (given !== `Bearer ${SECRETS.appToken}`)
          return { status: 200, json: { ok: false, error: "invalid_auth" } };
        return ok({ url: `${server.origin.replace("http", "ws")}/link/?ticket=t` });
      case "/api/chat.postMessage":
      case "/api/chat.postEphemeral": {
        const ts = stamp();
        shown.push(put(form, ts));
        return ok({ ts, message_ts: ts, channel: form.get("channel"), message: { ts } });
      }
      case "/api/chat.update": {
        const at = shown.findIndex(({ ref }) => ref.id.endsWith(` ${form.get("ts")}`));
        if (at < 0) return { status: 200, json: { ok: false, error: "message_not_found" } };
        shown[at] = put(form, form.get("ts") ?? "");
        return ok({ ts: form.get("ts"), channel: form.get("channel") });
      }
      default:
        return { status: 200, json: { ok: false, error: "unknown_method" } };
    }
  };
  const server = await openLocal({
    route,
    fails: ({ url }) => !/apps\.connections\.open|users\.info/.test(url.pathname),
    writes: ({ url }) => /chat\./.test(url.pathname),
    upgrade: (request: IncomingMessage, socket: Duplex) => {
      const mine = acceptSocket(request, socket, () => {});
      sockets.add(mine);
      socket.on("close", () => sockets.delete(mine));
      mine.send(
        JSON.stringify({ type: "hello", num_connections: 1, connection_info: { app_id: "A00FAKEAPP01" } }),
      );
    },
    replies: {
      revoked: { status: 200, json: { ok: false, error: "token_revoked" } },
      hollow: { status: 200, json: { ok: true } },
    },
  });
  const deliver = (envelope: string): null => {
    for (const socket of sockets) socket.send(envelope);
    return null;
  };
  return {
    calls: server.calls,
    settings: { mode, apiUrl: `${server.origin}/api/` },
    secrets: SECRETS,
    reset: () => {
      shown = [];
    },
    close: async () => {
      for (const socket of sockets) socket.close();
      await server.close();
    },
    rig: {
      place: { kind: "room", id: ROOM },
      user: ADA,
      platform: {
        shown: async () => shown,
        writes: server.writes,
        failNext: server.failNext,
        does: async (deed, how = {}) => {
          const payload = deed.kind === "tap" ? tapOf(deed, stamp(), how) : wordsOf(deed, stamp(), how);
          last =
            mode === "webhook" ? requestOf(deed.kind, payload, how) : envelopeOf(deed.kind, payload, stamp());
          return typeof last === "string" ? deliver(last) : last;
        },
        again: async () => (typeof last === "string" ? deliver(last) : last),
        answered: () => {},
        forget: ({ id }) => {
          shown = shown.filter(({ ref }) => ref.id !== id);
        },
      },
    },
  };
}

const ok = (json: object): Reply => ({ status: 200, json: { ok: true, ...json } });
const teamOf = (how: Circumstances): string => (how.elsewhere === true ? "T0ELSEWHERE" : TEAM);

function tapOf(deed: Extract<Deed, { kind: "tap" }>, ts: string, how: Circumstances): object {
  const [channel = "", message = ""] = deed.on.id.replace("slack:", "").split(" ");
  return {
    type: "block_actions",
    user: { id: deed.user, username: "ada", name: "ada", team_id: teamOf(how) },
    api_app_id: "A00FAKEAPP01",
    container: { type: "message", message_ts: message, channel_id: channel, is_ephemeral: false },
    trigger_id: `${ts}.3901254001572.2e2548aa918b35fd85829545c2d4ae2b`,
    team: { id: TEAM, domain: "house" },
    channel: { id: channel, name: "room" },
    message: { user: BOT, type: "message", ts: message },
    actions: [{ type: "button", block_id: "P0z+f", action_id: deed.token, value: deed.token, action_ts: ts }],
  };
}

function wordsOf(deed: Extract<Deed, { kind: "words" }>, ts: string, how: Circumstances): object {
  const event = {
    type: "message",
    user: deed.user,
    ts,
    text: deed.text,
    channel: DM,
    event_ts: ts,
    channel_type: "im",
  };
  return {
    team_id: TEAM,
    api_app_id: "A00FAKEAPP01",
    event: { ...event, team: teamOf(how), user_team: teamOf(how) },
    type: "event_callback",
    event_id: `Ev${ts}`,
    authorizations: [{ user_id: BOT, team_id: TEAM, is_bot: true }],
  };
}

const envelopeOf = (kind: Deed["kind"], payload: object, id: string): string =>
  JSON.stringify({
    envelope_id: id,
    type: kind === "tap" ? "interactive" : "events_api",
    payload,
    accepts_response_payload: kind === "tap",
  });

function requestOf(kind: Deed["kind"], payload: object, how: Circumstances): WebhookRequest {
  const body =
    kind === "tap" ? `payload=${encodeURIComponent(JSON.stringify(payload))}` : JSON.stringify(payload);
  const type = kind === "tap" ? "application/x-www-form-urlencoded" : "application/json";
  const seconds = String(Math.floor((Date.now() - (how.agoMs ?? 0)) / 1000));
  const key = how.forged === true ? "another" : SECRETS.signingSecret;
  const signature = createHmac("sha256", key).update(`v0:${seconds}:${body}`).digest("hex");
  const headers = {
    "content-type": type,
    "x-slack-request-timestamp": seconds,
    "x-slack-signature": `v0=${signature}`,
  };
  return { method: "POST", url: "/hooks/slack", headers, body: Buffer.from(body) };
}

type Element = Readonly<Record<string, unknown>>;

/** Block Kit as clients show it (docs.slack.dev/reference/block-kit/blocks/rich-text-block): an element of text is its letters. */
function render(form: URLSearchParams): Pick<Shown, "text" | "buttons" | "links" | "mentions"> {
  const blocks: Element[] = JSON.parse(form.get("blocks") ?? "[]");
  const text: string[] = [];
  const buttons: { label: string; token: string }[] = [];
  const links: { text: string; url: string }[] = [];
  const mentions: string[] = [];
  const see: Readonly<Record<string, (element: Element) => void>> = {
    text: (element) => void text.push(String(element["text"])),
    plain_text: (element) => void text.push(String(element["text"])),
    mrkdwn: () => {
      throw new Error("mrkdwn is parsed for mark-up");
    },
    link: (element) => {
      text.push(String(element["text"]));
      links.push({ text: String(element["text"]), url: String(element["url"]) });
    },
    user: (element) => void mentions.push(JSON.stringify(element)),
    broadcast: (element) => void mentions.push(JSON.stringify(element)),
    button: (element) =>
      void buttons.push({
        label: String((element["text"] as Element)["text"]),
        token: String(element["action_id"]),
      }),
  };
  const walk = (element: Element): void => {
    const { type } = element;
    const mine = see[String(type)];
    if (mine !== undefined) return mine(element);
    const inner = [element["text"], ...((element["elements"] ?? []) as Element[])];
    for (const one of inner) if (typeof one === "object" && one !== null) walk(one as Element);
    if (type !== "rich_text") text.push("\n");
  };
  for (const block of blocks) walk(block);
  return { text: text.join(""), buttons, links, mentions };
}
