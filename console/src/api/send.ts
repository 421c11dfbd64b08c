import { connection } from "./connection.ts";
import { Problem } from "./problem.ts";

/**
 * The proof goes with every request beside the cookie. It lives in this origin's own storage, port included, while
 * the cookie is shared with every port of the host: neither opens anything without the other.
 */
const PROOF = "doorward-proof";
const REQUEST_MS = 30_000;

export function keepProof(proof: string | null): void {
  if (proof === null) localStorage.removeItem(PROOF);
  else localStorage.setItem(PROOF, proof);
}

/** The one way from this page to Doorward. Throws Problem `unreachable`; every answer, good or bad, is returned. */
export async function send(request: Request, timeoutMs: number | null = REQUEST_MS): Promise<Response> {
  const headers = new Headers(request.headers);
  const proof = localStorage.getItem(PROOF);
  if (proof !== null) headers.set("x-doorward-csrf", proof);
  const limit = timeoutMs === null ? [] : [AbortSignal.timeout(timeoutMs)];
  const init: RequestInit = {
    headers,
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.any([request.signal, ...limit]),
  };
  const response = await fetch(new Request(request, init)).catch(() => null);
  // Who asked went away: that says nothing about Doorward.
  if (response === null && request.signal.aborted) throw new DOMException("aborted", "AbortError");
  connection.heard(response !== null);
  if (response === null) throw new Problem("unreachable", "Doorward does not answer", "Is it still running?");
  return response;
}
