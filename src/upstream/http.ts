import {
  OAuthClientFlowError,
  OAuthError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { Fault } from "#base";
import type { Egress, FetchLike } from "#egress";
import { CONNECT_TIMEOUT_MS, MESSAGE_BYTES_MAX, RECONNECTIONS_MAX, REQUEST_TOTAL_MS_MAX } from "./limits.ts";
import type { SealedOAuth } from "./oauth.ts";
import { inert } from "./ring.ts";

export interface HttpTarget {
  readonly url: URL;
  /** Sent to the server's own URL only, never to an authorization server. */
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly oauth: SealedOAuth;
}

/** The SDK's Streamable HTTP transport, on our egress: sessions, resumption and OAuth are its own. */
export function createHttpTransport(target: HttpTarget, egress: Egress): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(target.url, {
    fetch: serverFetch(target, egress),
    authProvider: target.oauth.provider,
    reconnectionOptions: {
      initialReconnectionDelay: 500,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: RECONNECTIONS_MAX,
    },
  });
}

function serverFetch(target: HttpTarget, egress: Egress): FetchLike {
  const { allowPrivate } = target;
  const toServer = egress.fetch({
    allowPrivate,
    bytesMax: MESSAGE_BYTES_MAX,
    timeoutMs: REQUEST_TOTAL_MS_MAX,
    origin: target.url.origin,
  });
  // What the server names besides itself (metadata, token and registration endpoints) is the server's word: the admin's
  // grant of a private address holds for the server's own host, and for nobody it points to.
  const others = { bytesMax: 1024 * 1024, timeoutMs: CONNECT_TIMEOUT_MS };
  const toOwnHost = egress.fetch({ ...others, allowPrivate });
  const toOthers = egress.fetch({ ...others, allowPrivate: false });
  return (url, init) => {
    const { href, hostname } = new URL(url);
    if (href !== target.url.href)
      return hostname === target.url.hostname ? toOwnHost(url, init) : toOthers(url, init);
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(target.headers)) headers.set(name, value);
    return toServer(url, { ...init, headers });
  };
}

/** Whether the server no longer knows the session that the request named. Such a request was refused, not run. */
export function isSessionLost(cause: unknown, sessionId: string | undefined): boolean {
  if (!(cause instanceof SdkHttpError) || sessionId === undefined) return false;
  if (cause.status === 404) return true;
  // Servers on older SDKs answer 400 and name the session in the text.
  return cause.status === 400 && /session/i.test(cause.message);
}

/** Any failure of an HTTP exchange as a Fault: what happened, and whether the server may have acted. */
export function httpFault(cause: unknown, name: string, oauth: SealedOAuth): Fault {
  const own = faultWithin(cause);
  if (own !== null) return own;
  if (cause instanceof UnauthorizedError || isStatus(cause, 401))
    return needsAuthorization(name, oauth, cause);
  if (cause instanceof OAuthClientFlowError || cause instanceof OAuthError) return notAuthorised(name, cause);
  if (cause instanceof SdkHttpError) {
    const { status } = cause;
    const code = status >= 500 ? "upstream_http_failed" : "upstream_http_refused";
    return new Fault(
      code,
      `the server ${name} answered with HTTP ${status}`,
      "See the server's own log.",
      cause,
    );
  }
  return new Fault(
    "upstream_lost_answer",
    `the exchange with the server ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    "What was asked for may have happened: check the server before trying again.",
    cause,
  );
}

const CAUSES_MAX = 8;

/** The Fault that a library wrapped: egress's refusal says what to do, its wrapping does not. */
function faultWithin(cause: unknown): Fault | null {
  let at = cause;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (at instanceof Fault) return at;
    at = at instanceof Error ? at.cause : null;
  }
  return null;
}

function notAuthorised(name: string, cause: Error): Fault {
  return new Fault(
    "upstream_authorization_failed",
    `Doorward could not authorise itself at the server ${name}: ${inert(cause.message)}`,
    "If its authorization server takes no registrations, register Doorward there by hand and add the server with that client id.",
    cause,
  );
}

function isStatus(cause: unknown, status: number): boolean {
  return cause instanceof SdkHttpError && cause.status === status;
}

function needsAuthorization(name: string, oauth: SealedOAuth, cause: unknown): Fault {
  const url = oauth.pendingUrl();
  return new Fault(
    "upstream_needs_authorization",
    `the server ${name} wants Doorward to be authorised by a person`,
    url === null
      ? `Give its credentials with \`doorward servers add ${name} --headers Authorization=…\`, or check that its authorization server answers.`
      : `Open ${url.href} and approve; Doorward connects when the page sends you back.`,
    cause,
  );
}
