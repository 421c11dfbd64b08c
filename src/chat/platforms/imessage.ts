import { createHash } from "node:crypto";
import { z } from "zod";
import { channelRefused, channelUnreachable } from "../faults.ts";
import { createCaller, textAt, valueAt } from "../http.ts";
import { fitting, plainCard } from "../plain.ts";
import type { Given, Platform } from "../platform.ts";
import type {
  Channel,
  Inbound,
  Inbox,
  Place,
  PlatformAbilities,
  WebhookAnswer,
  WebhookRequest,
} from "../port.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { answered, isRecent, isSame, jsonOf, queryOf, refused, WEBHOOK_BYTES_MAX } from "../webhook.ts";

const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: false,
  buttonsMax: 0,
  // Ours: Apple documents no limit, and what is much longer is hard to read in Messages.
  textMax: 4_000,
  inbound: "webhook",
};

const settings = z.object({
  server: z.url().describe("Address of your BlueBubbles server: https://mac.example.org:1234"),
  allowPrivate: z.boolean().default(false).describe("The server is on this machine or a private network"),
});

/**
 * iMessage through a BlueBubbles server, which runs on a Mac of yours that is signed in to Messages. Shapes:
 * docs.bluebubbles.app (REST API & webhooks). The server takes its password in the address only, so that its log may hold it.
 */
export const imessage: Platform = {
  name: "imessage",
  title: "iMessage",
  abilities: ABILITIES,
  settings,
  secrets: {
    password: "Password of the BlueBubbles server",
    webhookSecret:
      "Ends the webhook's address, so that only the server knows it; make one: `openssl rand -hex 32`",
  },
  setup: [
    "Set up a BlueBubbles server on a Mac that is signed in to Messages with an Apple account used by nothing else.",
    "In the server, under API & Webhooks, add {webhook}?secret=<webhookSecret> for New Messages, with your webhookSecret at its end.",
    "Use a phone number or mail address as the person, or a chat's guid (iMessage;+;chat...) as the room to post to.",
  ],
  source: "docs.bluebubbles.app: REST API, Webhooks",
  open: async (given) => openIMessage(given),
};

function openIMessage({ settings: given, secrets, outside }: Given): Channel {
  const { server, allowPrivate } = settingsOf(settings, given);
  const [password, webhookSecret] = [secretOf(secrets, "password"), secretOf(secrets, "webhookSecret")];
  const call = createCaller({
    egress: outside.egress,
    title: "BlueBubbles",
    base: `${server.replace(/\/+$/, "")}/api/v1`,
    allowPrivate,
    headers: {},
    secrets: [password, encodeURIComponent(password), webhookSecret],
  });
  const query = `password=${encodeURIComponent(password)}`;
  const write = async (to: Place, message: string, key: string): Promise<string> => {
    const tempGuid = `temp-${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
    const json = { chatGuid: chatOf(to), tempGuid, message, method: "apple-script" };
    const told = await call({ method: "POST", path: `/message/text?${query}`, json });
    const id = textAt(told.json, "data", "guid");
    if (id === null) throw channelUnreachable("BlueBubbles names no message for what it took");
    return id;
  };
  const say: Channel["say"] = async (to, text) => {
    await write(to, fitting(text, ABILITIES.textMax), outside.ambient.id("say"));
  };
  return {
    probe: async () => {
      const { json } = await call({ method: "GET", path: `/server/info?${query}` });
      const id = textAt(json, "data", "computer_id") ?? textAt(json, "data", "server_version");
      if (id === null) throw channelUnreachable("BlueBubbles does not say what it is");
      return { id, name: textAt(json, "data", "detected_imessage") ?? "iMessage", tenant: null };
    },
    post: async (to, card, key) => ({
      place: to,
      id: await write(to, plainCard(card, { typed: true, textMax: ABILITIES.textMax }), key),
    }),
    edit: async () => {
      throw channelRefused(
        "a message that was sent stays as it is",
        "Nothing to do: a late code is answered in words.",
      );
    },
    say,
    listen: async (inbox) => inbox.state("up", null),
    receive: async (request, inbox) =>
      receive(request, inbox, { webhookSecret, now: outside.ambient.now(), say }),
    close: async () => {},
  };
}

/** A person's chat has the address at its end (`iMessage;-;+15551234567`); a chat's guid is taken as it is. */
const chatOf = ({ kind, id }: Place): string =>
  kind === "person" && !id.includes(";") ? `iMessage;-;${id}` : id;

interface Trust {
  readonly webhookSecret: string;
  readonly now: number;
  readonly say: Channel["say"];
}

/** BlueBubbles signs nothing: who knows the whole address is the server. */
async function receive(request: WebhookRequest, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  if (!isSame(queryOf(request).get("secret") ?? undefined, trust.webhookSecret)) return refused(401);
  const words = wordsOf(jsonOf(request), trust.now);
  const said = words === null ? null : await inbox.take(words);
  if (words !== null && said !== null) await trust.say(words.place, said, null);
  return answered();
}

/** Words that somebody else wrote just now; null for everything else that BlueBubbles tells of. */
function wordsOf(json: unknown, now: number): (Inbound & { readonly kind: "words" }) | null {
  const [guid, text] = [textAt(json, "data", "guid"), textAt(json, "data", "text")];
  const [id, chat] = [textAt(json, "data", "handle", "address"), textAt(json, "data", "chats", 0, "guid")];
  const at = valueAt(json, "data", "dateCreated");
  const isTheirs = textAt(json, "type") === "new-message" && valueAt(json, "data", "isFromMe") === false;
  if (!isTheirs || guid === null || text === null || id === null || chat === null) return null;
  // Old ones are what Messages still had to deliver, or somebody's copies.
  if (typeof at !== "number" || !isRecent(at, now)) return null;
  const place = { kind: "room", id: chat } as const;
  const user = { id, tenant: null, name: id };
  return { kind: "words", event: guid, user, text, place, message: { place, id: guid }, at };
}
