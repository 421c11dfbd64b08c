import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { z } from "zod";
import { type Ambient, Fault } from "#base";
import type { Egress } from "#egress";
import { TOKEN_BYTES_MAX, TOKEN_MARGIN_MS, TOKEN_MS_MAX } from "./limits.ts";

/**
 * Access tokens for a Google service account: a JWT signed with its key is exchanged at Google's token endpoint
 * (developers.google.com/identity/protocols/oauth2/service-account, "HTTP/REST"; RFC 7523, section 2.1; compared with
 * google-auth-library-nodejs a95b8272197f35453d1647eed85be475d51474c9, src/auth/jwtclient.ts).
 */
export interface GoogleTokens {
  /** Throws Fault `google_token_refused`, or egress's. One request at a time, whoever asks. */
  readonly token: () => Promise<string>;
  /** The token was refused: the next call gets another. */
  readonly forget: () => void;
}

export const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** The most that Google takes. */
const ASSERTION_SECONDS = 3_600;

export interface ServiceAccount {
  readonly email: string;
  readonly project: string | null;
  readonly keyId: string | null;
  readonly key: KeyObject;
}

const keyFile = z.object({
  type: z.literal("service_account"),
  client_email: z.string().min(3).max(320),
  private_key: z.string().min(1),
  private_key_id: z.string().max(200).optional(),
  project_id: z.string().max(200).optional(),
  token_uri: z.literal(GOOGLE_TOKEN_URL),
});

/** Reads the JSON key file of a service account. Throws `service_account_invalid`, which never shows any of it. */
export function serviceAccountOf(text: string): ServiceAccount {
  const file = keyFile.safeParse(jsonOf(text));
  if (!file.success) {
    const fields = [...new Set(file.error.issues.map(({ path }) => path.join(".") || "the file"))];
    throw invalid(`wrong or missing: ${fields.join(", ")}`);
  }
  const { client_email: email, project_id: project, private_key_id: keyId, private_key: pem } = file.data;
  return { email, project: project ?? null, keyId: keyId ?? null, key: rsaKeyOf(pem) };
}

function rsaKeyOf(pem: string): KeyObject {
  const key = keyOf(pem);
  if (key?.asymmetricKeyType !== "rsa") throw invalid("private_key is no RSA key in PEM form");
  return key;
}

function keyOf(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Outside {
  readonly egress: Pick<Egress, "request">;
  readonly ambient: Pick<Ambient, "now" | "monotonic">;
  /** Google's own, except in tests. */
  readonly tokenUrl: string;
}

const answerShape = z.object({
  access_token: z
    .string()
    .min(1)
    .max(16_000)
    .regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
});

export function createGoogleTokens(account: ServiceAccount, outside: Outside): GoogleTokens {
  let kept: { readonly token: string; readonly until: number } | null = null;
  let underWay: Promise<string> | null = null;
  const renew = async (): Promise<string> => {
    const asked = outside.ambient.monotonic();
    const { access_token: token, expires_in: seconds } = await exchange(account, outside);
    kept = { token, until: asked + seconds * 1_000 - TOKEN_MARGIN_MS };
    return token;
  };
  return {
    token: async () => {
      if (kept !== null && outside.ambient.monotonic() < kept.until) return kept.token;
      underWay ??= renew().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    forget: () => {
      kept = null;
    },
  };
}

async function exchange(
  account: ServiceAccount,
  { egress, ambient, tokenUrl }: Outside,
): Promise<z.output<typeof answerShape>> {
  const assertion = assertionOf(account, tokenUrl, ambient.now());
  const rules = {
    allowPrivate: tokenUrl !== GOOGLE_TOKEN_URL,
    bytesMax: TOKEN_BYTES_MAX,
    timeoutMs: TOKEN_MS_MAX,
    origin: new URL(tokenUrl).origin,
  };
  const answer = await egress.request(rules, {
    url: tokenUrl,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
  });
  const body = jsonOf(await answer.text());
  if (answer.status !== 200) throw refused(account, `HTTP ${answer.status}${wordOf(body)}`);
  const parsed = answerShape.safeParse(body);
  if (!parsed.success) throw refused(account, "its answer holds no token");
  return parsed.data;
}

function assertionOf({ email, keyId, key }: ServiceAccount, audience: string, now: number): string {
  const at = Math.floor(now / 1_000);
  const header = { alg: "RS256", typ: "JWT", ...(keyId === null ? {} : { kid: keyId }) };
  const claims = { iss: email, scope: SCOPE, aud: audience, iat: at, exp: at + ASSERTION_SECONDS };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
}

/** RFC 6749, section 5.2: one word; its description is left out, being whatever the other end wants it to be. */
function wordOf(body: unknown): string {
  const parsed = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) }).safeParse(body);
  return parsed.success ? ` ${parsed.data.error}` : "";
}

function refused(account: ServiceAccount, why: string): Fault {
  return new Fault(
    "google_token_refused",
    `Google gives no access token for ${account.email}: ${why}`,
    "Check that the service account and its key still exist and that this machine's clock is right.",
  );
}

function invalid(why: string): Fault {
  return new Fault(
    "service_account_invalid",
    `this is no service account's key: ${why}`,
    "Give the JSON file that Google Cloud makes under IAM, Service accounts, Keys; its token_uri must be Google's.",
  );
}
