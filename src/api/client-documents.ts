import { z } from "zod";
import { type Ambient, Fault } from "#base";
import { type NamedKey, oauthFault, publicKey } from "#identity";

/** Asks an https address once, following nothing, through the egress client (T17). */
export type Ask = (url: string) => Promise<{ readonly status: number; readonly text: string }>;

/** How long a document and its keys are used; and how long one that could not be had is not asked for again. */
const KEPT_MS = 10 * 60_000;
const FAILED_MS = 30_000;
const DOCUMENTS_MAX = 1_000;
const KEYS_MAX = 20;
/** Documents that are being asked for at once. */
const ASKING_MAX = 8;

const keys = z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(KEYS_MAX) });
const document = z.object({
  client_id: z.string(),
  token_endpoint_auth_method: z.literal("private_key_jwt"),
  jwks: keys.optional(),
  jwks_uri: z.string().max(2_000).optional(),
  // A document is public: a secret in it would be everybody's.
  client_secret: z.never().optional(),
  client_secret_expires_at: z.never().optional(),
});

/**
 * Keys of clients by their Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document). Only addresses that
 * an owner gave for an agent are ever asked: a stranger's client id has us fetch nothing.
 */
export interface ClientDocuments {
  /** Throws `invalid_client`, or `temporarily_unavailable` where it could not be asked. */
  readonly keysOf: (clientId: string) => Promise<readonly NamedKey["jwk"][]>;
}

interface Kept {
  readonly found: Promise<readonly NamedKey["jwk"][]>;
  until: number;
}

export function createClientDocuments(ask: Ask, ambient: Pick<Ambient, "monotonic">): ClientDocuments {
  const kept = new Map<string, Kept>();
  let asking = 0;
  return {
    keysOf: (clientId) => {
      const now = ambient.monotonic();
      const known = kept.get(clientId);
      if (known !== undefined && known.until > now) return known.found;
      if (asking >= ASKING_MAX)
        throw oauthFault("temporarily_unavailable", "too many clients are asked about now");
      asking += 1;
      const found = keysIn(ask, clientId).finally(() => (asking -= 1));
      const mine: Kept = { found, until: now + KEPT_MS };
      found.catch(() => (mine.until = ambient.monotonic() + FAILED_MS));
      kept.delete(clientId);
      const [oldest] = kept.keys();
      if (kept.size >= DOCUMENTS_MAX && oldest !== undefined) kept.delete(oldest);
      kept.set(clientId, mine);
      return found;
    },
  };
}

async function keysIn(ask: Ask, clientId: string): Promise<readonly NamedKey["jwk"][]> {
  const said = await jsonAt(ask, clientId, document);
  if (said.client_id !== clientId) throw unfit("it names another client (client_id)");
  if (said.jwks !== undefined && said.jwks_uri === undefined) return fitKeys(said.jwks.keys);
  if (said.jwks !== undefined || said.jwks_uri === undefined)
    throw unfit("it has to name its keys in one way (jwks or jwks_uri)");
  return fitKeys((await jsonAt(ask, said.jwks_uri, keys)).keys);
}

/** Public keys alone, of the kinds that we take; a key of another kind beside them is no reason to refuse. */
async function fitKeys(given: readonly object[]): Promise<readonly NamedKey["jwk"][]> {
  const fit: NamedKey["jwk"][] = [];
  for (const one of given) {
    const known = await publicKey(JSON.stringify(one)).catch(() => null);
    if (known !== null) fit.push(known.jwk);
  }
  if (fit.length > 0) return fit;
  throw unfit("it names no public key of type EC, OKP or RSA");
}

async function jsonAt<T extends z.ZodType>(ask: Ask, address: string, shape: T): Promise<z.output<T>> {
  if (URL.parse(address)?.protocol !== "https:") throw unfit("an address in it is no https address");
  const { status, text } = await ask(address).catch((cause: unknown) => {
    const why = cause instanceof Fault ? cause.code : "unreachable";
    throw oauthFault("temporarily_unavailable", `a client's metadata cannot be had (${why})`, cause);
  });
  // A redirect is an answer like any other that is no 200: the draft has none followed.
  if (status !== 200) throw unfit(`its address answers ${status}`);
  const parsed = shape.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw unfit(`it is no such document (${parsed.error.issues[0]?.path.join(".") ?? "JSON"})`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unfit(why: string): Fault {
  return oauthFault("invalid_client", `the client's metadata document does not hold: ${why}`);
}
