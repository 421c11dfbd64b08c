import { X509Certificate } from "node:crypto";
import { certificateEnded, credentialInvalid } from "./faults.ts";
import { formsOf } from "./forms.ts";
import type { Secret } from "./messages.ts";
import type { CredentialKind, Injection, Outgoing } from "./port.ts";
import { SETTINGS } from "./settings.ts";
import { signV4 } from "./sigv4.ts";

/** What fills a request. */
export interface Filling {
  readonly kind: CredentialKind;
  readonly settings: unknown;
  readonly secret: Secret;
  readonly outgoing: Outgoing;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** INVARIANT: nothing of the secret is in a Fault that comes from here. */
export function fill(filling: Filling): Injection {
  const { kind, settings, secret, outgoing } = filling;
  switch (kind) {
    case "bearer":
      return inHeaders([["authorization", `Bearer ${part(secret, "token")}`]], [part(secret, "token")]);
    case "oauth":
      return inHeaders(
        [["authorization", `Bearer ${part(secret, "accessToken")}`]],
        [part(secret, "accessToken")],
      );
    case "basic":
      return basic(SETTINGS.basic.parse(settings).user, part(secret, "password"));
    case "header": {
      const { header, prefix } = SETTINGS.header.parse(settings);
      return inHeaders([[header, `${prefix}${part(secret, "token")}`]], [part(secret, "token")]);
    }
    case "query":
      return inQuery([[SETTINGS.query.parse(settings).parameter, part(secret, "token")]], outgoing, [
        part(secret, "token"),
      ]);
    case "aws-sigv4":
      return signed(filling);
    case "mtls":
      return certified(filling);
    case "template":
      return templated(filling);
    default:
      return kind satisfies never;
  }
}

/** Throws `credential_invalid` where the secret has no such part. */
export function part(secret: Secret, name: string): string {
  const value = secret[name];
  if (value === undefined || value === "") throw credentialInvalid(`it has no ${name}`);
  return value;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** The query is given back only where it changes; null: as it was. */
function inHeaders(headers: Pairs, secrets: readonly string[]): Injection {
  return { headers: headers.map(visible), query: null, client: null, secrets: secrets.flatMap(formsOf) };
}

/** A line feed in a value would begin another header. */
function visible([name, value]: readonly [string, string]): readonly [string, string] {
  if (/^[\x20-\x7e]*$/.test(value)) return [name, value];
  throw credentialInvalid("it holds characters that no header can carry");
}

function basic(user: string, password: string): Injection {
  const pair = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  const { headers, ...rest } = inHeaders([["authorization", `Basic ${pair}`]], [password]);
  return { ...rest, headers, secrets: [...rest.secrets, pair] };
}

function inQuery(pairs: Pairs, { query }: Outgoing, secrets: readonly string[]): Injection {
  return {
    headers: [],
    query: withParameters(query, pairs),
    client: null,
    secrets: secrets.flatMap(formsOf),
  };
}

/** In place of any that the agent sent under these names. */
function withParameters(query: string | null, pairs: Pairs): string {
  const names = new Set(pairs.map(([name]) => name));
  const kept = (query ?? "").split("&").filter((pair) => pair !== "" && !names.has(nameOf(pair)));
  const own = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return [...kept, ...own].join("&");
}

function nameOf(pair: string): string {
  const [name = ""] = pair.split("=", 1);
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}

const VARIABLE = /\{\{([A-Za-z][A-Za-z0-9_]{0,40})\}\}/g;

/** The names that a template fills. */
export function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = ""]) => name);
}

function templated({ settings, secret, outgoing }: Filling): Injection {
  const { headers, query } = SETTINGS.template.parse(settings);
  const filled = (text: string): string =>
    text.replaceAll(VARIABLE, (_whole, name: string) => part(secret, name));
  const own = Object.entries(headers).map(([name, text]) => visible([name.toLowerCase(), filled(text)]));
  const pairs = Object.entries(query).map(([name, text]) => [name, filled(text)] as const);
  return {
    headers: own,
    query: pairs.length === 0 ? null : withParameters(outgoing.query, pairs),
    client: null,
    secrets: [...Object.values(secret), ...own.map(([, value]) => value)].flatMap(formsOf),
  };
}

const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

function signed({ settings, secret, outgoing, now }: Filling): Injection {
  const { accessKeyId, region, service } = SETTINGS["aws-sigv4"].parse(settings);
  const { scheme, host, port, method, path } = outgoing.destination;
  const isUsual = port === (scheme === "https" ? 443 : 80);
  const name = host.includes(":") ? `[${host}]` : host;
  const sessionToken = secret["sessionToken"] ?? null;
  const secretAccessKey = part(secret, "secretAccessKey");
  const headers = signV4(
    {
      method,
      host: isUsual ? name : `${name}:${port}`,
      path,
      query: outgoing.query ?? "",
      headers: outgoing.headers,
      payload: outgoing.bodySha256 ?? UNSIGNED_PAYLOAD,
    },
    { accessKeyId, region, service, secretAccessKey, sessionToken, now },
  );
  const secrets = [secretAccessKey, ...(sessionToken === null ? [] : [sessionToken])].flatMap(formsOf);
  return { headers, query: null, client: null, secrets };
}

/** An upstream would answer a certificate that is over with an alert that says little. */
function certified({ secret, now }: Filling): Injection {
  const [certificate, key] = [part(secret, "certificate"), part(secret, "key")];
  if (Date.parse(new X509Certificate(certificate).validTo) <= now) throw certificateEnded();
  return { headers: [], query: null, client: { certificate, key }, secrets: keyForms(key) };
}

/** A private key could come back without its frame, or line by line. */
function keyForms(pem: string): readonly string[] {
  const lines = pem.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("-----"));
  return [pem, lines.join(""), ...lines];
}
