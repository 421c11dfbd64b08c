import { textAt } from "../http.ts";
import { inCode } from "../markdown.ts";
import type { Inbox, WebhookAnswer, WebhookRequest } from "../port.ts";
import { answered, hmac, isSame, jsonOf, queryOf, refused, WEBHOOK_BYTES_MAX } from "../webhook.ts";

interface Trust {
  /** Of the proofs in the addresses of buttons. */
  readonly key: Uint8Array;
  /** Mattermost sends it with every use of the slash command. */
  readonly commandToken: string;
  readonly now: number;
}

/** Mattermost signs nothing: only it knows the address of a button, which proves just that button. */
export const proofOf = (key: Uint8Array, token: string): string => hmac("sha256", key, `tap ${token}`, "hex");

/** A tap (JSON, `PostActionIntegrationRequest`) or a use of the slash command (a form, `Authorization: Token ...`). */
export async function receive(request: WebhookRequest, inbox: Inbox, trust: Trust): Promise<WebhookAnswer> {
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  const proof = queryOf(request).get("proof");
  return proof === null ? command(request, inbox, trust) : tap(request, inbox, { ...trust, proof });
}

async function tap(
  request: WebhookRequest,
  inbox: Inbox,
  { key, now, proof }: Trust & { readonly proof: string },
): Promise<WebhookAnswer> {
  const json = jsonOf(request);
  const token = textAt(json, "context", "token");
  if (token === null || !isSame(proof, proofOf(key, token))) return refused(401);
  const [user, event] = [textAt(json, "user_id"), textAt(json, "trigger_id")];
  const [post, room] = [textAt(json, "post_id"), textAt(json, "channel_id")];
  if (user === null || user === "" || event === null || event === "") return refused(400);
  const place = { kind: "room", id: room ?? "" } as const;
  const said = await inbox.take({
    kind: "tap",
    event,
    user: { id: user, tenant: null, name: textAt(json, "user_name") ?? user },
    token,
    message: post === null ? null : { place, id: post },
    at: now,
  });
  return answered(said === null ? {} : { ephemeral_text: inCode(said), skip_slack_parsing: true });
}

async function command(
  request: WebhookRequest,
  inbox: Inbox,
  { commandToken, now }: Trust,
): Promise<WebhookAnswer> {
  if (!isSame(request.headers["authorization"], `Token ${commandToken}`)) return refused(401);
  const form = new URLSearchParams(Buffer.from(request.body).toString("utf8"));
  const [user, event, text] = [form.get("user_id"), form.get("trigger_id"), form.get("text")];
  const room = form.get("channel_id");
  if (!user || !event || text === null || !room) return refused(400);
  const said = await inbox.take({
    kind: "words",
    event,
    user: { id: user, tenant: null, name: form.get("user_name") ?? user },
    text,
    place: { kind: "room", id: room },
    message: null,
    at: now,
  });
  const words = said === null ? {} : { text: inCode(said), skip_slack_parsing: true };
  return answered({ response_type: "ephemeral", ...words });
}
