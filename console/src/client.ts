/** What Doorward answered instead of what was asked: RFC 9457 problem details, or the lack of any answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, detail: string, remedy: string) {
    super(detail);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The person signed in. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
  /** Milliseconds since the Unix epoch; 0: not shown lately. */
  readonly presentUntil: number;
  readonly hasPassword: boolean;
  readonly passkeys: number;
  /** Host of the identity provider that this person signs in and confirms with; null: password and passkeys. */
  readonly provider: string | null;
}

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

/** Calls a session route: `session("POST", "/presence", { password })`. */
export function session<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  return send<T>(method, `/console/session${path}`, body);
}

/** Performs a reading operation: `look("/approvals", { status: "requested" })`. */
export function look<T>(path: string, query: { readonly [name: string]: string } = {}): Promise<T> {
  const search = new URLSearchParams(query).toString();
  return send<T>("GET", `/api/v1${path}${search === "" ? "" : `?${search}`}`);
}

/** Performs a changing operation, once: the key makes a repeat after a lost answer harmless. */
export function change<T>(path: string, body: object): Promise<T> {
  return send<T>("POST", `/api/v1${path}`, body, { "idempotency-key": crypto.randomUUID() });
}

async function send<T>(method: string, path: string, body?: object, extra: HeadersInit = {}): Promise<T> {
  const headers = new Headers(extra);
  const proof = localStorage.getItem(PROOF);
  if (proof !== null) headers.set("x-doorward-csrf", proof);
  if (method === "POST") headers.set("content-type", "application/json");
  const response = await fetch(path, {
    method,
    headers,
    body: method === "POST" ? JSON.stringify(body ?? {}) : null,
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(REQUEST_MS),
  }).catch(() => null);
  if (response === null) throw new Problem("unreachable", "Doorward does not answer", "Is it still running?");
  // Doorward's own answer, shaped by its output schema; its problems may come from anything in between.
  if (response.ok) return response.json();
  throw problemOf(await response.json().catch(() => null), response.status);
}

function problemOf(answer: unknown, status: number): Problem {
  const { code, detail, remedy } = (answer ?? {}) as { code?: string; detail?: string; remedy?: string };
  return new Problem(
    code ?? "unknown",
    detail ?? `Doorward answered ${status}`,
    remedy ?? "Look at its log.",
  );
}
