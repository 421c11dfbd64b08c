import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject, parseStrictJson } from "#wire";
import { refuse } from "./refusal.ts";

/** A Sigstore bundle around a DSSE envelope, read and not yet believed. */
export interface Bundle {
  readonly material: Material;
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** As it was read: Sigstore's own verifier reads it once more. */
  readonly json: JsonObject;
}

export type Material =
  | {
      readonly method: "key";
      /** SHA-256 of the key's SPKI in PEM, in hex. */
      readonly hint: string | null;
      /** The key itself, which bundles before 1.1 have instead; shown to nobody as a proof. */
      readonly pem: string | null;
    }
  | { readonly method: "certificate"; readonly chain: readonly Uint8Array[] }
  | { readonly method: "sigstore" };

/** A manifest of 100,000 files is 15 MiB, and half as much more in base64. */
export const BUNDLE_BYTES_MAX = 64 * 1_048_576;
const LIMITS = { bytesMax: BUNDLE_BYTES_MAX, depthMax: 32, valuesMax: 1_000_000 };
export const PAYLOAD_LIMITS = { bytesMax: BUNDLE_BYTES_MAX, depthMax: 32, valuesMax: 4_000_000 };
const CHAIN_MAX = 10;
const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads a bundle as OpenSSF Model Signing has it (ossf/model-signing-spec a0c91e2, spec/v1.0.md, section 4): JSON with one possible reading,
 * one way to verify it, one signature. Throws refusals.
 */
export function readBundle(bytes: Uint8Array): Bundle {
  const json = objectOf(jsonOf(bytes, LIMITS, "the signature"), "the signature");
  if (json["mediaType"] !== MEDIA_TYPE) throw none(`its mediaType is not ${MEDIA_TYPE}`);
  // Whoever reads the other one would see other content vouched for.
  if (json["messageSignature"] !== undefined)
    throw none("it has a messageSignature, which signs no manifest");
  const envelope = objectOf(json["dsseEnvelope"], "its dsseEnvelope");
  const { payloadType, signatures } = envelope;
  if (typeof payloadType !== "string") throw none("its payloadType is no text");
  if (!Array.isArray(signatures) || signatures.length !== 1)
    throw none("it has not exactly one signature, and which of several counts is nowhere said");
  return {
    material: materialIn(objectOf(json["verificationMaterial"], "its verificationMaterial")),
    payloadType,
    payload: bytesOf(envelope["payload"], "its payload"),
    signature: bytesOf(objectOf(signatures[0], "its signature")["sig"], "its signature"),
    json,
  };
}

/** JSON with one possible reading; `what` names it in the refusal. */
export function jsonOf(bytes: Uint8Array, limits: typeof LIMITS, what: string): Json {
  try {
    return parseStrictJson(bytes, limits);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw refuse("not-a-bundle", `${what} is no JSON with one possible reading: ${cause.message}`);
  }
}

function materialIn(material: JsonObject): Material {
  const { publicKey, x509CertificateChain, certificate } = material;
  const given = [publicKey, x509CertificateChain, certificate].filter((one) => one !== undefined);
  if (given.length !== 1) throw none("it names not exactly one way to verify it");
  if (publicKey !== undefined) return keyIn(objectOf(publicKey, "its publicKey"));
  if (certificate === undefined) {
    const list = objectOf(x509CertificateChain, "its x509CertificateChain")["certificates"];
    if (!Array.isArray(list) || list.length === 0 || list.length > CHAIN_MAX)
      throw none(`its chain has not 1 to ${CHAIN_MAX} certificates`);
    const chain = list.map((one) => bytesOf(objectOf(one, "a certificate")["rawBytes"], "a certificate"));
    return { method: "certificate", chain };
  }
  const { tlogEntries } = material;
  if (!Array.isArray(tlogEntries) || tlogEntries.length === 0)
    throw none(
      "it has no entry of a transparency log, without which a certificate of Sigstore proves nothing",
    );
  return { method: "sigstore" };
}

function keyIn({ hint, rawBytes }: JsonObject): Material {
  const pem = rawBytes === undefined ? null : Buffer.from(bytesOf(rawBytes, "its key")).toString("utf8");
  if (hint !== undefined && hint !== null && typeof hint !== "string")
    throw none("the hint of its key is no text");
  const said = typeof hint === "string" && hint !== "" ? hint : null;
  if (said === null && pem === null) throw none("it does not say by which key it was signed");
  return { method: "key", hint: said, pem };
}

export function objectOf(value: Json | undefined, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw none(`${what} is no object`);
}

/** Strict base64: what decodes in two ways, or has bits left over, is none. */
function bytesOf(value: Json | undefined, what: string): Uint8Array {
  if (typeof value === "string" && value !== "" && BASE64.test(value)) {
    const bytes = Buffer.from(value, "base64");
    if (bytes.toString("base64") === value) return bytes;
  }
  throw none(`${what} is no base64`);
}

function none(why: string): Fault {
  return refuse("not-a-bundle", `the signature is no bundle of a model's signature: ${why}`);
}
