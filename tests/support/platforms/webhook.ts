// A receiver of generic webhooks. Shapes: docs/guide/channels/webhook.md (ours); signatures: Standard Webhooks,
// github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
import { createHmac, randomBytes } from "node:crypto";
import type { Card, CardSection } from "#cards";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "webhook");
if (row === undefined) throw new Error("no such platform");

export const webhookTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: true,
  webhook: true,
  words: true,
  idempotent: true,
  namedByUs: true,
  autolinks: false,
};

const newKey = (): string => `whsec_${randomBytes(32).toString("base64")}`;

export function signatureOf(key: string, id: string, seconds: string, text: string): string {
  const bytes = Buffer.from(key.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", bytes).update(`${id}.${seconds}.${text}`).digest("base64")}`;
}

export interface WebhookRig extends Rig {
  readonly keys: { readonly key: string; readonly answersKey: string };
  /** Requests whose signature was wrong. */
  readonly wrong: () => number;
}

export async function openWebhookRig(): Promise<WebhookRig> {
  const keys = { key: newKey(), answersKey: newKey() };
  const shown: Shown[] = [];
  const seen = new Set<string>();
  let [events, wrong] = [0, 0];
  let last: WebhookRequest | null = null;

  const route = (call: Call): Reply => {
    const { "webhook-id": id = "", "webhook-timestamp": seconds = "" } = call.headers;
    if (call.headers["webhook-signature"] !== signatureOf(keys.key, id, seconds, call.text)) {
      wrong += 1;
      return { status: 401 };
    }
    if (seen.has(id)) return { status: 200, json: {} };
    seen.add(id);
    const type = String(call.json?.["type"]);
    const data = call.json?.["data"] as Said;
    if (type === "card.posted") shown.push(render(data));
    if (type === "words") shown.push({ ...EMPTY, ref: { place: data.place, id }, text: data.text });
    if (type === "card.changed") {
      const at = shown.findIndex(({ ref }) => ref.id === data.message);
      if (at < 0) return { status: 404, json: { error: "no such message" } };
      shown[at] = render(data);
    }
    return { status: 200, json: {} };
  };
  const server = await openLocal({ route, writes: ({ json }) => json?.["type"] !== "ping" });
  const outside = openOutside();
  const settings = { url: `${server.origin}/hook?team=1`, title: "Bridge", allowPrivate: true };
  const channel = await row!.open({
    settings,
    secrets: keys,
    webhook: "https://doorward.example/h/1",
    outside,
  });
  return {
    channel,
    place: { kind: "room", id: "hall" },
    user: "u-ada",
    secrets: Object.values(keys),
    keys,
    wrong: () => wrong,
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => [...shown],
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        events += 1;
        last = answerRequest(deed, how, keys.answersKey, `evt_${events}`);
        return last;
      },
      again: async () => last,
      answered: ({ status, body }) => {
        const said: unknown = status === 200 ? (JSON.parse(body) as { say: unknown }).say : null;
        if (typeof said === "string") shown.push({ ...EMPTY, text: said });
      },
      forget: ({ id }) => {
        shown.splice(
          shown.findIndex(({ ref }) => ref.id === id),
          1,
        );
      },
    },
  };
}

interface Said {
  readonly message: string;
  readonly place: { readonly kind: "room" | "person"; readonly id: string };
  readonly card: Card;
  readonly text: string;
}

const EMPTY: Shown = {
  ref: { place: { kind: "room", id: "hall" }, id: "" },
  text: "",
  buttons: [],
  links: [],
  mentions: [],
};

/** Letters as they are. */
function render({ card, message, place }: Said): Shown {
  const items = card.sections.flatMap((section) => (section.kind === "item" ? section.buttons : []));
  const ways = card.sections.flatMap((section) => (section.kind === "item" ? [section.link] : []));
  return {
    ref: { place, id: message },
    text: [card.title, card.status.text, ...card.sections.flatMap(lines)].join("\n"),
    buttons: [...items, ...card.buttons].map(({ label, token }) => ({ label, token })),
    links: [...ways, card.link].flatMap((one) => (one === null ? [] : [{ text: one.label, url: one.url }])),
    mentions: [],
  };
}

function lines(section: CardSection): readonly string[] {
  if (section.kind === "fields") return section.fields.flatMap(({ label, value }) => [label, value]);
  if (section.kind === "verbatim") return [section.label, section.text];
  if (section.kind === "claim") return [section.who, section.text];
  if (section.kind === "item")
    return [section.title, section.status.text, ...section.sections.flatMap(lines)];
  return [section.text];
}

function answerRequest(deed: Deed, how: Circumstances, key: string, id: string): WebhookRequest {
  const user = { id: deed.user, name: "Ada" };
  const place = { kind: "room", id: "hall" };
  const data =
    deed.kind === "tap"
      ? { user, token: deed.token, message: deed.on.id, place }
      : { user, text: deed.text, place };
  const body = JSON.stringify({ type: deed.kind, timestamp: new Date().toISOString(), data });
  const seconds = String(Math.floor((Date.now() - (how.agoMs ?? 0)) / 1_000));
  const signature = signatureOf(how.forged === true ? newKey() : key, id, seconds, body);
  const headers = { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signature };
  return { method: "POST", url: "/h/1", headers, body: Buffer.from(body) };
}
