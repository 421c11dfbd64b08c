// A BlueBubbles server as its clients see it. Shapes: docs.bluebubbles.app (REST API: /api/v1/message/text, /api/v1/server/info;
// webhooks: new-message). Unverified, from memory: the fields of /server/info, and that errors carry `error.message`.
import { randomBytes } from "node:crypto";
import { PLATFORMS, type WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type Call, openLocal, type Reply } from "./local.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "imessage");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const imessageTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: true,
  webhook: true,
  secretOnly: true,
  words: true,
  idempotent: false,
  autolinks: true,
};

const CHAT = "iMessage;-;+15550001";

export interface IMessageRig extends Rig {
  readonly server: string;
  readonly redirectNext: (location: string) => void;
  readonly calls: readonly Call[];
}

export async function openIMessageRig(): Promise<IMessageRig> {
  const secrets = {
    password: `p&=${randomBytes(12).toString("hex")}`,
    webhookSecret: randomBytes(20).toString("hex"),
  };
  const sent: { readonly chat: string; readonly text: string }[] = [];
  let events = 0;
  let redirect: string | null = null;
  let last: WebhookRequest | null = null;

  const route = ({ json, url }: Call): Reply => {
    if (redirect !== null) return { status: 307, headers: { location: redirect } };
    if (url.searchParams.get("password") !== secrets.password)
      return {
        status: 401,
        json: {
          status: 401,
          message: "You are not authorized",
          error: { type: "Authentication Error", message: "no" },
        },
      };
    if (url.pathname === "/api/v1/server/info")
      return {
        status: 200,
        json: {
          status: 200,
          message: "Success",
          data: { computer_id: "mac-1", server_version: "1.9.9", detected_imessage: "doorward@mac.example" },
        },
      };
    sent.push({ chat: String(json?.["chatGuid"]), text: String(json?.["message"]) });
    return {
      status: 200,
      json: {
        status: 200,
        message: "Message sent!",
        data: { guid: `g${sent.length - 1}`, text: json?.["message"] },
      },
    };
  };
  const server = await openLocal({
    route,
    writes: ({ method }) => method === "POST",
    replies: {
      revoked: { status: 401, json: { status: 401, error: { message: `${secrets.password} is wrong` } } },
    },
  });
  const outside = openOutside();
  const settings = { server: server.origin, allowPrivate: true };
  const channel = await platform.open({ settings, secrets, webhook: "https://doorward.example/h", outside });

  const happened = (deed: Deed, { agoMs = 0, forged = false }: Circumstances): WebhookRequest => {
    events += 1;
    const data = {
      guid: `e${events}`,
      text: deed.kind === "words" ? deed.text : "",
      handle: { address: deed.user, service: "iMessage" },
      isFromMe: false,
      dateCreated: Date.now() - agoMs,
      chats: [{ guid: CHAT }],
    };
    const url = `/h?secret=${forged ? "0".repeat(40) : secrets.webhookSecret}`;
    return {
      method: "POST",
      url,
      headers: {},
      body: Buffer.from(JSON.stringify({ type: "new-message", data })),
    };
  };
  return {
    channel,
    server: server.origin,
    calls: server.calls,
    redirectNext: (location) => {
      redirect = location;
    },
    place: { kind: "person", id: "+15550001" },
    user: "+15550001",
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

/** Plain text; Messages makes links of bare addresses. */
function rendered({ chat, text }: { readonly chat: string; readonly text: string }, at: number): Shown {
  return {
    ref: { place: { kind: "room", id: chat }, id: `g${at}` },
    text,
    buttons: [],
    links: [...text.matchAll(/https?:\/\/\S+/g)].map(([url]) => ({ text: url, url })),
    mentions: [],
  };
}
