import { z } from "zod";
import { Fault } from "#base";
import {
  checkProtocols,
  type Credential,
  isModelName,
  KEY_CHARS_MAX,
  KEY_CHARS_MIN,
  KINDS,
  normalUrl,
  type Price,
  type Prices,
  serviceAccountOf,
  UPSTREAM_KINDS,
  type UpstreamConfiguration,
  type UpstreamKind,
  vertexUrl,
} from "#inference";
import { PROTOCOLS } from "#llm";
import type { ReadContext } from "./context.ts";

const URL_CHARS_MAX = 2_000;
/** A service account's key file has about 2,400. */
const ACCOUNT_CHARS_MAX = 20_000;
const PRICES_MAX = 1_000;

export const upstreamName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "small letters, digits and hyphens, starting with a letter, at most 31")
  .describe("Short name of the model upstream");

/** Sent as a header's value: visible ASCII, and long enough to be told from ordinary words in an answer. */
const key = z
  .string()
  .min(KEY_CHARS_MIN)
  .max(KEY_CHARS_MAX)
  .regex(/^[\x21-\x7e]+$/, "visible ASCII without spaces");

/** What may be said of an upstream at first and later; never a secret on a command line. */
export const respects = {
  key: key.meta({ writeOnly: true }).optional().describe("Its API key; kept sealed"),
  keyHeader: z
    .string()
    .regex(/^(?:x-[a-z0-9-]{1,60}|api-key)$/, "api-key, or a name that begins with x-")
    .optional()
    .describe("Header that takes the key itself, where it is not a bearer token: api-key, x-api-key"),
  serviceAccount: z
    .string()
    .min(1)
    .max(ACCOUNT_CHARS_MAX)
    .meta({ writeOnly: true })
    .optional()
    .describe("JSON key file of a Google service account (Vertex AI), in place of a key; kept sealed"),
  protocols: z
    .array(z.enum(PROTOCOLS))
    .min(1)
    .max(PROTOCOLS.length)
    .optional()
    .describe("What it speaks, where that is not what its kind commonly does"),
  prices: z
    .record(z.string().refine(isModelName, "the name of a model, or *"), z.string().max(40))
    .refine((prices) => Object.keys(prices).length <= PRICES_MAX, `at most ${PRICES_MAX} prices`)
    .default({})
    .describe("USD per million tokens, MODEL=INPUT/OUTPUT (gpt-5=1.25/10); * is every other model"),
  unchecked: z.boolean().default(false).describe("Don't ask it for its models first: it may be down now"),
};

export const upstreamInput = z.strictObject({
  name: upstreamName,
  kind: z.enum(UPSTREAM_KINDS).describe("What runs there; openai is any OpenAI-compatible service"),
  url: z
    .string()
    .min(1)
    .max(URL_CHARS_MAX)
    .optional()
    .describe("Its address, as its clients write it (default: where its kind commonly is)"),
  project: z
    .string()
    .regex(/^[a-z][a-z0-9:.-]{4,100}$/, "a Google Cloud project id")
    .optional()
    .describe("Google Cloud project (Vertex AI; default: the service account's own)"),
  location: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/, "a Google Cloud location")
    .optional()
    .describe("Google Cloud location (Vertex AI): us-central1, global"),
  allowPrivate: z
    .boolean()
    .optional()
    .describe("It is on this machine or a private network, and nowhere else (default: if no url is given)"),
  ...respects,
});

export type UpstreamInput = z.output<typeof upstreamInput>;

/** What was asked for, ready to be looked at and kept. */
export interface Prospect {
  readonly configuration: UpstreamConfiguration;
  /** Empty where there is none. */
  readonly secret: string;
  readonly prices: Prices;
}

/** Throws `upstream_url_invalid`, `upstream_protocols_invalid`, `upstream_credential_invalid`, `service_account_invalid`, `upstream_price_invalid`. */
export function prospectOf(context: Pick<ReadContext, "ambient">, input: UpstreamInput): Prospect {
  const { kind, allowPrivate } = input;
  const url = normalUrl(kind, urlOf(input));
  const protocols = input.protocols ?? KINDS[kind].protocols;
  checkProtocols(kind, protocols);
  const { credential, secret } = credentialOf(context, kind, input);
  if (kind === "vertex" && credential.type === "none")
    throw credentialInvalid("Vertex AI lets nobody in without a credential");
  const isDefaultLocal = input.url === undefined && url.startsWith("http://127.0.0.1:");
  const configuration = {
    kind,
    url,
    protocols,
    allowPrivate: allowPrivate ?? isDefaultLocal,
    credential,
  };
  return { configuration, secret, prices: pricesOf({}, input.prices) };
}

