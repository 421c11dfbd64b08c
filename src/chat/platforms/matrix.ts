import { createHash } from "node:crypto";
import { z } from "zod";
import { Fault } from "#base";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { type Caller, createCaller, textAt, valueAt } from "../http.ts";
import { fitting, plainCard } from "../plain.ts";
import type { Given, Platform } from "../platform.ts";
import type { Channel, Place, PlatformAbilities } from "../port.ts";
import { type Poll, startPoll } from "../poll.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { noWebhook } from "../webhook.ts";
import { serverOf, sync } from "./matrix-sync.ts";

const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: true,
  buttonsMax: 0,
  // An event has at most 65,536 bytes ("Size limits"); an edit holds the text twice, a letter takes three bytes.
  textMax: 9_000,
  inbound: "connection",
};

const settings = z.object({
  homeserver: z.url().describe("Address of the homeserver's client API: https://matrix.example.org"),
  allowPrivate: z.boolean().default(false).describe("The homeserver is on this machine or a private network"),
});

/** Half of it each: whether the room is encrypted, then the message. */
const PART_MS_MAX = CHANNEL_CALL_MS_MAX / 3;
const API = "/_matrix/client/v3";

/**
 * Matrix, client-server API v1.x (spec.matrix.org): messages with a transaction id, edits by `m.replace`, what is typed by
 * `/sync`. Encrypted rooms are refused: there everything would have to be taken on the word of a library of keys.
 */
export const matrix: Platform = {
  name: "matrix",
  title: "Matrix",
  abilities: ABILITIES,
  settings,
  secrets: {
    accessToken:
      "Access token of Doorward's own account (`POST /_matrix/client/v3/login`, or the client's settings)",
  },
  setup: [
    "Make an account for Doorward on your homeserver, used by nothing else, and get an access token for it.",
    "Make a room that is not encrypted, or let people of the same homeserver invite the account: it joins by itself.",
    "Use the room's id (`!abc:example.org`) or a person's (`@ada:example.org`) as the place to post to.",
  ],
  source: "Matrix Client-Server API, spec.matrix.org/latest/client-server-api",
  open: async (given) => openMatrix(given),
};

function openMatrix({ settings: given, secrets, outside }: Given): Channel {
  const { homeserver, allowPrivate } = settingsOf(settings, given);
  const token = secretOf(secrets, "accessToken");
  const call = createCaller({
    egress: outside.egress,
    title: "The homeserver",
    base: homeserver,
    allowPrivate,
    headers: { authorization: `Bearer ${token}` },
    secrets: [token],
    pauseOf: ({ json }) => {
      const pause = valueAt(json, "retry_after_ms");
      return typeof pause === "number" ? pause : null;
    },
  });
  let poll: Poll | null = null;
  const write = writer(call);
  const channel: Channel = {
    probe: async () => whoAmI(call),
    post: async (to, card, key) => {
      const { room, id } = await write(
        to,
        plain(plainCard(card, { typed: true, textMax: ABILITIES.textMax })),
        key,
      );
      return { place: { kind: "room", id: room }, id };
    },
    edit: async (message, card) => {
      const shown = plain(plainCard(card, { typed: true, textMax: ABILITIES.textMax }));
      await refuseGone(call, message.place.id, message.id);
      const content = {
        ...shown,
        body: `* ${shown.body}`,
        "m.new_content": shown,
        "m.relates_to": { rel_type: "m.replace", event_id: message.id },
      };
      await write(message.place, content, outside.ambient.id("edit"));
    },
    say: async (to, text, replyTo) => {
      const relation =
        replyTo === null ? {} : { "m.relates_to": { "m.in_reply_to": { event_id: replyTo.id } } };
      await write(to, { ...plain(fitting(text, ABILITIES.textMax)), ...relation }, outside.ambient.id("say"));
    },
    listen: async (inbox) => {
      const { id: self } = await whoAmI(call);
      await poll?.close();
      poll = startPoll({
        once: (signal) => sync({ call, inbox, self, signal, say: channel.say, report: outside.report }),
        state: inbox.state,
        report: outside.report,
      });
    },
    receive: noWebhook,
    close: async () => poll?.close(),
  };
  return channel;
}

type Write = (
  to: Place,
  content: object,
  key: string,
) => Promise<{ readonly room: string; readonly id: string }>;

/** The same key is the same transaction: the homeserver sends it once. */
function writer(call: Caller): Write {
  return async (to, content, key) => {
    const room = await roomOf(call, to);
    const path = `${API}/rooms/${encodeURIComponent(room)}`;
    await refuseEncrypted(call, path);
    const transaction = createHash("sha256").update(key).digest("hex").slice(0, 40);
    const body = JSON.stringify(content);
    const told = await call({
      method: "PUT",
      path: `${path}/send/m.room.message/${transaction}`,
      body,
      timeoutMs: PART_MS_MAX,
    });
    const id = textAt(told.json, "event_id");
    if (id === null) throw channelUnreachable("the homeserver names no event for what it took");
    return { room, id };
  };
}

/** `m.mentions` empty: since v1.7 nobody is called by words alone. No `formatted_body`: then no letter of it is mark-up. */
const plain = (body: string) => ({ msgtype: "m.text", body, "m.mentions": {} });

async function whoAmI(call: Caller): Promise<{ id: string; name: string; tenant: string }> {
  const id = textAt((await call({ method: "GET", path: `${API}/account/whoami` })).json, "user_id");
  if (id === null || !id.includes(":")) throw channelUnreachable("the homeserver does not say who we are");
  return { id, name: id, tenant: serverOf(id) };
}

/** A person's room: the one that is kept under `m.direct`, else a new one. */
async function roomOf(call: Caller, { kind, id }: Place): Promise<string> {
  if (kind === "room") return id;
  const { id: self } = await whoAmI(call);
  const path = `${API}/user/${encodeURIComponent(self)}/account_data/m.direct`;
  const known =
    (await call({ method: "GET", path, timeoutMs: PART_MS_MAX }).catch(unlessMissing))?.json ?? {};
  const room = textAt(known, id, 0);
  if (room !== null) return room;
  const json = { invite: [id], is_direct: true, preset: "private_chat" };
  const made = textAt(
    (await call({ method: "POST", path: `${API}/createRoom`, json, timeoutMs: PART_MS_MAX })).json,
    "room_id",
  );
  if (made === null) throw channelUnreachable("the homeserver names no room for what it made");
  const body = JSON.stringify({ ...Object(known), [id]: [made] });
  await call({ method: "PUT", path, body, timeoutMs: PART_MS_MAX });
  return made;
}

async function refuseEncrypted(call: Caller, path: string): Promise<void> {
  const asked = { method: "GET", path: `${path}/state/m.room.encryption/`, timeoutMs: PART_MS_MAX } as const;
  const told = await call(asked).catch(unlessMissing);
  if (told !== null)
    throw channelRefused(
      "the room is encrypted",
      "Use a room without encryption: Doorward holds no keys of Matrix.",
    );
}

/** A message that was removed (redacted) or never was cannot show anything in its place. */
async function refuseGone(call: Caller, room: string, event: string): Promise<void> {
  const path = `${API}/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`;
  const { json } = await call({ method: "GET", path, timeoutMs: PART_MS_MAX });
  if (textAt(json, "content", "body") === null) throw channelRefused("the message was removed");
}

/** 404 `M_NOT_FOUND` is an answer here; every other refusal stays one. */
function unlessMissing(cause: unknown): null {
  if (cause instanceof Fault && cause.code === "channel_refused" && / answers 404\b/.test(cause.message))
    return null;
  throw cause;
}
