// Messenger and Instagram as a bot sees them. Shapes: developers.facebook.com/docs/messenger-platform and .../instagram-platform
// (Send API, Button template, Webhooks, Error codes), and the types of the Chat SDK's adapters (github.com/vercel/chat,
// packages/adapter-messenger and adapter-instagram, src/types.ts). Unverified, from memory: subcode 2534022 of Instagram.
import { createHmac, randomBytes } from "node:crypto";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

export type MetaName = "messenger" | "instagram";

const rowOf = (name: MetaName) => {
  const row = PLATFORMS.find((one) => one.name === name);
  if (row === undefined) throw new Error("no such platform");
  return row;
};

export const metaTraits = (name: MetaName): Traits => ({
  abilities: rowOf(name).abilities,
  tenants: true,
  dated: true,
  webhook: true,
  words: true,
  idempotent: false,
  pausesUnsaid: true,
  autolinks: true,
});

interface Sent {
  readonly recipient: { readonly id: string };
  readonly message: {
    readonly text?: string;
    readonly attachment?: {
      readonly payload: {
        readonly text: string;
        readonly buttons: readonly { readonly title: string; readonly payload: string }[];
      };
    };
  };
}

export interface MetaRig extends Rig {
  readonly verifyToken: string;
  /** The person wrote nothing for 24 hours. */
  readonly closeWindow: () => void;
}

const ACCOUNT = "1784000000001";
const BYTES_MAX = { messenger: 8_000, instagram: 1_000 } as const;

/** As the API refuses it: "text: 640 characters", "title: 20 characters", "2000 characters", Instagram "1000 bytes". */
function isWithinLimits(name: MetaName, { message }: Sent): boolean {
  const template = message.attachment?.payload;
  if (template !== undefined)
    return (
      template.text.length <= 640 &&
      template.buttons.length <= 3 &&
      template.buttons.every(({ title }) => title.length <= 20)
    );
  const text = message.text ?? "";
  return text.length <= 2_000 && Buffer.byteLength(text) <= BYTES_MAX[name];
}

const made = (): string => randomBytes(16).toString("hex");

export async function openMetaRig(name: MetaName): Promise<MetaRig> {
  const secrets = { accessToken: made(), appSecret: made(), verifyToken: made() };
  const sent: Sent[] = [];
  let [isOpen, events] = [true, 0];
  let last: WebhookRequest | null = null;

  const send = (message: Sent): Reply => {
    const outside = {
      message: "sent outside of allowed window",
      code: 10,
      error_subcode: name === "messenger" ? 2_018_278 : 2_534_022,
    };
    if (!isOpen) return { status: 400, json: { error: { ...outside, type: "OAuthException" } } };
    if (!isWithinLimits(name, message))
      return { status: 400, json: { error: { message: "(#100) too long", code: 100 } } };
    sent.push(message);
    return { status: 200, json: { recipient_id: message.recipient.id, message_id: `m_${sent.length - 1}` } };
  };
  const route = ({ headers, json, url }: Call): Reply => {
    if (headers["authorization"] !== `Bearer ${secrets.accessToken}`)
      return { status: 401, json: { error: { message: "no", code: 190 } } };
    if (url.pathname === "/v1/me/messages") return send(json as unknown as Sent);
    const whoever =
      name === "messenger"
        ? { id: ACCOUNT, name: "Doorward" }
        : { id: "9", user_id: ACCOUNT, username: "doorward" };
    return { status: 200, json: whoever };
  };
  const server = await openLocal({
    route,
    writes: ({ method }) => method === "POST",
    replies: {
      rate: {
        status: 400,
        json: { error: { message: "(#613) Calls to this api have exceeded the rate limit", code: 613 } },
      },
      revoked: {
        status: 401,
        json: { error: { message: `Invalid OAuth access token ${secrets.accessToken}`, code: 190 } },
      },
    },
  });
  const outside = openOutside();
  const settings = { api: `${server.origin}/v1`, allowPrivate: true };
  const channel = await rowOf(name).open({
    settings,
    secrets,
    webhook: "https://doorward.example/h",
    outside,
  });

  const happened = (
    deed: Deed,
    { agoMs = 0, elsewhere = false, forged = false }: Circumstances,
  ): WebhookRequest => {
    events += 1;
    const timestamp = Date.now() - agoMs;
    const what =
      deed.kind === "tap"
        ? { postback: { mid: `p_${events}`, title: "x", payload: deed.token } }
        : { message: { mid: `w_${events}`, text: deed.text } };
    const id = elsewhere ? "1784000000999" : ACCOUNT;
    const messaging = [{ sender: { id: deed.user }, recipient: { id }, timestamp, ...what }];
    const object = name === "messenger" ? "page" : "instagram";
    const body = JSON.stringify({ object, entry: [{ id, time: timestamp, messaging }] });
    const signature = createHmac("sha256", forged ? "other" : secrets.appSecret)
      .update(body)
      .digest("hex");
    const headers = { "x-hub-signature-256": `sha256=${signature}` };
    return { method: "POST", url: "/h", headers, body: Buffer.from(body) };
  };
  return {
    channel,
    verifyToken: secrets.verifyToken,
    closeWindow: () => {
      isOpen = false;
    },
    place: { kind: "person", id: "psid-ada" },
    user: "psid-ada",
    secrets: Object.values(secrets),
    close: async () => {
      await channel.close();
      await outside.close();
      await server.close();
    },
    platform: {
      shown: async () => sent.map(rendered),
      writes: server.writes,
      failNext: server.failNext,
      does: async (deed, how = {}) => {
        last = happened(deed, how);
        return last;
      },
      again: async () => last,
      answered: () => {},
      forget: () => {},
    },
  };
}

/** Plain text; clients make links of bare addresses. */
function rendered({ recipient, message }: Sent, at: number): Shown {
  const template = message.attachment?.payload;
  const text = template?.text ?? message.text ?? "";
  return {
    ref: { place: { kind: "person", id: recipient.id }, id: `m_${at}` },
    text,
    buttons: template?.buttons.map(({ title, payload }) => ({ label: title, token: payload })) ?? [],
    links: [...text.matchAll(/https?:\/\/\S+/g)].map(([url]) => ({ text: url, url })),
    mentions: [],
  };
}
