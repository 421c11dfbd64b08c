// Twilio's SMS as an account sees it: twilio.com/docs/messaging/api/message-resource (create, list, errors),
// .../messaging/guides/webhook-request (fields of a message in), .../usage/webhooks/webhooks-security (signature).
import { createHmac } from "node:crypto";
import type { Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [ACCOUNT, OURS, ADA] = ["AC00000000000000000000000000000001", "+15550001111", "+15550002222"];
const SECRETS = { authToken: "0123456789abcdef0123456789abcdef" };
const WEBHOOK = "https://doorward.example/hooks/x";

export const twilioTraits: Traits = {
  abilities: rowOf("twilio").abilities,
  tenants: false,
  dated: false,
  webhook: true,
  words: true,
  idempotent: false,
  autolinks: true,
};

export function openTwilio(): Promise<SdkPlatform> {
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, call),
      writes: ({ method }) => method === "POST",
      replies: {
        rate: {
          status: 429,
          headers: { "retry-after": "7" },
          json: { code: 20_429, message: "Too Many Requests", status: 429 },
        },
        error: { status: 500, json: { code: 20_500, message: "Internal Server Error", status: 500 } },
        revoked: { status: 401, json: { code: 20_003, message: "Authenticate", status: 401 } },
      },
    },
    settings: (origin) => ({ accountSid: ACCOUNT, from: OURS, apiUrl: origin }),
    secrets: SECRETS,
    place: { kind: "person", id: ADA },
    user: ADA,
    request: (deed, how, count) => {
      const sid = `SM${String(count).padStart(32, "0")}`;
      const text = deed.kind === "words" ? deed.text : "";
      const fields = { AccountSid: ACCOUNT, Body: text, From: ADA, MessageSid: sid, NumMedia: "0", To: OURS };
      const signed =
        WEBHOOK +
        Object.entries(fields)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .flat()
          .join("");
      const key = how.forged === true ? "another" : SECRETS.authToken;
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": createHmac("sha1", key).update(signed).digest("base64"),
      };
      return {
        method: "POST",
        url: "/hooks/x",
        headers,
        body: Buffer.from(new URLSearchParams(fields).toString()),
      };
    },
  }));
}

function answer(board: Board, { method, url, text, headers }: Call): Reply {
  const basic = `Basic ${Buffer.from(`${ACCOUNT}:${SECRETS.authToken}`).toString("base64")}`;
  if (headers["authorization"] !== basic)
    return { status: 401, json: { code: 20_003, message: "Authenticate" } };
  if (url.pathname !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`)
    return { status: 404, json: { code: 20_404 } };
  if (method === "GET") return { status: 200, json: { messages: [] } };
  const form = new URLSearchParams(text);
  const [to, body] = [form.get("To") ?? "", form.get("Body") ?? ""];
  if (body.length > 1_600)
    return { status: 400, json: { code: 21_617, message: "The concatenated message body exceeds 1600" } };
  const sid = `SM${String(board.next()).padStart(32, "0")}`;
  const thread = `twilio:${encodeURIComponent(OURS)}:${encodeURIComponent(to)}`;
  board.shown.push({
    ref: { place: { kind: "person", id: to }, id: `${thread} ${sid}` },
    text: body,
    buttons: [],
    links: [...body.matchAll(/https?:\/\/\S+/g)].map(([found]) => ({ text: found, url: found })),
    mentions: [],
  });
  const sent = { sid, from: OURS, to, body, status: "queued", direction: "outbound-api", date_created: null };
  return { status: 201, json: sent };
}
