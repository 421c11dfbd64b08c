import { z } from "zod";
import type { CredentialKind } from "./port.ts";

const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Headers that frame or route a message: a credential in them would change whom it goes to. */
const FRAMING = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
]);

export const headerName = z
  .string()
  .regex(HEADER, "the name of a header")
  .transform((name) => name.toLowerCase())
  .refine((name) => !FRAMING.has(name), "not a header that frames the message");
const parameterName = z.string().regex(/^[A-Za-z0-9_.~$[\]-]{1,100}$/, "the name of a query parameter");
const template = z
  .string()
  .max(2_000)
  .regex(/^[\x20-\x7e]*$/, "printable ASCII");
const word = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[\x21-\x7e]+$/, "visible ASCII without spaces");
const scopes = z.array(word).max(100).default([]);

/** What is said of a credential in clear, by kind. */
export const SETTINGS = {
  bearer: z.strictObject({}),
  basic: z.strictObject({
    user: z
      .string()
      .max(300)
      .regex(/^[\x20-\x39\x3b-\x7e]*$/, "no colon, printable ASCII"),
  }),
  header: z.strictObject({ header: headerName, prefix: template.default("") }),
  query: z.strictObject({ parameter: parameterName }),
  oauth: z.strictObject({
    tokenUrl: z.string().max(2_000),
    revokeUrl: z.string().max(2_000).nullable().default(null),
    clientId: z.string().min(1).max(500),
    scopes,
    grant: z.enum(["refresh_token", "client_credentials"]).default("refresh_token"),
    /** RFC 6749, 2.3.1: how the client proves itself. */
    clientAuth: z.enum(["basic", "post", "none"]).default("basic"),
    /** Loopback and private addresses may be asked, and no others. */
    allowPrivate: z.boolean().default(false),
    provider: z.string().max(100).nullable().default(null),
  }),
  "aws-sigv4": z.strictObject({
    accessKeyId: z.string().regex(/^[A-Za-z0-9]{8,128}$/, "an access key id"),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/, "a region"),
    service: z.string().regex(/^[a-z0-9-]{1,60}$/, "a service"),
  }),
  mtls: z.strictObject({}),
  template: z.strictObject({
    headers: z.record(z.string(), template).default({}),
    query: z.record(z.string(), template).default({}),
  }),
} as const satisfies Record<CredentialKind, z.ZodType>;

export type SettingsOf<K extends CredentialKind> = z.output<(typeof SETTINGS)[K]>;

export const CREDENTIAL_KINDS = [
  "bearer",
  "basic",
  "header",
  "query",
  "oauth",
  "aws-sigv4",
  "mtls",
  "template",
] as const satisfies readonly CredentialKind[];

/** The part of a secret that a reference stands for. */
export const MAIN_PART: Readonly<Record<CredentialKind, string>> = {
  bearer: "token",
  basic: "password",
  header: "token",
  query: "token",
  oauth: "refreshToken",
  "aws-sigv4": "secretAccessKey",
  mtls: "key",
  template: "secret",
};

/** Where a credential of this kind goes in a request, as `placeholders` names places; empty: in none. */
export function placesOf(kind: CredentialKind, settings: unknown): readonly string[] {
  switch (kind) {
    case "header":
      return [`header:${SETTINGS.header.parse(settings).header}`];
    case "query":
      return [`query:${SETTINGS.query.parse(settings).parameter}`];
    case "template": {
      const { headers, query } = SETTINGS.template.parse(settings);
      return [
        ...Object.keys(headers).map((name) => `header:${name.toLowerCase()}`),
        ...Object.keys(query).map((name) => `query:${name}`),
      ];
    }
    case "mtls":
      return [];
    case "bearer":
    case "basic":
    case "oauth":
    case "aws-sigv4":
      return ["header:authorization"];
    default:
      return kind satisfies never;
  }
}
