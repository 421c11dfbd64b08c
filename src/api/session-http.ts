import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault, type Json } from "#base";
import { readAtMost } from "./body.ts";
import { problemJson, problemOf } from "./problem.ts";

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
    // The console's one policy: its own service worker's address, and nothing else, may become a script.
    "trusted-types doorward-worker",
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
  if (response.headersSent) return void response.destroy();
  const problem = problemOf(cause);
  const bytes = Buffer.from(JSON.stringify(problemJson(problem)));
  const headers = { "content-type": "application/problem+json", "content-length": bytes.length };
  response.writeHead(problem.status, { ...BROWSER_HEADERS, ...headers });
  response.end(bytes);
}

/** Reads a JSON body whole. Asks for the JSON content type, which a form of another page cannot send. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (!/^application\/json(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new Fault("body_not_json", "the body is not JSON", "Send Content-Type: application/json.");
  }
  const body = await readAtMost(request, SESSION_BODY_BYTES_MAX);
  if (body === null) throw tooLarge();
  return body;
}

function tooLarge(): Fault {
  const remedy = `Send at most ${SESSION_BODY_BYTES_MAX} bytes.`;
  return new Fault("body_too_large", "the body is larger than this route takes", remedy);
}
