import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { readDuration } from "#approvals";
import { Fault, type Json } from "#base";
import {
  AGENTS_MAX,
  boundOf,
  CREDENTIAL_KINDS,
  DESTINATIONS_MAX,
  SECRET_CHARS_MAX,
  SECRET_CHARS_MIN,
  referenceOf,
  type Secret,
  SETTINGS,
} from "#vault";
import type { ReadContext } from "./context.ts";
import { agentReference, groupName } from "./fields.ts";

type Kind = (typeof CREDENTIAL_KINDS)[number];

const PEM_CHARS_MAX = 50_000;
const YEARS_10_MS = 10 * 365 * 86_400_000;

export const credentialName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens, starting with a letter, at most 63")
  .describe("Name of the credential");
export const credentialReference = z.string().min(1).max(100).describe("Credential, by name or id");

const secret = z
  .string()
  .min(SECRET_CHARS_MIN, `at least ${SECRET_CHARS_MIN} characters: shorter ones cannot be told from words`)
  .max(SECRET_CHARS_MAX)
  .meta({ writeOnly: true });
const text = z.string().max(2_000);

/** The secret itself, and what some kinds have besides. Never on a command line: a file, `env:NAME` or `-`. */
export const secretFields = {
  secret: secret
    .optional()
    .describe(
      "The secret: token, password, secret access key, private key (PEM), refresh token; with a reference, what opens the manager",
    ),
  sessionToken: secret.optional().describe("aws-sigv4: session token of temporary credentials"),
  clientSecret: secret.optional().describe("oauth: the client's secret, where it has one"),
  certificate: z
    .string()
    .max(PEM_CHARS_MAX)
    .optional()
    .meta({ "x-file": true })
    .describe("mtls: the client certificate, with its chain, in PEM"),
};

export const destinations = z
  .array(z.string().max(2_000))
  .min(1)
  .max(DESTINATIONS_MAX)
  .describe("Where it may go: [METHODS ]https://HOST[:PORT][/PATH], HOST may begin with *.");
export const onlyAgents = z
  .array(agentReference)
  .max(AGENTS_MAX)
  .describe("Agents that it is for, by name or id (default: every agent in its owner's reach)");

export const vaultInput = z.strictObject({
  name: credentialName,
  kind: z.enum(CREDENTIAL_KINDS).describe("What it is, which says where it goes in a request"),
  to: destinations,
  ...secretFields,
  team: groupName.optional().describe("It is this group's: used where an agent acts for one of its members"),
  mine: z
    .boolean()
    .default(false)
    .describe("It is yours: used only where an agent acts for you, under a delegation"),
  agents: onlyAgents.default([]),
  user: text.optional().describe("basic: user name (x-access-token for tokens of GitHub)"),
  header: text.optional().describe("header: its name (x-api-key)"),
  prefix: text.optional().describe("header: what stands before the secret, with its space"),
  parameter: text.optional().describe("query: name of the parameter"),
  accessKeyId: text.optional().describe("aws-sigv4: access key id"),
  region: text.optional().describe("aws-sigv4: region (eu-central-1)"),
  service: text.optional().describe("aws-sigv4: service (s3, execute-api)"),
  tokenUrl: text.optional().describe("oauth: the provider's token endpoint"),
  revokeUrl: text.optional().describe("oauth: the provider's revocation endpoint (RFC 7009)"),
  clientId: text.optional().describe("oauth: client id"),
  scopes: z.array(text).max(100).optional().describe("oauth: scopes asked for (client_credentials), or had"),
  grant: z
    .enum(["refresh_token", "client_credentials"])
    .optional()
    .describe("oauth: how it gets new access tokens (default: refresh_token)"),
  clientAuth: z
    .enum(["basic", "post", "none"])
    .optional()
    .describe("oauth: how the client proves itself (default: basic; none without a client secret)"),
  allowPrivate: z
    .boolean()
    .optional()
    .describe("oauth: the provider is on this machine or a private network, and nowhere else"),
  headers: z
    .record(z.string(), text)
    .optional()
    .describe("template: headers with {{secret}} in them, NAME=TEXT"),
  query: z
    .record(z.string(), text)
    .optional()
    .describe("template: query parameters with {{secret}} in them, NAME=TEXT"),
  reference: z
    .record(z.string(), text)
    .optional()
    .describe(
      "Where the secret itself is kept, in place of a copy: manager=hashicorp url=… path=… field=… (guide: vault)",
    ),
  expires: z.string().max(40).optional().describe("When it ends: 90d, or a time in ISO 8601"),
});
export type VaultInput = z.output<typeof vaultInput>;

/** Which fields each kind takes, and which it must have. */
const FIELDS: Readonly<Record<Kind, readonly (keyof VaultInput)[]>> = {
  bearer: [],
  basic: ["user"],
  header: ["header", "prefix"],
  query: ["parameter"],
  oauth: [
    "tokenUrl",
    "revokeUrl",
    "clientId",
    "scopes",
    "grant",
    "clientAuth",
    "allowPrivate",
    "clientSecret",
  ],
  "aws-sigv4": ["accessKeyId", "region", "service", "sessionToken"],
  mtls: ["certificate"],
  template: ["headers", "query"],
};
const OF_SECRET = new Set<keyof VaultInput>(["clientSecret", "sessionToken", "certificate"]);
const OF_KIND = [...new Set(Object.values(FIELDS).flat())];

