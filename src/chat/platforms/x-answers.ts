import { listAt, textAt, valueAt } from "../http.ts";
import type { Channel, Inbox, WebhookAnswer, WebhookRequest } from "../port.ts";
import { answered, hmac, isRecent, isSame, jsonOf, queryOf, refused, WEBHOOK_BYTES_MAX } from "../webhook.ts";

interface Trust {
  readonly consumerSecret: string;
  /** Our own numeric id. */
  readonly self: string;
  readonly now: number;
  readonly say: Channel["say"];
}

/**
 * The challenge is answered with the same key that signs events: only what looks like a challenge of X's is signed, so that
 * nobody has us sign an event of theirs (JSON holds letters that no challenge does).
 */
const CHALLENGE = /^[\w+/=-]{16,128}$/;

/** `x-twitter-webhooks-signature`: `sha256=` and base64 of HMAC-SHA256 over the body; each event carries its time. */
export async function receive(request: WebhookRequest, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  if (request.method === "GET") return challenged(request, trust.consumerSecret);
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  const right = `sha256=${hmac("sha256", trust.consumerSecret, request.body, "base64")}`;
  if (!isSame(request.headers["x-twitter-webhooks-signature"], right)) return refused(401);
  const json = jsonOf(request);
  if (json === undefined) return refused(400);
  for (const event of eventsOf(json)) await take(event, inbox, trust);
  return answered();
}

function challenged(request: WebhookRequest, consumerSecret: string): WebhookAnswer {
  const challenge = queryOf(request).get("crc_token") ?? "";
  if (!CHALLENGE.test(challenge)) return refused(400);
  return answered({ response_token: `sha256=${hmac("sha256", consumerSecret, challenge, "base64")}` });
}

/** Account Activity sends `direct_message_events` bare; the newer Activity API wraps them in `data`, one or several. */
function eventsOf(json: unknown): readonly unknown[] {
  const data = valueAt(json, "data");
  const wraps = Array.isArray(data) ? data : [data];
  return [json, ...wraps.map((one) => valueAt(one, "payload"))].flatMap((one) =>
    listAt(one, "direct_message_events"),
  );
}

async function take(event: unknown, inbox: Inbox, { self, now, say }: Trust): Promise<void> {
  const [id, sender] = [textAt(event, "id"), textAt(event, "message_create", "sender_id")];
  const text = textAt(event, "message_create", "message_data", "text");
  const at = Number(textAt(event, "created_timestamp"));
  // Old ones are left out and not refused: they are what X still had for us, or somebody's copies.
  if (id === null || sender === null || text === null || sender === self || !isRecent(at, now)) return;
  const place = { kind: "person", id: sender } as const;
  const user = { id: sender, tenant: null, name: sender };
  // X writes `&`, `<` and `>` of a message as entities.
  const said = await inbox.take({
    kind: "words",
    event: id,
    user,
    text: decoded(text),
    place,
    message: { place, id },
    at,
  });
  if (said !== null) await say(place, said, null);
}

function decoded(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
