import { z } from "zod";
import { Fault } from "#base";
import { credentialInvalid } from "./faults.ts";
import { part } from "./inject.ts";
import { REFRESH_EARLY_MS } from "./limits.ts";
import type { FetchAnswer, FetchRequest, Secret } from "./messages.ts";
import type { SettingsOf } from "./settings.ts";

type OAuthSettings = SettingsOf<"oauth">;
export type Reach = (request: FetchRequest) => Promise<FetchAnswer>;

/** RFC 6749, 5.1; GitHub and others send more. */
export const TOKENS = z.object({
  access_token: z.string().min(1),
  token_type: z.string(),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
});

/** Whether the access token serves for a while yet. */
export function isFresh(secret: Secret, now: number): boolean {
  if (secret["accessToken"] === undefined) return false;
  const until = Number(secret["expiresAt"] ?? Number.POSITIVE_INFINITY);
  return until - REFRESH_EARLY_MS > now;
}

/**
 * New tokens for a refresh token or for the client itself (RFC 6749, 6 and 4.4). Throws `oauth_refused` where the
 * provider says no for good: somebody has to connect again; `oauth_unreachable` where it may be asked again.
 */
export async function renewed(
  settings: OAuthSettings,
  secret: Secret,
  { reach, now }: { readonly reach: Reach; readonly now: number },
): Promise<Secret> {
  if (settings.grant === "client_credentials") {
    const scope = settings.scopes.length === 0 ? {} : { scope: settings.scopes.join(" ") };
    return tokensFor(settings, secret, { reach, now, form: { grant_type: "client_credentials", ...scope } });
  }
  const refresh = secret["refreshToken"];
  if (refresh === undefined) throw refusedFor(settings, "it has no refresh token");
  const form = { grant_type: "refresh_token", refresh_token: refresh };
  return tokensFor(settings, secret, { reach, now, form });
}

/** Tokens for the code that a person came back with (RFC 6749, 4.1.3; RFC 7636, 4.5). */
export async function exchanged(
  settings: OAuthSettings,
  secret: Secret,
  given: { readonly reach: Reach; readonly now: number; readonly code: string; readonly redirectUrl: string },
): Promise<{ readonly secret: Secret; readonly scopes: readonly string[] | null }> {
  const form = {
    grant_type: "authorization_code",
    code: given.code,
    redirect_uri: given.redirectUrl,
    code_verifier: part(secret, "verifier"),
  };
  const { clientSecret } = secret;
  const client: Secret = clientSecret === undefined ? {} : { clientSecret };
  const tokens = await asked(settings, client, { ...given, form });
  return {
    secret: kept(client, tokens, given.now),
    scopes: scopesOf(tokens),
  };
}

/** Those that were given, where they are not those that were asked for. */
export function scopesOf({ scope }: z.output<typeof TOKENS>): readonly string[] | null {
  return scope?.split(/[\s,]+/).filter(Boolean) ?? null;
}

/** RFC 7009. False: the provider offers no revocation, or did not take it. */
export async function revoked(settings: OAuthSettings, secret: Secret, reach: Reach): Promise<boolean> {
  if (settings.revokeUrl === null) return false;
  const token = secret["refreshToken"] ?? secret["accessToken"];
  if (token === undefined) return false;
  const hint = secret["refreshToken"] === undefined ? "access_token" : "refresh_token";
  const answer = await reach(request(settings, settings.revokeUrl, secret, { token, token_type_hint: hint }));
  return answer.kind === "answered" && answer.status === 200;
}

interface Asking {
  readonly reach: Reach;
  readonly now: number;
  readonly form: Readonly<Record<string, string>>;
}

async function tokensFor(settings: OAuthSettings, secret: Secret, asking: Asking): Promise<Secret> {
  return kept(secret, await asked(settings, secret, asking), asking.now);
}

/** A secret with these tokens in place of those before. */
export function kept(secret: Secret, tokens: z.output<typeof TOKENS>, now: number): Secret {
  const { access_token, refresh_token, expires_in } = tokens;
  const { expiresAt: _old, ...rest } = secret;
  return {
    ...rest,
    accessToken: access_token,
    ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
    ...(expires_in === undefined ? {} : { expiresAt: String(now + expires_in * 1_000) }),
  };
}

async function asked(settings: OAuthSettings, secret: Secret, { reach, form }: Asking) {
  const answer = await askedFor(settings, settings.tokenUrl, secret, { reach, form });
  const parsed = TOKENS.safeParse(jsonOf(answer.text));
  // GitHub answers 200 with an error in the body.
  if (answer.status >= 300 || !parsed.success) throw mustConnect(settings, answer);
  if (!/^bearer$/i.test(parsed.data.token_type))
    throw credentialInvalid("the provider's tokens are not bearer tokens");
  return parsed.data;
}

/** What a provider answers to a form, as its client. Throws `oauth_unreachable`. */
export async function askedFor(
  settings: OAuthSettings,
  url: string,
  secret: Secret,
  { reach, form }: Pick<Asking, "reach" | "form">,
): Promise<Answered> {
  const answer = await reach(request(settings, url, secret, form));
  if (answer.kind === "failed") throw unreachable(settings, answer.code);
  if (answer.status >= 500 || answer.status === 429) throw unreachable(settings, `status ${answer.status}`);
  return answer;
}

type Answered = Pick<Extract<FetchAnswer, { kind: "answered" }>, "status" | "text">;

function request(
  settings: OAuthSettings,
  url: string,
  secret: Secret,
  form: Readonly<Record<string, string>>,
): FetchRequest {
  const { clientId, clientAuth, allowPrivate } = settings;
  const clientSecret = secret["clientSecret"] ?? "";
  const body = new URLSearchParams(form);
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  if (clientAuth === "basic" && clientSecret !== "") {
    headers["authorization"] =
      `Basic ${Buffer.from(`${formed(clientId)}:${formed(clientSecret)}`).toString("base64")}`;
  } else {
    body.set("client_id", clientId);
    if (clientAuth === "post") body.set("client_secret", clientSecret);
  }
  return { url, method: "POST", headers, body: body.toString(), allowPrivate };
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
function formed(text: string): string {
  return new URLSearchParams({ t: text }).toString().slice(2);
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The provider's code for what is wrong (RFC 6749, 5.2): a word of a closed alphabet, never its free text. */
function errorOf({ text, status }: Answered): string {
  const parsed = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/) }).safeParse(jsonOf(text));
  return parsed.success ? `it says ${parsed.data.error}` : `it answered ${status} without tokens`;
}

function unreachable({ tokenUrl }: OAuthSettings, why: string): Fault {
  return new Fault(
    "oauth_unreachable",
    `the provider at ${originOf(tokenUrl)} gave no new token: ${why}`,
    "Nothing was sent. Try again in a moment.",
  );
}

/** It answered, and not with tokens. */
export function mustConnect(settings: OAuthSettings, answer: Answered): Fault {
  return refusedFor(settings, errorOf(answer));
}

function refusedFor({ tokenUrl }: OAuthSettings, why: string): Fault {
  return new Fault(
    "oauth_refused",
    `the provider at ${originOf(tokenUrl)} refuses a new token: ${why}`,
    "Nothing was sent. Connect again: `doorward connect PROVIDER`, or give the credential new secrets: `doorward vault rotate NAME`.",
  );
}

export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? "its address";
}
