// A homeserver as far as a bot sees it. Shapes: Matrix Client-Server API v1.11 (spec.matrix.org): "Sending events to a room",
// "Syncing", "Event replacements", "Rate limiting", "Server-side transaction ids". Rendering: "Instant messaging", "Mentions".
import { randomBytes } from "node:crypto";
import { PLATFORMS } from "#chat";
import type { Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "matrix");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const matrixTraits: Traits = {
  abilities: row.abilities,
  tenants: true,
  dated: false,
  webhook: false,
  words: true,
  idempotent: true,
  autolinks: true,
};

const SELF = "@doorward:home.example";
const ROOM = "!hall:home.example";
const ROOM_PATH = /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/(.*)$/;

interface Content {
  readonly msgtype: string;
  readonly body: string;
  readonly format?: string;
  readonly formatted_body?: string;
  readonly "m.mentions"?: { readonly user_ids?: readonly string[]; readonly room?: boolean };
  readonly "m.new_content"?: Content;
  readonly "m.relates_to"?: { readonly rel_type?: string; readonly event_id?: string };
}

interface Event {
  readonly room: string;
  readonly event_id: string;
  readonly sender: string;
  readonly type: string;
  readonly origin_server_ts: number;
  content: Content | Record<string, never>;
}

export interface MatrixRig extends Rig {
  readonly rooms: Map<string, { isEncrypted: boolean }>;
  readonly invites: Map<string, string>;
  readonly joined: readonly string[];
  readonly calls: readonly Call[];
  /** As it would be after a restart of Doorward. */
  readonly reopen: () => Promise<Rig["channel"]>;
}

const NOT_FOUND: Reply = { status: 404, json: { errcode: "M_NOT_FOUND", error: "not found" } };
const EVENT_BYTES_MAX = 65_536;
/** Less than the 30 seconds that are asked for, so that tests end. */
const HOLD_MS = 100;

const isSend = ({ url }: Call): boolean => url.pathname.includes("/send/");

