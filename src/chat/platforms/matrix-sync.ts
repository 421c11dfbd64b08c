import { type Caller, listAt, textAt, valueAt } from "../http.ts";
import type { Channel, Inbox, PlatformUser } from "../port.ts";

/** `@ada:example.org` -> `example.org`. */
export const serverOf = (user: string): string => user.slice(user.indexOf(":") + 1);

/** How long the homeserver holds the question open while nothing happens. */
const HOLD_MS = 30_000;
const ANSWER_MS_MAX = 45_000;
const EVENTS_MAX = 50;

const NONE = { types: [] };
/** Messages alone: nothing else is looked at, and nothing else is sent. */
const FILTER = encodeURIComponent(
  JSON.stringify({
    presence: NONE,
    account_data: NONE,
    room: {
      account_data: NONE,
      ephemeral: NONE,
      state: NONE,
      timeline: { types: ["m.room.message"], limit: EVENTS_MAX },
    },
  }),
);

interface Syncing {
  readonly call: Caller;
  readonly inbox: Inbox;
  /** Our own user id. */
  readonly self: string;
  readonly signal: AbortSignal;
  readonly say: Channel["say"];
  readonly report: (what: string, cause: unknown) => void;
}

/** One `/sync`: all messages since the cursor, then the cursor. The first one of all only finds out where the stream is. */
export async function sync(syncing: Syncing): Promise<void> {
  const { call, inbox, signal } = syncing;
  const since = inbox.cursor.get();
  const from = since === null ? "timeout=0" : `timeout=${HOLD_MS}&since=${encodeURIComponent(since)}`;
  const path = `/_matrix/client/v3/sync?filter=${FILTER}&${from}`;
  const { json } = await call({ method: "GET", path, timeoutMs: ANSWER_MS_MAX, signal });
  const next = textAt(json, "next_batch");
  if (next === null) return;
  await join(syncing, valueAt(json, "rooms", "invite"));
  if (since !== null) await handIn(json, syncing);
  await inbox.cursor.set(next);
}

async function handIn(json: unknown, { inbox, self, say }: Syncing): Promise<void> {
  for (const [room, part] of entriesOf(valueAt(json, "rooms", "join"))) {
    for (const event of listAt(part, "timeline", "events")) {
      const [id, sender, body] = [
        textAt(event, "event_id"),
        textAt(event, "sender"),
        textAt(event, "content", "body"),
      ];
      const isWords =
        textAt(event, "type") === "m.room.message" && textAt(event, "content", "msgtype") === "m.text";
      if (id === null || sender === null || body === null || sender === self || !isWords) continue;
      // An edit is no new word: what somebody typed first is what counts.
      if (textAt(event, "content", "m.relates_to", "rel_type") === "m.replace") continue;
      const user: PlatformUser = { id: sender, tenant: serverOf(sender), name: sender };
      const at = Number(valueAt(event, "origin_server_ts"));
      const place = { kind: "room", id: room } as const;
      const said = await inbox.take({
        kind: "words",
        event: id,
        user,
        text: withoutFallback(body),
        place,
        message: { place, id },
        at: Number.isSafeInteger(at) ? at : 0,
      });
      if (said !== null) await say(place, said, { place, id });
    }
  }
}

/** Invitations of people of our own homeserver are followed; those of others stay where they are. */
async function join({ call, self, signal, report }: Syncing, invites: unknown): Promise<void> {
  for (const [room, part] of entriesOf(invites)) {
    const by = listAt(part, "invite_state", "events").find((event) => textAt(event, "state_key") === self);
    if (serverOf(textAt(by, "sender") ?? "") !== serverOf(self)) continue;
    const path = `/_matrix/client/v3/join/${encodeURIComponent(room)}`;
    await call({ method: "POST", path, json: {}, signal }).catch((cause: unknown) =>
      report("channel_not_joined", cause),
    );
  }
}

function entriesOf(json: unknown): readonly (readonly [string, unknown])[] {
  return typeof json === "object" && json !== null ? Object.entries(json) : [];
}

/** Replies of older clients begin with what they reply to, in lines with `> ` ("Fallbacks for rich replies"). */
function withoutFallback(body: string): string {
  return body.startsWith("> ") ? body.replace(/^(?:>[^\n]*\n)+\n?/, "") : body;
}