function urlOf({ kind, url, project, location, serviceAccount }: UpstreamInput): string {
  if (url !== undefined) return url;
  const known = KINDS[kind].url;
  if (known !== null) return known;
  const own = serviceAccount === undefined ? null : serviceAccountOf(serviceAccount).project;
  const named = project ?? own;
  if (named !== null && location !== undefined) return vertexUrl(named, location);
  throw new Fault(
    "upstream_url_invalid",
    `where an upstream of kind ${kind} is must be said`,
    "Give --location (and --project, where the service account has another), or --url.",
  );
}

interface Given {
  readonly key?: string | undefined;
  readonly keyHeader?: string | undefined;
  readonly serviceAccount?: string | undefined;
}

/** Throws `upstream_credential_invalid` for parts that do not go together. */
export function credentialOf(
  { ambient }: Pick<ReadContext, "ambient">,
  kind: UpstreamKind,
  given: Given,
): { readonly credential: Credential; readonly secret: string } {
  const { key: text, serviceAccount, keyHeader } = given;
  if (text !== undefined && serviceAccount !== undefined)
    throw credentialInvalid("it has a key or a service account, not both");
  if (text === undefined && keyHeader !== undefined)
    throw credentialInvalid("a header for a key needs the key");
  const id = ambient.id("crd");
  if (serviceAccount !== undefined) {
    if (kind !== "vertex") throw credentialInvalid("a service account is for kind vertex");
    const { email: account } = serviceAccountOf(serviceAccount);
    return { credential: { type: "google", id, account }, secret: serviceAccount };
  }
  if (text === undefined) return { credential: { type: "none" }, secret: "" };
  const header = keyHeader ?? KINDS[kind].keyHeader;
  return {
    credential: header === null ? { type: "bearer", id } : { type: "header", id, header },
    secret: text,
  };
}

const PRICE = /^(\d{1,6}(?:\.\d{1,6})?)\/(\d{1,6}(?:\.\d{1,6})?)$/;
const DECIMALS = 6;

/** `known` with what was given laid over it; an empty price takes one away. Throws `upstream_price_invalid`. */
export function pricesOf(known: Prices, given: Readonly<Record<string, string>>): Prices {
  const changed = Object.entries(given).map(([model, text]) => [model, priceOf(model, text)] as const);
  const all = new Map<string, Price | null>([...Object.entries(known), ...changed]);
  return Object.fromEntries([...all].flatMap(([model, price]) => (price === null ? [] : [[model, price]])));
}

function priceOf(model: string, text: string): Price | null {
  if (text === "") return null;
  const [, input, output] = PRICE.exec(text) ?? [];
  if (input !== undefined && output !== undefined)
    return { inputMicroUsdPerMTok: microOf(input), outputMicroUsdPerMTok: microOf(output) };
  throw new Fault(
    "upstream_price_invalid",
    `the price of ${model} is not INPUT/OUTPUT in USD per million tokens`,
    "Write it like --prices gpt-5=1.25/10, with at most six decimals.",
  );
}

/** Digits alone, so that no price is rounded. */
function microOf(decimal: string): number {
  const [whole = "", part = ""] = decimal.split(".");
  return Number(`${whole}${part.padEnd(DECIMALS, "0")}`);
}

export function priceText({ inputMicroUsdPerMTok, outputMicroUsdPerMTok }: Price): string {
  return `${inputMicroUsdPerMTok / 10 ** DECIMALS}/${outputMicroUsdPerMTok / 10 ** DECIMALS}`;
}

function credentialInvalid(why: string): Fault {
  return new Fault(
    "upstream_credential_invalid",
    `this credential cannot be used: ${why}`,
    "Give --key FILE (with --key-header, where it is no bearer token), or for Vertex AI --service-account FILE.",
  );
}
