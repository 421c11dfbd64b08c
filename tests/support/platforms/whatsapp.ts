// WhatsApp's Cloud API as a business sees it. Messages in: as recorded in github.com/vercel/chat at c4f709f,
// packages/integration-tests/fixtures/replay/dm/whatsapp.json, button replies by its packages/adapter-whatsapp/src/types.ts; messages
// out and errors: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and .../support/error-codes.
import { createHmac } from "node:crypto";
import type { Shown, Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [NUMBER, ADA] = ["100000000000001", "15550002222"];
export const WHATSAPP_SECRETS = {
  accessToken: "EAAsecret-secret-secret",
  appSecret: "0123456789abcdef0123456789abcdef",
  verifyToken: "word-of-ours",
};

export const whatsappTraits: Traits = {
  abilities: rowOf("whatsapp").abilities,
  tenants: false,
  dated: false,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: true,
};

export function openWhatsapp(): Promise<SdkPlatform> {
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, call),
      writes: ({ method }) => method === "POST",
      replies: {
        rate: {
          status: 429,
          headers: { "retry-after": "7" },
          json: { error: { message: "(#80007) Rate limit hit", type: "OAuthException", code: 80_007 } },
        },
        error: { status: 500, json: { error: { message: "unknown", type: "OAuthException", code: 1 } } },
        revoked: {
          status: 401,
          json: { error: { message: "Session has expired", type: "OAuthException", code: 190 } },
        },
      },
    },
    settings: (origin) => ({ phoneNumberId: NUMBER, apiUrl: origin }),
    secrets: WHATSAPP_SECRETS,
    place: { kind: "person", id: ADA },
    user: ADA,
    request: (deed, how, count) => {
      const head = {
        from: ADA,
        id: `wamid.FAKE_MSG_ID_${count}`,
        timestamp: String(Math.floor((Date.now() - (how.agoMs ?? 0)) / 1000)),
      };
      const said =
        deed.kind === "words"
          ? { ...head, type: "text", text: { body: deed.text } }
          : {
              ...head,
              type: "interactive",
              context: { from: "15550001111", id: deed.on.id.split(" ")[1] },
              interactive: { type: "button_reply", button_reply: { id: deed.token, title: "Approve" } },
            };
      const value = {
        messaging_product: "whatsapp",
        metadata: { display_phone_number: "15550001111", phone_number_id: NUMBER },
        contacts: [{ profile: { name: "Ada" }, wa_id: ADA }],
        messages: [said],
      };
      const entry = [{ id: "100000000000002", changes: [{ value, field: "messages" }] }];
      const body = JSON.stringify({ object: "whatsapp_business_account", entry });
      const key = how.forged === true ? "another" : WHATSAPP_SECRETS.appSecret;
      const signature = `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      return { method: "POST", url: "/hooks/whatsapp", headers, body: Buffer.from(body) };
    },
  }));
}

interface Said {
  readonly to?: string;
  readonly text?: { readonly body: string };
  readonly interactive?: {
    readonly body: { readonly text: string };
    readonly action: {
      readonly buttons: readonly { readonly reply: { readonly id: string; readonly title: string } }[];
    };
  };
}

function answer(board: Board, { method, url, json }: Call): Reply {
  if (method === "GET")
    return { status: 200, json: { id: NUMBER, verified_name: "House", display_phone_number: "+1 555" } };
  if (!url.pathname.endsWith(`/${NUMBER}/messages`)) return { status: 404, json: {} };
  const said = json as Said;
  const id = `wamid.SENT_${board.next()}`;
  board.shown.push(shownAs(said, id));
  return {
    status: 200,
    json: { messaging_product: "whatsapp", contacts: [{ wa_id: said.to }], messages: [{ id }] },
  };
}

/** As clients format it ("About text formatting", faq.whatsapp.com): a sign formats what stands next to it; unverified: a word joiner parts them. */
function shownAs({ to = "", text, interactive }: Said, id: string): Shown {
  const body = interactive?.body.text ?? text?.body ?? "";
  const buttons = (interactive?.action.buttons ?? []).map(({ reply }) => ({
    label: reply.title,
    token: reply.id,
  }));
  assertTaken(body, interactive === undefined ? 4_096 : 1_024);
  for (const { label } of buttons) assertTaken(label, 20);
  return {
    ref: { place: { kind: "person", id: to }, id: `whatsapp:${NUMBER}:${to} ${id}` },
    text: body.replaceAll("\u2060", ""),
    buttons,
    links: [...body.matchAll(/https?:\/\/\S+/g)].map(([found]) => ({ text: found, url: found })),
    mentions: [],
  };
}

function assertTaken(text: string, max: number): void {
  if (text.length > max) throw new Error("too long");
  if (/[*_~`](?!\u2060)/.test(text.replaceAll(/https?:\/\/\S+/g, ""))) throw new Error(`mark-up: ${text}`);
  if (/^(?:[>\-•]|\d+\.)\s/m.test(text)) throw new Error(`a list or a quotation: ${text}`);
}
