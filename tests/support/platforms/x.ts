// X as an app sees it. Shapes: docs.x.com (POST /2/dm_conversations/with/:id/messages, GET /2/users/me, rate limit headers,
// Account Activity payloads and challenge-response checks), and the types of the Chat SDK's adapter (github.com/vercel/chat,
// packages/adapter-x/src/types.ts).
import { createHmac, randomBytes } from "node:crypto";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "x");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const xTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: true,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: true,
};

export interface XRig extends Rig {
  readonly consumerSecret: string;
  readonly seen: readonly Call[];
  /** The next event comes in the form of the newer Activity API. */
  readonly wrapNext: () => void;
}

const SELF = "370773112";
const PATH = /^\/2\/dm_conversations\/(?:with\/)?([^/]+)\/messages$/;

export async function openXRig(): Promise<XRig> {
  const made = randomBytes(60).toString("hex");
  const secrets = {
    consumerKey: made.slice(0, 25),
    consumerSecret: made.slice(25, 60),
    token: `${SELF}-${made.slice(60, 90)}`,
    tokenSecret: made.slice(90),
  };
  const sent: { readonly to: string; readonly text: string }[] = [];
  let [events, isWrapped] = [0, false];
  let last: WebhookRequest | null = null;

  const route = ({ headers, json, url }: Call): Reply => {
    const isSigned = headers["authorization"]?.includes(`oauth_token="${secrets.token}"`) === true;
    if (!isSigned)
      return { status: 401, json: { title: "Unauthorized", status: 401, detail: "Unauthorized" } };
    if (url.pathname === "/2/users/me")
      return { status: 200, json: { data: { id: SELF, name: "Doorward", username: "doorward" } } };
    const [, to] = PATH.exec(url.pathname) ?? [];
    const text = String(json?.["text"]);
    if (to === undefined || text.length > 10_000)
      return { status: 400, json: { title: "Invalid Request", detail: "no" } };
    sent.push({ to, text });
    return {
      status: 201,
      json: { data: { dm_conversation_id: `${SELF}-${to}`, dm_event_id: `dm${sent.length - 1}` } },
    };
  };
  const date = "Sat, 21 Nov 2026 22:00:00 GMT";
  const reset = String(Date.parse(date) / 1_000 + 7);
  const server = await openLocal({
    route,
    writes: ({ method }) => method === "POST",
    replies: {
      rate: {
        status: 429,
        headers: { date, "x-rate-limit-reset": reset },
        json: { title: "Too Many Requests", status: 429 },
      },
      revoked: {
        status: 401,
        json: { title: "Unauthorized", detail: `Invalid or expired token ${secrets.token}` },
      },
    },
  });
  const outside = openOutside();
  const settings = { api: server.origin, allowPrivate: true };
  const channel = await platform.open({ settings, secrets, webhook: "https://doorward.example/h", outside });

  const happened = (deed: Deed, { agoMs = 0, forged = false }: Circumstances): WebhookRequest => {
    events += 1;
    const message_data = {
      text: deed.kind === "words" ? deed.text.replaceAll("&", "&amp;") : "",
      entities: {},
    };
    const message_create = { target: { recipient_id: SELF }, sender_id: deed.user, message_data };
    const event = {
      type: "message_create",
      id: `e${events}`,
      created_timestamp: String(Date.now() - agoMs),
      message_create,
    };
    const bare = { for_user_id: SELF, direct_message_events: [event], users: {} };
    const wrapped = { data: { event_type: "dm.received", event_uuid: `u${events}`, payload: bare } };
    const body = JSON.stringify(isWrapped ? wrapped : bare);
    const signature = createHmac("sha256", forged ? "other" : secrets.consumerSecret)
      .update(body)
      .digest("base64");
    const headers = { "x-twitter-webhooks-signature": `sha256=${signature}` };
    return { method: "POST", url: "/h", headers, body: Buffer.from(body) };
  };
  return {
    channel,
    consumerSecret: secrets.consumerSecret,
    seen: server.calls,
    wrapNext: () => {
      isWrapped = true;
    },
    place: { kind: "person", id: "1001" },
    user: "1001",
    secrets: Object.values(secrets),
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => sent.map(rendered),
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        last = happened(deed, how);
        return last;
      },
      again: async () => last,
      answered: () => {},
      forget: () => {},
    },
  };
}

/** Plain text; clients make links of bare addresses. */
function rendered({ to, text }: { readonly to: string; readonly text: string }, at: number): Shown {
  return {
    ref: { place: { kind: "person", id: to }, id: `dm${at}` },
    text,
    buttons: [],
    links: [...text.matchAll(/https?:\/\/\S+/g)].map(([url]) => ({ text: url, url })),
    mentions: [],
  };
}
