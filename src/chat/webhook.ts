import { createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookAnswer, WebhookRequest } from "./port.ts";

/** Largest webhook request that is read; those of the platforms are far below. */
export const WEBHOOK_BYTES_MAX = 256 * 1024;
/** How far a signed time may be from our clock, either way (Standard Webhooks and Slack both say five minutes). */
const WEBHOOK_AGE_MS_MAX = 5 * 60_000;

/** A signature is compared in constant time, whatever its length. */
export function isSame(given: string | undefined, right: string): boolean {
  const [a, b] = [Buffer.from(given ?? "", "utf8"), Buffer.from(right, "utf8")];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function hmac(
  algorithm: "sha1" | "sha256",
  key: string | Uint8Array,
  data: string | Uint8Array,
  form: "hex" | "base64",
): string {
  return createHmac(algorithm, key).update(data).digest(form);
}

/** Milliseconds since the Unix epoch, both. */
export function isRecent(signedAt: number, now: number): boolean {
  return Number.isFinite(signedAt) && Math.abs(now - signedAt) <= WEBHOOK_AGE_MS_MAX;
}

/** The body as JSON; undefined where it is none, or too large to be looked at. */
export function jsonOf({ body }: WebhookRequest): unknown {
  if (body.length > WEBHOOK_BYTES_MAX) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return json;
  } catch {
    return undefined;
  }
}

export function queryOf({ url }: WebhookRequest): URLSearchParams {
  return new URL(url, "http://webhook.invalid").searchParams;
}

/** Says nothing of what was wrong: whoever forged it learns nothing. */
export function refused(status: 400 | 401 | 404 | 405 | 413): WebhookAnswer {
  return { status, headers: { "content-type": "text/plain" }, body: "" };
}

export function answered(json: object = {}): WebhookAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
}

/** For platforms that send us nothing. */
export async function noWebhook(): Promise<WebhookAnswer> {
  return refused(404);
}
