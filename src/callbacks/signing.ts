import { createHmac } from "node:crypto";

const PREFIX = "whsec_";
export const SECRET_BYTES = 32;

/** As a receiver writes it down (Standard Webhooks, "Signature scheme"). */
export function secretText(secret: Uint8Array): string {
  return `${PREFIX}${Buffer.from(secret).toString("base64")}`;
}

/**
 * Headers of one attempt: `webhook-id` is the message's for all attempts, `webhook-timestamp` the attempt's in seconds, and
 * `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. Source:
 * standard-webhooks/standard-webhooks, spec/standard-webhooks.md @ b2fa7b8.
 */
export function signedHeaders(
  secret: Uint8Array,
  message: { readonly id: string; readonly body: string; readonly atMs: number },
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(message.atMs / 1_000));
  const mac = createHmac("sha256", secret)
    .update(`${message.id}.${seconds}.${message.body}`)
    .digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": message.id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${mac}`,
  };
}

/** Of the sealed secret: it opens for this agent alone. */
export function secretPurpose(agent: string): string {
  return `agent-callback:${agent}`;
}
