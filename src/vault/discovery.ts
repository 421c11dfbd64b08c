import { z } from "zod";
import { Fault } from "#base";
import type { FetchAnswer, FetchRequest } from "./messages.ts";

/** What an authorization server says of itself, as far as connecting needs it. */
export interface Discovered {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string | null;
  /** RFC 8628; null: it has none. */
  readonly deviceUrl: string | null;
  /** RFC 9207: it names itself with every answer. */
  readonly namesItself: boolean;
  /** How a client with a secret proves itself. */
  readonly clientAuth: "basic" | "post";
}

const METADATA = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string().optional(),
  device_authorization_endpoint: z.string().optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export interface Discovering {
  readonly reach: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly allowPrivate: boolean;
}

/**
 * Asks an issuer for its metadata: OpenID Connect Discovery 1.0, 4, and where it has none RFC 8414, 3. Throws Fault
 * `provider_undiscovered`, also where the metadata is another issuer's (RFC 8414, 3.3) or its addresses are not https.
 */
export async function discover(issuer: string, discovering: Discovering): Promise<Discovered> {
  for (const url of placesOf(issuer)) {
    const { reach, allowPrivate } = discovering;
    const headers = { accept: "application/json" };
    const answer = await reach({ url, method: "GET", headers, body: null, allowPrivate });
    if (answer.kind === "failed") throw undiscovered(issuer, `it cannot be reached (${answer.code})`);
    if (answer.status === 200) return readMetadata(issuer, answer.text, allowPrivate);
  }
  throw undiscovered(issuer, "it has no metadata where they belong");
}

/** OpenID Connect puts its path last, RFC 8414 between host and path. */
function placesOf(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

function readMetadata(issuer: string, text: string, allowPrivate: boolean): Discovered {
  const parsed = METADATA.safeParse(jsonOf(text));
  if (!parsed.success) throw undiscovered(issuer, "what it answers is no metadata");
  const said = parsed.data;
  if (said.issuer !== issuer) throw undiscovered(issuer, "its metadata is another issuer's");
  if (said.code_challenge_methods_supported?.includes("S256") === false)
    throw undiscovered(issuer, "it does not know PKCE with S256 (RFC 7636)");
  const revokeUrl = said.revocation_endpoint ?? null;
  const deviceUrl = said.device_authorization_endpoint ?? null;
  for (const one of [said.authorization_endpoint, said.token_endpoint, revokeUrl, deviceUrl])
    if (one !== null && !isSafe(one, allowPrivate))
      throw undiscovered(issuer, "an address that it names is not https");
  const methods = said.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return {
    authorizeUrl: said.authorization_endpoint,
    tokenUrl: said.token_endpoint,
    revokeUrl,
    deviceUrl,
    namesItself: said.authorization_response_iss_parameter_supported === true,
    clientAuth: methods.includes("client_secret_basic") ? "basic" : "post",
  };
}

/** Codes and tokens go there. Plain http only to places of one's own. */
export function isSafe(url: string, allowPrivate: boolean): boolean {
  const at = URL.parse(url);
  if (at === null || at.username !== "" || at.password !== "" || at.hash !== "") return false;
  return at.protocol === "https:" || (allowPrivate && at.protocol === "http:");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function undiscovered(issuer: string, why: string): Fault {
  return new Fault(
    "provider_undiscovered",
    `the provider ${URL.parse(issuer)?.origin ?? "named"} cannot be used: ${why}`,
    "Check the issuer, letter by letter, or name its addresses in doorward.yaml: vault.providers (docs/guide/vault.md).",
  );
}
