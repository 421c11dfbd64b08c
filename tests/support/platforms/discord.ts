// Discord as a bot sees it. Interactions as recorded in github.com/vercel/chat at c4f709f,
// packages/integration-tests/fixtures/replay/discord.json (buttonClickHello); the gateway: docs.discord.com/developers/events/gateway
// (hello, identify, ready, heartbeat) and .../gateway-events (MESSAGE_CREATE, INTERACTION_CREATE); messages, errors and 429:
// .../resources/message, .../topics/rate-limits; signatures: .../interactions/overview#setting-up-an-endpoint.
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebhookRequest } from "#chat";
import type { Circumstances, Deed, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { rowOf, type SdkPlatform } from "./sdk.ts";
import { acceptSocket, type ServerSocket } from "./websocket.ts";

const [APPLICATION, GUILD, ROOM, ADA] = [
  "1457469483726668048",
  "1457468924290662599",
  "1457510428359004343",
  "1033044521375764530",
];
const SECRETS = { botToken: "MTQ1NzQ2OTQ4MzcyNjY2ODA0OA.G-secret.secret-secret-secret" };
const BOT = {
  id: APPLICATION,
  username: "doorward",
  discriminator: "6184",
  global_name: null,
  avatar: null,
  bot: true,
};
const KEYS = generateKeyPairSync("ed25519");
const OTHERS = generateKeyPairSync("ed25519");
const DISCORD_EPOCH_MS = 1_420_070_400_000;

export const discordTraits = (mode: "gateway" | "webhook"): Traits => ({
  abilities: { ...rowOf("discord").abilities, inbound: mode === "gateway" ? "connection" : "webhook" },
  tenants: true,
  dated: true,
  webhook: mode === "webhook",
  words: mode === "gateway",
  idempotent: true,
  autolinks: true,
});

interface Embed {
  readonly description?: string;
}
interface Component {
  readonly type: number;
  readonly components?: readonly Component[];
  readonly label?: string;
  readonly custom_id?: string;
}

export async function openDiscord(mode: "gateway" | "webhook"): Promise<SdkPlatform> {
  let shown: Shown[] = [];
  let [count, sequence] = [0, 0];
  let last: WebhookRequest | { t: string; d: object } | null = null;
  const sockets = new Set<ServerSocket>();
  const nonces = new Map<string, string>();
  const newId = (): string => {
    count += 1;
    return String((BigInt(Date.now() - DISCORD_EPOCH_MS) << 22n) | BigInt(count));
  };
  const posted = (json: Readonly<Record<string, unknown>>, channel: string): Reply => {
    const nonce = json["enforce_nonce"] === true ? String(json["nonce"]) : null;
    const before = nonce === null ? undefined : nonces.get(nonce);
    const id = before ?? newId();
    if (nonce !== null) nonces.set(nonce, id);
    if (before === undefined) shown.push(put(json, channel, id));
    return { status: 200, json: { id, channel_id: channel, author: BOT } };
  };
  const route = (call: Call): Reply => {
    const json = call.json ?? {};
    const path = call.url.pathname.replace("/api/v10", "");
    const [, channel, id] = /^\/channels\/(\d+)\/messages(?:\/(\d+))?$/.exec(path) ?? [];
    if (path === "/users/@me") return { status: 200, json: BOT };
    if (path === "/gateway/bot") return { status: 200, json: gatewayAt(server.origin) };
    if (path.startsWith("/interactions/")) return { status: 204, headers: { "content-type": "text/plain" } };
    if (path.startsWith("/webhooks/")) return posted(json, ROOM);
    if (channel === undefined) return { status: 404, json: { message: "404: Not Found", code: 0 } };
    if (call.method === "POST") return posted(json, channel);
    const at = shown.findIndex(({ ref }) => ref.id.endsWith(` ${id}`));
    if (at < 0) return { status: 404, json: { message: "Unknown Message", code: 10_008 } };
    shown[at] = put(json, channel, id ?? "");
    return { status: 200, json: { id, channel_id: channel } };
  };
  const server = await openLocal({
    route,
    fails: ({ url }) => !/gateway|interactions/.test(url.pathname),
    writes: ({ url, method }) => method !== "GET" && /messages/.test(url.pathname),
    replies: {
      rate: {
        status: 429,
        headers: { "retry-after": "7" },
        json: { message: "You are being rate limited.", retry_after: 7, global: false },
      },
      revoked: { status: 401, json: { message: "401: Unauthorized", code: 0 } },
    },
    upgrade: (request: IncomingMessage, socket: Duplex) => {
      const mine = acceptSocket(request, socket, (text) => {
        const { op } = JSON.parse(text) as { op: number };
        if (op === 1) mine.send(JSON.stringify({ op: 11 }));
        if (op !== 2) return;
        sockets.add(mine);
        dispatch(mine, "READY", {
          v: 10,
          user: BOT,
          guilds: [],
          session_id: "s",
          resume_gateway_url: server.origin.replace("http", "ws"),
          application: { id: APPLICATION, flags: 0 },
        });
        dispatch(mine, "GUILD_CREATE", guild());
      });
      socket.on("close", () => sockets.delete(mine));
      mine.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }));
    },
  });
  const dispatch = (socket: ServerSocket, t: string, d: object): void => {
    sequence += 1;
    socket.send(JSON.stringify({ op: 0, s: sequence, t, d }));
  };
  const deliver = ({ t, d }: { t: string; d: object }): null => {
    for (const socket of sockets) dispatch(socket, t, d);
    return null;
  };
  return {
    settings: {
      mode,
      applicationId: APPLICATION,
      guildId: GUILD,
      publicKey: rawKey(KEYS.publicKey),
      apiUrl: `${server.origin}/api/v10`,
    },
    secrets: SECRETS,
    reset: () => {
      shown = [];
      nonces.clear();
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
          const event =
            deed.kind === "tap"
              ? { t: "INTERACTION_CREATE", d: interactionOf(deed, newId(), how) }
              : { t: "MESSAGE_CREATE", d: messageOf(deed, newId(), how) };
          last = mode === "webhook" ? requestOf(event.d, how) : event;
          return "t" in last ? deliver(last) : last;
        },
        again: async () => {
          if (last === null) return null;
          return "t" in last ? deliver(last) : last;
        },
        answered: () => {},
        forget: ({ id }) => {
          shown = shown.filter(({ ref }) => ref.id !== id);
        },
      },
    },
  };
}