export async function openMatrixRig(token = `syt_${randomBytes(12).toString("hex")}`): Promise<MatrixRig> {
  const rooms = new Map([[ROOM, { isEncrypted: false }]]);
  const [invites, transactions] = [new Map<string, string>(), new Map<string, string>()];
  const joined: string[] = [];
  const events: Event[] = [];
  let direct: Record<string, string[]> = {};

  const add = (room: string, sender: string, content: Content): string => {
    const event_id = `$event${events.length}`;
    events.push({ room, event_id, sender, type: "m.room.message", origin_server_ts: Date.now(), content });
    return event_id;
  };
  const send = (room: string, rest: string, call: Call): Reply => {
    if (Buffer.byteLength(call.text) > EVENT_BYTES_MAX)
      return { status: 413, json: { errcode: "M_TOO_LARGE" } };
    const known = transactions.get(rest);
    const event_id = known ?? add(room, SELF, call.json as unknown as Content);
    transactions.set(rest, event_id);
    return { status: 200, json: { event_id } };
  };
  const inRoom = (room: string, rest: string, call: Call): Reply => {
    const known = rooms.get(room);
    if (known === undefined)
      return { status: 403, json: { errcode: "M_FORBIDDEN", error: "not in this room" } };
    if (rest.startsWith("state/m.room.encryption"))
      return known.isEncrypted ? { status: 200, json: { algorithm: "m.megolm.v1.aes-sha2" } } : NOT_FOUND;
    if (rest.startsWith("send/m.room.message/")) return send(room, rest, call);
    const event = events.find(({ event_id }) => rest === `event/${event_id}`);
    return event === undefined ? NOT_FOUND : { status: 200, json: event };
  };
  const sync = async ({ url }: Call): Promise<Reply> => {
    const since = url.searchParams.get("since");
    const from = since === null ? events.length : Number(since.slice(1));
    const holdMs = since === null ? 0 : HOLD_MS;
    for (let waited = 0; events.length === from && waited < holdMs; waited += 10)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const join: Record<string, { timeline: { events: Event[] } }> = {};
    for (const event of events.slice(from))
      (join[event.room] ??= { timeline: { events: [] } }).timeline.events.push(event);
    const invite = Object.fromEntries(
      [...invites].map(([room, sender]) => [
        room,
        {
          invite_state: {
            events: [{ type: "m.room.member", state_key: SELF, sender, content: { membership: "invite" } }],
          },
        },
      ]),
    );
    return { status: 200, json: { next_batch: `s${events.length}`, rooms: { join, invite } } };
  };
  const route = (call: Call): Reply | Promise<Reply> => {
    if (call.headers["authorization"] !== `Bearer ${token}`)
      return {
        status: 401,
        json: { errcode: "M_UNKNOWN_TOKEN", error: `${call.headers["authorization"]} is unknown` },
      };
    const path = decodeURIComponent(call.url.pathname);
    if (path.endsWith("/account/whoami")) return { status: 200, json: { user_id: SELF, device_id: "D" } };
    if (path.endsWith("/sync")) return sync(call);
    if (path.endsWith("/account_data/m.direct")) {
      if (call.method === "PUT") direct = call.json as Record<string, string[]>;
      return Object.keys(direct).length === 0 ? NOT_FOUND : { status: 200, json: direct };
    }
    if (path.endsWith("/createRoom")) {
      const room_id = `!direct${rooms.size}:home.example`;
      rooms.set(room_id, { isEncrypted: false });
      return { status: 200, json: { room_id } };
    }
    if (path.includes("/join/")) {
      const room = path.slice(path.lastIndexOf("/") + 1);
      joined.push(room);
      invites.delete(room);
      return { status: 200, json: { room_id: room } };
    }
    const [, room = "", rest = ""] = ROOM_PATH.exec(path) ?? [];
    return inRoom(room, rest, call);
  };
  const server = await openLocal({
    route,
    writes: isSend,
    fails: (call) => isSend(call) || call.url.pathname.endsWith("/whoami"),
    replies: {
      rate: {
        status: 429,
        json: { errcode: "M_LIMIT_EXCEEDED", error: "Too many requests", retry_after_ms: 7_000 },
      },
      revoked: { status: 401, json: { errcode: "M_UNKNOWN_TOKEN", error: `unknown token ${token}` } },
    },
  });
  const outside = openOutside();
  const settings = { homeserver: server.origin, allowPrivate: true };
  const reopen = () => platform.open({ settings, secrets: { accessToken: token }, webhook: null, outside });
  const channel = await reopen();
  const type = (deed: Deed, elsewhere: boolean): void => {
    const sender = elsewhere ? deed.user.replace(/:.*/, ":abroad.example") : deed.user;
    add(ROOM, sender, { msgtype: "m.text", body: deed.kind === "words" ? deed.text : "" });
  };
  return {
    channel,
    rooms,
    invites,
    joined,
    reopen,
    calls: server.calls,
    place: { kind: "room", id: ROOM },
    user: "@ada:home.example",
    secrets: [token],
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => rendered(events),
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        type(deed, how.elsewhere === true);
        return null;
      },
      // A homeserver gives every event once per since token; a second delivery is the same token asked for again.
      again: async () => null,
      answered: () => {},
      forget: ({ id }) => {
        const event = events.find(({ event_id }) => event_id === id);
        if (event !== undefined) event.content = {};
      },
    },
  };
}

/** "Event replacements": the newest replacement by the same sender is what is shown. */
function rendered(events: readonly Event[]): readonly Shown[] {
  const shown = new Map<string, Shown>();
  for (const { room, event_id, sender, content } of events) {
    if (sender !== SELF || !("body" in content)) continue;
    const relation = content["m.relates_to"];
    const isEdit = relation?.rel_type === "m.replace";
    const id = isEdit ? (relation?.event_id ?? "") : event_id;
    const now = isEdit ? content["m.new_content"] : content;
    shown.set(id, { ref: { place: { kind: "room", id: room }, id }, ...seen(now) });
  }
  const gone = events.filter(({ content }) => !("body" in content)).map(({ event_id }) => event_id);
  return [...shown.values()].filter(({ ref }) => !gone.includes(ref.id));
}

/** HTML counts where there is any; without `m.mentions`, words alone call people. */
function seen(content: Event["content"] | undefined): Omit<Shown, "ref"> {
  if (content === undefined || !("body" in content))
    return { text: "", buttons: [], links: [], mentions: [] };
  const text = content.formatted_body?.replaceAll(/<[^>]*>/g, "") ?? content.body;
  const called = content["m.mentions"] ?? { room: true };
  const links = [...text.matchAll(/https?:\/\/\S+/g)].map(([url]) => ({ text: url, url }));
  const mentions = [...(called.user_ids ?? []), ...(called.room === true ? ["@room"] : [])];
  return { text, buttons: [], links, mentions };
}
