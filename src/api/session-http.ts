import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault, type Json } from "#base";

/** Bodies of the session routes: a passkey's attestation is the largest and stays under 8 KiB. */
export const SESSION_BODY_BYTES_MAX = 32_768;

/**
 * Sent with everything a browser gets from us. Scripts and styles only from our own files, no inline code, no
 * markup from strings (Trusted Types without a policy), nothing framed, cached, sniffed or told to other sites.
 */
export const BROWSER_HEADERS: { readonly [name: string]: string } = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)",
};

/** Answers JSON with the browser headers. */
export function answerJson(response: ServerResponse, status: number, body: Json): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...BROWSER_HEADERS,
    "content-type": "application/json",
    "content-length": bytes.length,
  });
  response.end(bytes);
}

/** Answers RFC 9457 problem details. What is no Fault is a bug of ours: its words stay here. */
export function answerProblem(response: ServerResponse, cause: unknown): void {
  const fault = cause instanceof Fault ? cause : unexpected();
  const status = STATUS[fault.code] ?? (cause instanceof Fault ? 400 : 500);
  const body = { type: `urn:doorward:problem:${fault.code}`, title: fault.message, status };
  const bytes = Buffer.from(JSON.stringify({ ...body, code: fault.code, remedy: fault.remedy }));
  const headers = {
    ...BROWSER_HEADERS,
    "content-type": "application/problem+json",
    "content-length": bytes.length,
  };
  response.writeHead(status, headers);
  response.end(bytes);
}

const STATUS: { readonly [code: string]: number } = {
  not_signed_in: 401,
  sign_in_refused: 401,
  login_link_invalid: 401,
  agent_refused: 403,
  csrf_refused: 403,
  presence_required: 403,
  presence_refused: 403,
  passkey_refused: 403,
  credential_needed: 403,
  permission_denied: 403,
  route_unknown: 404,
  credential_exists: 409,
  passkeys_full: 409,
  body_too_large: 413,
  body_not_json: 415,
  password_weak: 422,
  too_many_attempts: 429,
  journal_full: 503,
  journal_failed: 503,
};

/** Reads a JSON body whole. Asks for the JSON content type, which a form of another page cannot send. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (!/^application\/json(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new Fault("body_not_json", "the body is not JSON", "Send Content-Type: application/json.");
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > SESSION_BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Fault {
  const remedy = `Send at most ${SESSION_BODY_BYTES_MAX} bytes.`;
  return new Fault("body_too_large", "the body is larger than this route takes", remedy);
}

function unexpected(): Fault {
  return new Fault("bug", "Doorward failed to answer this", "Report this; include the log line.");
}