const put = (json: Readonly<Record<string, unknown>>, channel: string, id: string): Shown => ({
  ref: { place: { kind: "room", id: channel }, id: `discord:${channel} ${id}` },
  ...render(json),
});

const gatewayAt = (origin: string): object => ({
  url: origin.replace("http", "ws"),
  shards: 1,
  session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
});

const guild = (): object => ({
  id: GUILD,
  name: "House",
  channels: [{ id: ROOM, type: 0, name: "room", guild_id: GUILD, position: 0, permission_overwrites: [] }],
  roles: [{ id: GUILD, name: "@everyone", permissions: "0", position: 0, color: 0 }],
  members: [],
  member_count: 2,
  threads: [],
  emojis: [],
  stickers: [],
  voice_states: [],
  presences: [],
  features: [],
});

const rawKey = (key: KeyObject): string =>
  key.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
const userOf = (id: string): object => ({
  id,
  username: "ada",
  discriminator: "0",
  global_name: "Ada",
  avatar: null,
});
const guildOf = (how: Circumstances): string => (how.elsewhere === true ? "1457468924290669999" : GUILD);

function interactionOf(deed: Extract<Deed, { kind: "tap" }>, id: string, how: Circumstances): object {
  const [channel = "", message = ""] = deed.on.id.replace("discord:", "").split(" ");
  return {
    id,
    application_id: APPLICATION,
    type: 3,
    version: 1,
    token: `token-of-${id}`,
    guild_id: guildOf(how),
    channel_id: channel,
    channel: { id: channel, type: 0, guild_id: guildOf(how), name: "room" },
    member: {
      user: userOf(deed.user),
      roles: [],
      permissions: "0",
      joined_at: "2026-01-04T20:21:10.139000+00:00",
      flags: 0,
    },
    message: {
      id: message,
      channel_id: channel,
      author: BOT,
      content: "",
      type: 0,
      embeds: [],
      components: [],
      attachments: [],
    },
    data: { component_type: 2, custom_id: deed.token, id: 2 },
    app_permissions: "2248473465835073",
    attachment_size_limit: 10_485_760,
    authorizing_integration_owners: { "0": guildOf(how) },
    entitlements: [],
    locale: "en-US",
    guild_locale: "en-US",
    context: 0,
  };
}

function messageOf(deed: Extract<Deed, { kind: "words" }>, id: string, how: Circumstances): object {
  return {
    id,
    type: 0,
    channel_id: ROOM,
    guild_id: guildOf(how),
    author: userOf(deed.user),
    content: deed.text,
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    attachments: [],
    embeds: [],
    components: [],
  };
}

function requestOf(interaction: object, how: Circumstances): WebhookRequest {
  const body = JSON.stringify(interaction);
  const seconds = String(Math.floor((Date.now() - (how.agoMs ?? 0)) / 1000));
  const key = how.forged === true ? OTHERS.privateKey : KEYS.privateKey;
  const headers = {
    "content-type": "application/json",
    "x-signature-ed25519": sign(null, Buffer.from(seconds + body), key).toString("hex"),
    "x-signature-timestamp": seconds,
  };
  return { method: "POST", url: "/hooks/discord", headers, body: Buffer.from(body) };
}

/**
 * An embed's description as clients show it (docs.discord.com/developers/reference#message-formatting and the help page
 * "Markdown Text 101"): a backslash makes a letter of the sign after it, `**` is strong; any other sign left open would be
 * mark-up. Addresses are made links. Embeds call nobody.
 */
function render(
  json: Readonly<Record<string, unknown>>,
): Pick<Shown, "text" | "buttons" | "links" | "mentions"> {
  const text = ((json["embeds"] ?? []) as readonly Embed[])
    .map(({ description = "" }) => description)
    .join("\n");
  const links = [...text.matchAll(/https?:\/\/[^\s\\]+/g)].map(([url]) => ({ text: url, url }));
  const open = text
    .replaceAll(/https?:\/\/[^\s\\]+/g, "")
    .replaceAll(/\\[!-/:-@[-`{-~]/g, "")
    .replaceAll("**", "");
  if (/[*_~`|<>#[\]()]/.test(open)) throw new Error(`mark-up: ${open}`);
  const bare = text.replaceAll(/(?<!\\)\*\*/g, "").replaceAll(/\\([!-/:-@[-`{-~])/g, "$1");
  const buttons = ((json["components"] ?? []) as readonly Component[]).flatMap(({ components = [] }) =>
    components.map(({ label = "", custom_id: token = "" }) => ({ label, token })),
  );
  const mayPing = JSON.stringify(json["allowed_mentions"]) !== '{"parse":[]}';
  return { text: bare, buttons, links, mentions: mayPing ? ["whoever is named"] : [] };
}
