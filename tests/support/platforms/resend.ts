// Resend as an account sees it: resend.com/docs/api-reference/emails/send-email, .../introduction (rate limit, errors),
// .../emails/retrieve-received-email, resend.com/docs/webhooks/emails/received; signatures: docs.svix.com/receiving/verifying-payloads/how-manual.
import { createHmac } from "node:crypto";
import type { Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [OURS, ADA] = ["doorward@house.example", "ada@house.example"];
const SECRETS = {
  apiKey: "re_secret_secret_secret",
  webhookSecret: `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`,
};
const OTHER = `whsec_${Buffer.from("another-secret-another-s").toString("base64")}`;

export const resendTraits: Traits = {
  abilities: rowOf("resend").abilities,
  tenants: false,
  dated: true,
  webhook: true,
  words: true,
  idempotent: true,
  autolinks: true,
};

export function openResend(): Promise<SdkPlatform> {
  const received = new Map<string, string>();
  const once = new Map<string, string>();
  return openHttp((board) => ({
    local: {
      route: (call) => (call.method === "GET" ? read(received, call) : sent(board, once, call)),
      fails: ({ url }) => !url.pathname.startsWith("/emails/receiving/"),
      writes: ({ method }) => method === "POST",
      replies: {
        rate: {
          status: 429,
          headers: { "retry-after": "7" },
          json: { statusCode: 429, name: "rate_limit_exceeded", message: "Too many requests" },
        },
        error: {
          status: 500,
          json: { statusCode: 500, name: "application_error", message: "An unexpected error occurred" },
        },
        revoked: {
          status: 401,
          json: { statusCode: 401, name: "restricted_api_key", message: "API key is invalid" },
        },
      },
    },
    settings: (origin) => ({ from: OURS, apiUrl: origin }),
    secrets: SECRETS,
    place: { kind: "person", id: ADA },
    user: ADA,
    request: (deed, how, count) => {
      once.clear();
      const id = `56761188-7520-42d8-8898-${String(count).padStart(12, "0")}`;
      received.set(id, deed.kind === "words" ? deed.text : "");
      const data = {
        email_id: id,
        created_at: new Date().toISOString(),
        from: `Ada <${ADA}>`,
        to: [OURS],
        subject: "Re:",
        attachments: [],
      };
      const body = JSON.stringify({ type: "email.received", created_at: data.created_at, data });
      const seconds = String(Math.floor((Date.now() - (how.agoMs ?? 0)) / 1000));
      const key = Buffer.from(
        (how.forged === true ? OTHER : SECRETS.webhookSecret).slice("whsec_".length),
        "base64",
      );
      const signature = createHmac("sha256", key).update(`msg_${count}.${seconds}.${body}`).digest("base64");
      const headers = {
        "content-type": "application/json",
        "svix-id": `msg_${count}`,
        "svix-timestamp": seconds,
        "svix-signature": `v1,${signature}`,
      };
      return { method: "POST", url: "/hooks/resend", headers, body: Buffer.from(body) };
    },
  }));
}

function read(received: ReadonlyMap<string, string>, { url }: Call): Reply {
  if (url.pathname === "/domains") return { status: 200, json: { object: "list", data: [] } };
  const id = url.pathname.split("/").at(-1) ?? "";
  const text = received.get(id);
  if (text === undefined)
    return { status: 404, json: { statusCode: 404, name: "not_found", message: "Email not found" } };
  const head = {
    object: "email",
    id,
    message_id: `<${id}@house.example>`,
    from: `Ada <${ADA}>`,
    to: [OURS],
    cc: [],
    bcc: [],
  };
  const json = {
    ...head,
    subject: "Re:",
    text,
    html: null,
    headers: {},
    attachments: [],
    created_at: new Date().toISOString(),
  };
  return { status: 200, json };
}

function sent(board: Board, once: Map<string, string>, { json, headers }: Call): Reply {
  const key = headers["idempotency-key"] ?? null;
  const before = key === null ? undefined : once.get(key);
  if (before !== undefined) return { status: 200, json: { id: before } };
  const id = `49a3999c-0ce1-4ea6-ab68-${String(board.next()).padStart(12, "0")}`;
  if (key !== null) once.set(key, id);
  const { to = [], html = "", text = "" } = json as { to?: string[]; html?: string; text?: string };
  const bare = html.replaceAll(/<[^>]*>/g, "");
  const links = [...html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, url = "", label = ""]) => ({
    text: decoded(label),
    url: decoded(url),
  }));
  if (/<(?!\/?(?:div|b|br|a)\b)/.test(html)) throw new Error(`mark-up: ${html}`);
  board.shown.push({
    ref: { place: { kind: "person", id: to[0] ?? "" }, id: `resend:${to[0]} ${id}` },
    text: `${decoded(bare)}\n${text}`,
    buttons: [],
    links,
    mentions: [],
  });
  return { status: 200, json: { id } };
}

function decoded(html: string): string {
  const signs: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return html.replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => signs[name] ?? "");
}