/** Settings in clear, as the vault reads them. Throws `credential_invalid`. */
export function settingsOf(input: VaultInput): Json {
  const foreign = OF_KIND.filter(
    (field) => input[field] !== undefined && !FIELDS[input.kind].includes(field),
  );
  if (foreign.length > 0) throw invalid(`${foreign.join(", ")} belongs to another kind than ${input.kind}`);
  const own = FIELDS[input.kind].filter((field) => !OF_SECRET.has(field) && input[field] !== undefined);
  const given: Record<string, unknown> = Object.fromEntries(own.map((field) => [field, input[field]]));
  if (input.kind === "oauth") {
    given["clientAuth"] ??= hasClientSecret(input) ? "basic" : "none";
    for (const name of ["tokenUrl", "revokeUrl"] as const) checkUrl(name, input);
  }
  const parsed = SETTINGS[input.kind].safeParse(given);
  if (parsed.success) return z.json().parse(parsed.data);
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw invalid(issues.join("; "));
}

function hasClientSecret({ clientSecret, grant }: VaultInput): boolean {
  return clientSecret !== undefined || grant === "client_credentials";
}

/** Refresh tokens go there: https, or a place of one's own. */
function checkUrl(name: "tokenUrl" | "revokeUrl", input: VaultInput): void {
  const given = input[name];
  if (given === undefined) return;
  const url = URL.parse(given);
  const isSound = url !== null && url.username === "" && url.password === "" && url.hash === "";
  if (isSound && (url.protocol === "https:" || (url.protocol === "http:" && input.allowPrivate === true)))
    return;
  throw invalid(`${name} is not an https URL (plain http only with allowPrivate)`);
}

type Given = Pick<VaultInput, "secret" | "sessionToken" | "clientSecret" | "certificate">;

/** JSON of a reference; null: the secret is kept here. Throws `credential_invalid`. */
export function referenceText({ reference, kind }: VaultInput): string | null {
  if (reference === undefined) return null;
  if (kind === "oauth" || kind === "mtls")
    throw invalid(`a credential of kind ${kind} cannot be a reference`);
  try {
    return referenceOf(reference);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const issues = cause.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw invalid(`the reference says too little or too much: ${issues.join("; ")}`);
  }
}

/** The parts of a secret by its kind; throws `credential_invalid` where one is missing. */
export function secretOf(
  kind: Kind,
  { grant }: { readonly grant?: unknown },
  given: Given & { readonly isReference: boolean },
): Secret {
  const { secret: main, sessionToken, clientSecret, certificate, isReference } = given;
  if (main !== undefined && isReference) return { key: main };
  if (main === undefined)
    throw invalid("it has no secret (give it by --secret FILE, env:NAME or - for standard input)");
  if (kind !== "mtls" && /\p{Cc}/u.test(main))
    throw invalid("its secret has a line break or another control character in it, which no header may have");
  const parts: Readonly<Record<Kind, () => Secret>> = {
    bearer: () => ({ token: main }),
    header: () => ({ token: main }),
    query: () => ({ token: main }),
    basic: () => ({ password: main }),
    template: () => ({ secret: main }),
    "aws-sigv4": () => ({ secretAccessKey: main, ...partOf("sessionToken", sessionToken) }),
    mtls: () => ({ key: main, certificate: fitting(certificate, main) }),
    oauth: () =>
      grant === "client_credentials"
        ? { clientSecret: main }
        : { refreshToken: main, ...partOf("clientSecret", clientSecret) },
  };
  return parts[kind]();
}

/** The certificate, where it and the key are PEM and belong together. INVARIANT: what is said holds nothing of either. */
function fitting(certificate: string | undefined, key: string): string {
  try {
    if (certificate !== undefined && new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
      return certificate;
  } catch {
    throw invalid("its certificate or its key is not readable as PEM");
  }
  throw invalid("it needs a certificate, and the key that the certificate is of");
}

function partOf(name: string, value: string | undefined): Secret {
  return value === undefined ? {} : { [name]: value };
}

export function boundsText(to: readonly string[]): string {
  return JSON.stringify(to.map(boundOf));
}

/** Milliseconds since the Unix epoch, or null. Throws `credential_invalid`. */
export function expiryOf(
  { ambient }: Pick<ReadContext, "ambient">,
  written: string | undefined,
): number | null {
  if (written === undefined) return null;
  const now = ambient.now();
  const span = readDuration(written);
  const at = span === null ? Date.parse(written) : now + span;
  if (Number.isFinite(at) && at > now && at < now + YEARS_10_MS) return at;
  throw invalid("expires is neither a time to come such as 90d nor a time in ISO 8601");
}

/** Not after its certificate ends, where it has one. Throws `credential_invalid`, also where that is over already. */
export function endOf(
  context: Pick<ReadContext, "ambient">,
  {
    expires,
    certificate,
  }: { readonly expires?: string | undefined; readonly certificate?: string | undefined },
): number | null {
  const said = expiryOf(context, expires);
  const leaf = certificate === undefined ? null : readable(certificate);
  if (leaf === null) return said;
  const ends = Date.parse(leaf.validTo);
  if (ends <= context.ambient.now()) throw invalid(`its certificate ended on ${leaf.validTo}`);
  return Math.min(said ?? ends, ends);
}

/** What else is wrong with it is said with its key. */
function readable(certificate: string): X509Certificate | null {
  try {
    return new X509Certificate(certificate);
  } catch {
    return null;
  }
}

export function invalid(why: string): Fault {
  return new Fault(
    "credential_invalid",
    `the credential is not usable: ${why}`,
    "Correct what is named; `doorward vault add --help` says what each kind needs.",
  );
}
