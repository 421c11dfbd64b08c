import type { Card } from "#cards";
import { buttonsOf } from "./buttons.ts";
import { channelRefused, channelTooLong, channelUnreachable } from "./faults.ts";
import { type Caller, createCaller, listAt, textAt, type Told, valueAt } from "./http.ts";
import { plainCard } from "./plain.ts";
import type { Given } from "./platform.ts";
import type {
  Channel,
  ChannelAccount,
  Inbox,
  Place,
  PlatformAbilities,
  WebhookAnswer,
  WebhookRequest,
} from "./port.ts";
import { secretOf } from "./settings.ts";
import { answered, hmac, isRecent, isSame, jsonOf, queryOf, refused, WEBHOOK_BYTES_MAX } from "./webhook.ts";

/** What Messenger and Instagram have in common: the Send API, its webhooks, and 24 hours in which somebody may be written to. */
export interface MetaPlatform {
  readonly title: string;
  /** `object` of its webhooks: `page`, `instagram`. */
  readonly object: string;
  readonly api: string;
  readonly allowPrivate: boolean;
  readonly abilities: PlatformAbilities;
  /** Most bytes of a message without buttons, in UTF-8. */
  readonly wordsBytesMax: number;
  readonly whoAmI: (call: Caller) => Promise<ChannelAccount>;
  /** Beside recipient and message; `update` for what nobody asked for just now. */
  readonly kindOf: (kind: "update" | "response") => object;
}

export const META_SECRETS = {
  accessToken: "Access token with the right to send messages",
  appSecret: "The app's secret, which signs what comes (App settings > Basic)",
  verifyToken: "Any words of yours; Meta sends them back when the webhook is set up",
} as const;

/** "Button titles: 20 character limit" (Button template). */
const LABEL_LENGTH_MAX = 20;

export function openMeta(platform: MetaPlatform, { secrets, outside }: Given): Channel {
  const held = {
    accessToken: secretOf(secrets, "accessToken"),
    appSecret: secretOf(secrets, "appSecret"),
    verifyToken: secretOf(secrets, "verifyToken"),
  };
  const { title, api, allowPrivate, abilities } = platform;
  const call = createCaller({
    egress: outside.egress,
    title,
    base: api,
    allowPrivate,
    headers: { authorization: `Bearer ${held.accessToken}` },
    secrets: Object.values(held),
    judge: (told) => judge(title, told),
  });
  const send = async (to: Place, message: object, kind: "update" | "response"): Promise<string> => {
    const body = JSON.stringify({ recipient: { id: to.id }, message, ...platform.kindOf(kind) });
    const id = textAt((await call({ method: "POST", path: "/me/messages", body })).json, "message_id");
    if (id === null) throw channelUnreachable(`${title} names no message for what it took`);
    return id;
  };
  const say: Channel["say"] = async (to, text) => {
    await send(to, { text: within(text, platform.wordsBytesMax) }, "response");
  };
  return {
    probe: async () => platform.whoAmI(call),
    post: async (to, card) => ({
      place: to,
      id: await send(to, messageOf(card, abilities, platform.wordsBytesMax), "update"),
    }),
    edit: async () => {
      throw channelRefused(`${title} changes no message`, "Nothing to do: a late tap is answered in words.");
    },
    say,
    listen: async (inbox) => inbox.state("up", null),
    receive: async (request, inbox) => {
      if (request.method === "GET") return handshake(request, held.verifyToken);
      return receive(request, inbox, { ...held, object: platform.object, now: outside.ambient.now(), say });
    },
    close: async () => {},
  };
}

