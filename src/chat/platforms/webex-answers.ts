import { type Caller, textAt, valueAt } from "../http.ts";
import type { Channel, ChannelAccount, Inbox, PlatformUser, WebhookAnswer, WebhookRequest } from "../port.ts";
import { answered, hmac, isRecent, isSame, jsonOf, refused, WEBHOOK_BYTES_MAX } from "../webhook.ts";

interface Trust {
  readonly call: Caller;
  readonly webhookSecret: string;
  readonly now: number;
  readonly self: () => Promise<ChannelAccount>;
  readonly say: Channel["say"];
}

/**
 * `X-Spark-Signature` is HMAC-SHA1 over the body, in hex. The body only names what happened: the rest is asked of Webex.
 * The time in the signed body is when it happened, so that an old request is known for one.
 */
export async function receive(request: WebhookRequest, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  const right = hmac("sha1", trust.webhookSecret, request.body, "hex");
  if (!isSame(request.headers["x-spark-signature"], right)) return refused(401);
  const json = jsonOf(request);
  const [resource, id] = [textAt(json, "resource"), textAt(json, "data", "id")];
  const at = Date.parse(textAt(json, "data", "created") ?? "");
  if (id === null || textAt(json, "event") !== "created") return refused(400);
  if (!isRecent(at, trust.now)) return refused(401);
  if (resource === "attachmentActions") return tap(id, at, inbox, trust);
  if (resource === "messages") return words(id, at, inbox, trust);
  return refused(400);
}

async function tap(id: string, at: number, inbox: Inbox, { call, say }: Trust): Promise<WebhookAnswer> {
  const { json } = await call({ method: "GET", path: `/attachment/actions/${encodeURIComponent(id)}` });
  const [token, person] = [textAt(json, "inputs", "token"), textAt(json, "personId")];
  const [message, room] = [textAt(json, "messageId"), textAt(json, "roomId")];
  if (token === null || person === null || room === null) return refused(400);
  const place = { kind: "room", id: room } as const;
  const ref = message === null ? null : { place, id: message };
  const user = await userOf(call, person);
  const said = await inbox.take({ kind: "tap", event: id, user, token, message: ref, at });
  if (said !== null) await say(place, said, ref);
  return answered();
}

async function words(id: string, at: number, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  const { call, self, say } = trust;
  const { json } = await call({ method: "GET", path: `/messages/${encodeURIComponent(id)}` });
  const [text, person, room] = [textAt(json, "text"), textAt(json, "personId"), textAt(json, "roomId")];
  if (text === null || person === null || room === null) return answered();
  const { id: own, name } = await self();
  if (person === own) return answered();
  const place = { kind: "room", id: room } as const;
  const message = { place, id };
  const user = await userOf(call, person);
  const said = await inbox.take({
    kind: "words",
    event: id,
    user,
    text: unaddressed(text, name),
    place,
    message,
    at,
  });
  if (said !== null) await say(place, said, message);
  return answered();
}

/** In spaces a bot hears only what names it, and its name stands at the beginning. */
function unaddressed(text: string, name: string): string {
  return text.startsWith(`${name} `) ? text.slice(name.length + 1).trim() : text;
}

/** The organisation is what Webex says of the person, not what the request says. */
async function userOf(call: Caller, id: string): Promise<PlatformUser> {
  const { json } = await call({ method: "GET", path: `/people/${encodeURIComponent(id)}` });
  const tenant = textAt(json, "orgId");
  const name = valueAt(json, "displayName");
  return { id, tenant, name: typeof name === "string" ? name : id };
}
