import { problemOf } from "./problem.ts";
import { keepProof, send } from "./send.ts";

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

export type Opened = Person & { readonly proof: string };

/** Calls a session route: `session("POST", "/presence", { password })`. They make the caller that operations need. */
export async function session<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const url = new URL(`/console/session${path}`, location.origin);
  const init = { method, headers: { "content-type": "application/json" } };
  const response = await send(
    new Request(url, method === "GET" ? { method } : { ...init, body: JSON.stringify(body ?? {}) }),
  );
  if (response.ok) return response.json();
  throw problemOf(await response.json().catch(() => null), response.status);
}

export function entered(opened: Opened): Person {
  keepProof(opened.proof);
  return opened;
}