/** The button template, else plain words. Both are plain text: the Send API knows no mark-up. */
function messageOf(card: Card, { buttonsMax, textMax }: PlatformAbilities, wordsBytesMax: number): object {
  const buttons = buttonsOf(card, buttonsMax);
  if (buttons.length === 0)
    return { text: within(plainCard(card, { typed: false, textMax: wordsBytesMax }), wordsBytesMax) };
  const text = plainCard(card, { typed: false, textMax });
  const long = buttons.find(({ label }) => label.length > LABEL_LENGTH_MAX);
  if (long !== undefined) throw channelTooLong("letters on a button", long.label.length, LABEL_LENGTH_MAX);
  const replies = buttons.map(({ label, token }) => ({ type: "postback", title: label, payload: token }));
  return { attachment: { type: "template", payload: { template_type: "button", text, buttons: replies } } };
}

function within(text: string, bytesMax: number): string {
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > bytesMax) throw channelTooLong("bytes of the message", bytes, bytesMax);
  return text;
}

/** Codes of the Graph API ("Error codes"): too much or trouble of its own, whatever the status. */
const COME_BACK: ReadonlySet<unknown> = new Set([1, 2, 4, 17, 32, 341, 613, 1200, 80_006]);
/** "This message is sent outside of allowed window." */
const WINDOW_SUBCODES: ReadonlySet<unknown> = new Set([2_018_278, 2_534_022]);

function judge(title: string, { json }: Told): ReturnType<typeof channelRefused> | null {
  const [code, subcode] = [valueAt(json, "error", "code"), valueAt(json, "error", "error_subcode")];
  if (WINDOW_SUBCODES.has(subcode))
    return channelRefused(
      `${title} lets nobody be written to who wrote nothing for 24 hours`,
      "Have the person write to Doorward's account there, or give them another channel to be asked on.",
    );
  return COME_BACK.has(code)
    ? channelUnreachable(`${title} asks to come back later (code ${String(code)})`)
    : null;
}

/** Meta asks once, when the webhook is set up, whether we know the words. */
function handshake(request: WebhookRequest, verifyToken: string): WebhookAnswer {
  const query = queryOf(request);
  const challenge = query.get("hub.challenge") ?? "";
  const isOurs = isSame(query.get("hub.verify_token") ?? undefined, verifyToken);
  if (query.get("hub.mode") !== "subscribe" || !isOurs || !/^[\w-]{1,200}$/.test(challenge))
    return refused(401);
  return { status: 200, headers: { "content-type": "text/plain" }, body: challenge };
}

interface Trust {
  readonly appSecret: string;
  readonly object: string;
  readonly now: number;
  readonly say: Channel["say"];
}

/** `X-Hub-Signature-256`: HMAC-SHA256 over the body. Each event in the signed body carries its own time and account. */
async function receive(request: WebhookRequest, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  const right = `sha256=${hmac("sha256", trust.appSecret, request.body, "hex")}`;
  if (!isSame(request.headers["x-hub-signature-256"], right)) return refused(401);
  const json = jsonOf(request);
  if (textAt(json, "object") !== trust.object) return refused(400);
  for (const entry of listAt(json, "entry"))
    for (const event of listAt(entry, "messaging")) await take(event, textAt(entry, "id"), inbox, trust);
  return answered();
}

async function take(
  event: unknown,
  account: string | null,
  inbox: Inbox,
  { now, say }: Trust,
): Promise<void> {
  const [id, at] = [textAt(event, "sender", "id"), valueAt(event, "timestamp")];
  const isEcho = valueAt(event, "message", "is_echo") === true;
  // Old ones are left out and not refused: they are what Meta still had for us, or somebody's copies.
  if (id === null || typeof at !== "number" || !isRecent(at, now) || isEcho) return;
  const user = { id, tenant: account, name: id };
  const place = { kind: "person", id } as const;
  const [token, text] = [textAt(event, "postback", "payload"), textAt(event, "message", "text")];
  const mid = textAt(event, token === null ? "message" : "postback", "mid") ?? `${id} ${at}`;
  const base = { event: mid, user, message: null, at };
  if (token !== null) {
    const said = await inbox.take({ kind: "tap", token, ...base });
    if (said !== null) await say(place, said, null);
  } else if (text !== null) {
    const said = await inbox.take({ kind: "words", text, place, ...base });
    if (said !== null) await say(place, said, null);
  }
}
