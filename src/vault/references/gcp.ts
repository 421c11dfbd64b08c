import { createSign } from "node:crypto";
import { z } from "zod";
import { askManager, fieldOf, manager, type Reaching, segment, station, unavailable } from "./reference.ts";

const TITLE = "Google Secret Manager";
const account = z.object({ client_email: z.string(), private_key: z.string(), token_uri: z.string() });
const granted = z.object({ access_token: z.string().min(1) });
const accessed = z.object({ payload: z.object({ data: z.string().min(1) }) });
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_SECONDS = 600;

/**
 * Google Secret Manager, `projects.secrets.versions.access`, opened with a service account's key file.
 * cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access;
 * developers.google.com/identity/protocols/oauth2/service-account (RFC 7523).
 */
export const gcp = manager({
  title: TITLE,
  settings: z.strictObject({
    manager: z.literal("gcp"),
    project: segment,
    secret: segment,
    version: segment.default("latest"),
    field: z.string().min(1).max(300).optional(),
    url: station.url.default("https://secretmanager.googleapis.com"),
    allowPrivate: station.allowPrivate,
    cacheSeconds: z.coerce.number().int().min(0).max(86_400).optional(),
  }),
  read: async ({ project, secret, version, field, url, allowPrivate }, key, reaching) => {
    const token = await tokenFor(key, allowPrivate, reaching);
    const at = `${url.replace(/\/$/, "")}/v1/projects/${project}/secrets/${secret}/versions/${version}:access`;
    const asking = { url: at, headers: { authorization: `Bearer ${token}` }, allowPrivate };
    const { payload } = await askManager(TITLE, accessed, asking, reaching);
    return fieldOf(TITLE, Buffer.from(payload.data, "base64").toString("utf8"), field);
  },
});

async function tokenFor(keyFile: string, allowPrivate: boolean, reaching: Reaching): Promise<string> {
  const { client_email, private_key, token_uri } = accountOf(keyFile);
  const seconds = Math.floor(reaching.now / 1_000);
  const claims = {
    iss: client_email,
    scope: SCOPE,
    aud: token_uri,
    iat: seconds,
    exp: seconds + TOKEN_SECONDS,
  };
  const signed = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  const signature = createSign("RSA-SHA256").update(signed).sign(private_key).toString("base64url");
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${signed}.${signature}`,
  };
  const asking = {
    url: token_uri,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    allowPrivate,
  } as const;
  return (await askManager(TITLE, granted, asking, reaching)).access_token;
}

function accountOf(keyFile: string): z.output<typeof account> {
  try {
    return account.parse(JSON.parse(keyFile));
  } catch {
    throw unavailable(TITLE, "what opens it is not a service account's key file");
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
