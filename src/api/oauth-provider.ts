import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { type Ambient, Fault } from "#base";
import type { Vouching } from "#identity";
import { createProviderClient, type ProviderSettings } from "./provider-client.ts";

/** Keys are asked for again after this long, and for an unknown key id at most this often. */
const KEYS_MS = 10 * 60_000;
const COOLDOWN_MS = 30_000;
const TIMEOUT_MS = 10_000;

/**
 * The identity provider as the judge of who a user is. Its keys come from where its own metadata say, through the egress
 * client (T17), and are kept for a while; no token has a say in where keys are fetched.
 */
export function createVouching(
  settings: ProviderSettings | undefined,
  audience: string,
  ambient: Pick<Ambient, "monotonic">,
): () => Promise<Vouching | null> {
  if (settings === undefined) return async () => null;
  const client = createProviderClient(settings, ambient);
  const sets = new Map<string, JWTVerifyGetKey>();
  return async () => {
    const { jwks_uri: address } = (await client.configuration()).serverMetadata();
    const keys = sets.get(address ?? "") ?? remoteKeys(settings, address);
    // One provider has one address; another than before replaces it.
    sets.clear();
    sets.set(address ?? "", keys);
    return { issuer: settings.issuer, clientId: settings.clientId, audience, keys };
  };
}

function remoteKeys(settings: ProviderSettings, address: string | undefined): JWTVerifyGetKey {
  const url = URL.parse(address ?? "");
  if (url === null || (url.protocol !== "https:" && url.origin !== new URL(settings.issuer).origin)) {
    throw new Fault(
      "provider_misnamed",
      "the identity provider's metadata name no https address of its keys (jwks_uri)",
      "Mend the provider's metadata.",
    );
  }
  return createRemoteJWKSet(url, {
    [customFetch]: (asked, { headers, method, signal }) => settings.fetch(asked, { headers, method, signal }),
    cacheMaxAge: KEYS_MS,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: TIMEOUT_MS,
  });
}
