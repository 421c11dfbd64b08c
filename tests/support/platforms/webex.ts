// Webex as a bot sees it. Shapes: developer.webex.com: Messages, People, Webhooks, Attachment Actions; "Receive and verify
// events" (X-Spark-Signature); adaptivecards.io for the elements. Unverified, from memory: the length limits of a card, and that
// every client shows RichTextBlock.
import { createHmac, randomBytes } from "node:crypto";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "webex");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const webexTraits: Traits = {
  abilities: row.abilities,
  tenants: true,
  dated: true,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: false,
};

interface Element {
  readonly type: string;
  readonly text?: string;
  readonly inlines?: readonly { readonly type: string; readonly text: string }[];
}

interface Message {
  readonly id: string;
  readonly roomId: string;
  readonly personId: string;
  readonly text: string;
  readonly created: string;
  readonly attachments?: readonly {
    readonly content: {
      readonly body: readonly Element[];
      readonly actions: readonly { readonly title: string; readonly data: { readonly token: string } }[];
    };
  }[];
}

export interface WebexRig extends Rig {
  readonly webhooks: readonly Record<string, unknown>[];
  /** What stands on a locked screen. */
  readonly notified: () => readonly string[];
}

const WEBHOOK = "https://doorward.example/hooks/webex";

export async function openWebexRig(webhook: string | null = WEBHOOK): Promise<WebexRig> {
  const secrets = { token: randomBytes(20).toString("hex"), webhookSecret: randomBytes(20).toString("hex") };
  const messages: Message[] = [];
  const actions = new Map<string, object>();
  const webhooks: Record<string, unknown>[] = [];
  let last: WebhookRequest | null = null;

  const post = ({ json }: Call): Reply => {
    const { roomId, toPersonId, ...rest } = json as Record<string, never>;
    const id = `M${messages.length}`;
    const message = {
      ...(rest as object),
      id,
      roomId: roomId ?? `direct-${toPersonId}`,
      personId: "bot",
      created: new Date().toISOString(),
    };
    messages.push(message as unknown as Message);
    return { status: 200, json: message };
  };
  const hooks = (call: Call): Reply => {
    if (call.method === "POST") webhooks.push({ ...call.json, id: `W${webhooks.length}`, status: "active" });
    return { status: 200, json: { items: webhooks } };
  };
  const route = (call: Call): Reply => {
    if (call.headers["authorization"] !== `Bearer ${secrets.token}`)
      return { status: 401, json: { message: "no" } };
    const path = call.url.pathname.replace("/v1/", "");
    if (path === "people/me")
      return { status: 200, json: { id: "bot", displayName: "Doorward", orgId: "org-home", type: "bot" } };
    if (path.startsWith("people/")) return { status: 200, json: person(path.slice("people/".length)) };
    if (path === "webhooks") return hooks(call);
    if (path === "messages") return post(call);
    const action = actions.get(path.slice("attachment/actions/".length));
    const message = messages.find(({ id }) => path === `messages/${id}`);
    const found = action ?? message;
    return found === undefined
      ? { status: 404, json: { message: "not found" } }
      : { status: 200, json: found };
  };
  const server = await openLocal({
    route,
    writes: ({ method, url }) => method === "POST" && url.pathname === "/v1/messages",
    fails: ({ url }) => url.pathname === "/v1/messages" || url.pathname === "/v1/people/me",
    replies: {
      rate: {
        status: 429,
        headers: { "retry-after": "7" },
        json: { message: "Too many requests", trackingId: "T" },
      },
      revoked: {
        status: 401,
        json: { message: `The request requires a valid access token, not ${secrets.token}` },
      },
    },
  });
  const outside = openOutside();
  const settings = { api: `${server.origin}/v1`, allowPrivate: true };
  const channel = await platform.open({ settings, secrets, webhook, outside });

  const happened = (deed: Deed, how: Circumstances): Record<string, unknown> => {
    const created = new Date(Date.now() - (how.agoMs ?? 0)).toISOString();
    const personId = how.elsewhere === true ? `abroad-${deed.user}` : deed.user;
    if (deed.kind === "words") {
      const message: Message = {
        id: `M${messages.length}`,
        roomId: "space",
        personId,
        text: deed.text,
        created,
      };
      messages.push(message);
      return { resource: "messages", data: { id: message.id, roomId: "space", personId, created } };
    }
    const id = `A${actions.size}`;
    const action = {
      id,
      type: "submit",
      messageId: deed.on.id,
      roomId: "space",
      personId,
      inputs: { token: deed.token },
      created,
    };
    actions.set(id, action);
    return {
      resource: "attachmentActions",
      data: { id, type: "submit", messageId: deed.on.id, roomId: "space", personId, created },
    };
  };
  const request = (event: Record<string, unknown>, forged: boolean): WebhookRequest => {
    const body = JSON.stringify({
      id: "W",
      name: "Doorward",
      event: "created",
      orgId: "org-home",
      actorId: "x",
      ...event,
    });
    const signature = createHmac("sha1", forged ? "other" : secrets.webhookSecret)
      .update(body)
      .digest("hex");
    return {
      method: "POST",
      url: "/hooks/webex",
      headers: { "x-spark-signature": signature },
      body: Buffer.from(body),
    };
  };
  return {
    channel,
    webhooks,
    notified: () => messages.map(({ text }) => text),
    place: { kind: "room", id: "space" },
    user: "person-ada",
    secrets: Object.values(secrets),
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => messages.filter(({ personId }) => personId === "bot").map(rendered),
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        last = request(happened(deed, how), how.forged === true);
        return last;
      },
      again: async () => last,
      answered: () => {},
      forget: () => {},
    },
  };
}

function person(id: string): object {
  return { id, displayName: "Ada", orgId: id.startsWith("abroad-") ? "org-abroad" : "org-home" };
}

/** TextRun is letters; anything else would be Markdown, and is shown as a failure to read here. */
function rendered({ id, roomId, text, attachments }: Message): Shown {
  const [card] = attachments ?? [];
  const lines = card?.content.body.map(
    (one) => one.inlines?.map((run) => run.text).join("") ?? `?${one.type}`,
  ) ?? [text];
  return {
    ref: { place: { kind: "room", id: roomId }, id },
    text: lines.join("\n"),
    buttons: card?.content.actions.map(({ title, data }) => ({ label: title, token: data.token })) ?? [],
    links: [],
    mentions: [],
  };
}
