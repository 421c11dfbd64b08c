import { Fault } from "#base";
import { bearerOf, type Caller, looksLikeJwt, type RequestHead, secretKind, sessionCookie } from "#identity";
import { type AccountsOutside, consoleCaller, signedOut, tokenCaller } from "#operations";

/** The header that carries the console's proof beside its cookie. */
export const PROOF_HEADER = "x-doorward-csrf";

/**
 * Who sent this request: the user of a token (`Authorization: Bearer dwu_…`), or of the console's cookie with its
 * proof. Null when it carries no credential of a user, or one that is over. An Authorization header hides the cookie.
 * Throws `agent_refused` for an agent's credential (T2) and `csrf_refused` for a cookie without its proof.
 */
export async function userOf(outside: AccountsOutside, request: RequestHead): Promise<Caller | null> {
  const authorization = text(request, "authorization");
  if (authorization !== undefined) {
    const token = bearerOf(authorization);
    const kind = token === null ? null : secretKind(token);
    // A delegated token acts for a user at the doors, and is no user's (T2).
    const isToken = token !== null && looksLikeJwt(token);
    if (kind === "agent-key" || kind === "agent-path" || isToken) throw agentRefused();
    return tokenCaller(outside, token);
  }
  const cookie = sessionCookie(text(request, "cookie"), outside.listen);
  return consoleCaller(outside, cookie, text(request, PROOF_HEADER) ?? null);
}

/** As `userOf`, and throws `not_signed_in` where that answers null. */
export async function demandUser(outside: AccountsOutside, request: RequestHead): Promise<Caller> {
  const caller = await userOf(outside, request);
  if (caller === null) throw signedOut();
  return caller;
}

function text(request: RequestHead, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

function agentRefused(): Fault {
  return new Fault(
    "agent_refused",
    "an agent's credential opens the doors, not Doorward's own operations",
    "Sign in as a user: `doorward login`, or open the console.",
  );
}
