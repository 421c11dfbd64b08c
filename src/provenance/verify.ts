import type { X509Certificate } from "node:crypto";
import { type Bundle, readBundle } from "./bundle.ts";
import { certificatesIn, signerBy } from "./certificates.ts";
import { PAYLOAD_TYPE, signedBytes, signedBytesOf02 } from "./encoding.ts";
import { hashOf, hintOf, isSignedBy, publicKeyIn } from "./keys.ts";
import { keylessSigner, type KeylessTrust } from "./keyless.ts";
import { readManifest, type SignedManifest } from "./manifest.ts";
import { type Outcome, outcomeOf, refuse } from "./refusal.ts";

/** Whose signature is taken. Nothing in a bundle says that it is to be trusted. */
export type Trust =
  | { readonly by: "key"; readonly pem: string }
  | { readonly by: "certificate"; readonly roots: string }
  | ({ readonly by: "sigstore" } & KeylessTrust);

export type ModelSigner =
  | { readonly by: "key"; readonly hint: string }
  | {
      readonly by: "certificate";
      readonly subject: string;
      readonly issuer: string;
      readonly fingerprint: string;
    }
  | { readonly by: "sigstore"; readonly identity: string; readonly issuer: string };

export interface SignedModel {
  readonly signer: ModelSigner;
  readonly manifest: SignedManifest;
  /** True for the encoding of version 0.2, which no signer writes any more. */
  readonly isOldEncoding: boolean;
}

interface Signed {
  readonly signer: ModelSigner;
  readonly isOldEncoding: boolean;
}

/**
 * Whether a signature over a model is one of whom is trusted, and what it says of the model's files; whether the files are those, `compare`
 * says. Takes bundles of model_signing 0.2 to 1.1 (specification 1.0). `at`: milliseconds since 1970, the time at which certificates have to
 * be valid; keyless ones carry their own time, proven.
 */
export function verifySignature(bytes: Uint8Array, trust: Trust, at: number): Outcome<SignedModel> {
  return outcomeOf(() => {
    const bundle = readBundle(bytes);
    if (bundle.payloadType !== PAYLOAD_TYPE)
      throw refuse(
        "wrong-payload",
        `the payload is of the type ${bundle.payloadType}, and not ${PAYLOAD_TYPE}`,
      );
    const signed = signerOf(bundle, trust, at);
    return { ...signed, manifest: readManifest(bundle.payload) };
  });
}

function signerOf(bundle: Bundle, trust: Trust, at: number): Signed {
  const { material } = bundle;
  if (material.method !== trust.by)
    throw refuse(
      "wrong-method",
      `it is signed by ${SAYS[material.method]}, and ${SAYS[trust.by]} is what you trust`,
    );
  if (trust.by === "key") return byKey(bundle, trust.pem);
  if (trust.by === "certificate") return byCertificate(bundle, certificatesIn(trust.roots), at);
  return { signer: { by: "sigstore", ...keylessSigner(bundle, trust) }, isOldEncoding: false };
}

const SAYS = {
  key: "a key",
  certificate: "a certificate",
  sigstore: "an identity of Sigstore's",
} as const;

function byKey(bundle: Bundle, pem: string): Signed {
  const key = publicKeyIn(pem);
  const hint = hintOf(key);
  const { material } = bundle;
  if (material.method === "key" && material.hint !== null && material.hint !== hint)
    throw refuse("other-key", `it names the key ${material.hint}, and yours is ${hint}`);
  const hash = hashOf(key);
  const isNow = isSignedBy(key, hash, signedBytes(bundle.payloadType, bundle.payload), bundle.signature);
  const isOld =
    !isNow && isSignedBy(key, hash, signedBytesOf02(bundle.payloadType, bundle.payload), bundle.signature);
  if (!isNow && !isOld) throw refuse("bad-signature", "the signature is not by this key over this payload");
  return { signer: { by: "key", hint }, isOldEncoding: isOld };
}

function byCertificate(bundle: Bundle, roots: readonly X509Certificate[], at: number): Signed {
  const { material } = bundle;
  const { key, ...signer } = signerBy(material.method === "certificate" ? material.chain : [], roots, at);
  const now = signedBytes(bundle.payloadType, bundle.payload);
  const isNow = isSignedBy(key, hashOf(key), now, bundle.signature);
  // Version 0.2 hashed with SHA-256 whatever the curve.
  const isOld =
    !isNow &&
    isSignedBy(key, "sha256", signedBytesOf02(bundle.payloadType, bundle.payload), bundle.signature);
  if (!isNow && !isOld)
    throw refuse("bad-signature", "the signature is not by this certificate over this payload");
  return { signer: { by: "certificate", ...signer }, isOldEncoding: isOld };
}
