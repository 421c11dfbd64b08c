import { z } from "zod";
import { Fault } from "#base";
import type { OAuthConfiguration, ServerConfiguration } from "#upstream";
import { objectOf } from "./columns.ts";
import { serverName } from "./fields.ts";
import { folderOf, sandboxInput, stance } from "./server-sandbox-input.ts";

const ARGUMENTS_MAX = 100;
const VALUE_CHARS_MAX = 8_000;
const secrets = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/, "a name of letters, digits, _ and -"),
    z.string().max(VALUE_CHARS_MAX),
  )
  .default({});

/** Never on a command line, where every program of the machine can read it. */
const secretText = z.string().min(1).max(VALUE_CHARS_MAX).meta({ writeOnly: true }).optional();

export const serverInput = z.strictObject({
  name: serverName,
  command: z
    .array(z.string().max(VALUE_CHARS_MAX))
    .max(ARGUMENTS_MAX)
    .default([])
    .describe("Program and arguments of a stdio server, after --; no shell reads them"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe("Address of a server that speaks HTTP"),
  sandbox: stance
    .optional()
    .describe(
      "Whether it runs in a sandbox of its own: required, when-available or off; as doorward.yaml has it (servers.sandbox) where not given",
    ),
  ...sandboxInput,
  environment: secrets.describe("Variables for the program, NAME=VALUE; kept sealed"),
  headers: secrets.describe("Headers for every request, NAME=VALUE; kept sealed"),
  oauthClientId: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe("OAuth client registered by hand, where the server takes no registration"),
  oauthClientSecret: secretText.describe("Its secret, if it has one; kept sealed"),
  oauthPrivateKey: secretText.describe("Its private key (PKCS#8 PEM), in place of a secret; kept sealed"),
  oauthGrant: z
    .enum(["client_credentials"])
    .optional()
    .describe("Let Doorward in by the client's own credentials; without it, a person opens a link"),
  oauthIssuer: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .optional()
    .describe("Authorization server that may see those credentials, as it writes its issuer; no other does"),
  oauthAlgorithm: z
    .enum(["ES256", "ES384", "ES512", "RS256", "PS256", "EdDSA"])
    .optional()
    .describe("What the private key signs with (ES256 unless given)"),
  oauthScope: z
    .string()
    .max(2_000)
    // RFC 6749, section 3.3.
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, "scopes separated by single spaces")
    .optional()
    .describe("OAuth scopes to ask for, instead of what the server names"),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("The address, or the hosts, may be on this machine or a private network"),
  accept: z
    .boolean()
    .default(false)
    .describe("Accept every tool it offers now; otherwise they wait for review"),
});

export type ServerInput = z.output<typeof serverInput>;

/** Throws `server_input_invalid` unless it is exactly one of command and url, with what goes with it. */
export function configurationOf(input: ServerInput): ServerConfiguration {
  const { command, url, environment, headers, allowPrivate, folders, hosts } = input;
  const [program, ...rest] = command;
  const oauth = oauthOf(input);
  const isPlain = Object.keys(headers).length === 0 && oauth === null;
  if (url === undefined && program !== undefined && isPlain) {
    return {
      transport: "stdio",
      command: [program, ...rest],
      environment: Object.keys(environment).toSorted(),
      sandbox: {
        ...(input.sandbox === undefined ? {} : { stance: input.sandbox }),
        folders: folders.map(folderOf),
        hosts,
        allowPrivate,
      },
    };
  }
  if (url !== undefined && program === undefined && isElsewhere(input)) {
    const names = Object.keys(headers).toSorted();
    return { transport: "http", url, headers: names, allowPrivate, ...(oauth === null ? {} : { oauth }) };
  }
  throw new Fault(
    "server_input_invalid",
    "a server is either a command (with environment and a sandbox) or a url (with headers and oauth)",
    "Try `doorward servers add NAME -- COMMAND …` or `doorward servers add NAME --url URL`.",
  );
}

/** Nothing was said of how a program of this machine is to run. */
function isElsewhere({ environment, folders, hosts, sandbox }: ServerInput): boolean {
  const said = [Object.keys(environment), folders, hosts].some((one) => one.length > 0);
  return !said && sandbox === undefined;
}

/** Null where nothing of OAuth was given. Throws `server_oauth_invalid` for parts that do not go together. */
function oauthOf(input: ServerInput): OAuthConfiguration | null {
  const { oauthClientId: clientId, oauthGrant: grant, oauthAlgorithm: algorithm, oauthScope: scope } = input;
  const { oauthIssuer: issuer } = input;
  if ((grant === undefined) !== (issuer === undefined))
    throw oauthInvalid(
      "client_credentials needs the issuer that may see them (--oauth-issuer), and nothing else takes one",
    );
  const credentials = [input.oauthClientSecret, input.oauthPrivateKey].filter((one) => one !== undefined);
  if (credentials.length > 0 && clientId === undefined)
    throw oauthInvalid("a secret or key belongs to a client id");
  if (grant !== undefined && (clientId === undefined || credentials.length !== 1))
    throw oauthInvalid("client_credentials needs a client id, and either its secret or its private key");
  if (input.oauthPrivateKey !== undefined) demandKey(grant, input.oauthPrivateKey);
  if (algorithm !== undefined && input.oauthPrivateKey === undefined)
    throw oauthInvalid("a signature algorithm belongs to a private key");
  const given = { clientId, grant, issuer, algorithm, scope };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return known.length === 0 ? null : Object.fromEntries(known);
}

function demandKey(grant: string | undefined, key: string): void {
  if (grant === undefined) throw oauthInvalid("a private key is for client_credentials");
  if (!key.trimStart().startsWith("-----BEGIN PRIVATE KEY-----"))
    throw oauthInvalid("the private key is not in PKCS#8 PEM form");
}

function oauthInvalid(why: string): Fault {
  return new Fault(
    "server_oauth_invalid",
    why,
    "See `doorward servers add --help`; `openssl pkcs8 -topk8 -nocrypt` makes PKCS#8 of other keys.",
  );
}

const configuration = z.custom<ServerConfiguration>(
  (value) => typeof value === "object" && value !== null && "transport" in value,
);

/** As it was added, from its row. */
export function configurationOfRow(column: string): ServerConfiguration {
  return configuration.parse(JSON.parse(column));
}

export function secretsOf(input: ServerInput): Record<string, string> {
  const { environment, headers, oauthClientSecret: secret, oauthPrivateKey: key } = input;
  return {
    ...Object.fromEntries([...prefixed("env", environment), ...prefixed("header", headers)]),
    ...(secret === undefined ? {} : { "oauth:client-secret": secret }),
    ...(key === undefined ? {} : { "oauth:private-key": key }),
  };
}

function prefixed(prefix: string, values: Record<string, string>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [`${prefix}:${name}`, value]);
}

/** What a pin says, in a few words. */
export function pinOf(column: string): string {
  const pin = objectOf(column);
  const word = (key: string): string => (typeof pin[key] === "string" ? pin[key] : "");
  if (pin["kind"] === "package") return `${word("package")}@${word("version")}`;
  return pin["kind"] === "command" ? word("executable") : word("url");
}
