import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { certificatesIn } from "./certificates.ts";
import { PAYLOAD_TYPE, signedBytes } from "./encoding.ts";
import { hashOf, hintOf } from "./keys.ts";
import { type HashType, type Resource, rootOf } from "./manifest.ts";
import { IGNORED_BY_DEFAULT, unsafeName } from "./names.ts";

export interface ToSign {
  /** The model's name: of its folder or file. */
  readonly name: string;
  /** Digests by path, as in `ModelEntry`. */
  readonly files: ReadonlyMap<string, string>;
  readonly hashType: HashType;
  /** Paths that were left out besides git's: the signature itself among them. */
  readonly ignored: readonly string[];
}

export interface SigningKey {
  /** PKCS #8 or SEC 1, in PEM; P-256, P-384 or P-521. */
  readonly pem: string;
  readonly passphrase: string | null;
  /** The certificate of that key, and those behind it, in PEM; null to sign by the key alone. */
  readonly certificates: string | null;
}

/**
 * A signature over a model as model_signing 1.1 writes it (specification 1.0): what `verifySignature` takes. Its JSON is ours: RFC 8785, so the
 * same model gives the same payload. Throws `signing_key_unusable`, `model_unsignable`.
 */
export function signModel(model: ToSign, signing: SigningKey): string {
  const key = privateKeyIn(signing);
  const payload = Buffer.from(canonicalJson(statementOf(model)));
  const hash = hashOf(createPublicKey(key));
  if (hash === null)
    throw unusable("the key is Ed25519, which other verifiers of model signatures do not take");
  const signature = sign(hash, signedBytes(PAYLOAD_TYPE, payload), key);
  return canonicalJson({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { ...materialOf(key, signing.certificates), tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString("base64"), keyid: "" }],
    },
  });
}

function statementOf({ name, files, hashType, ignored }: ToSign): JsonObject {
  const resources = [...files]
    .map(([path, digest]): Resource => ({ name: path, algorithm: hashType, digest }))
    .toSorted((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));
  if (resources.length === 0) throw unsignable("there is no file in it");
  for (const { name: path } of resources) {
    const why = unsafeName(path);
    if (why !== null) throw unsignable(`a file is called ${path}: ${why}`);
    if (!path.isWellFormed()) throw unsignable("the name of a file is not valid UTF-8");
  }
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: rootOf(resources) } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      resources: resources.map((one) => ({ ...one })),
      serialization: {
        method: "files",
        hash_type: hashType,
        allow_symlinks: false,
        ignore_paths: [...new Set([...IGNORED_BY_DEFAULT, ...ignored])].toSorted(),
      },
    },
  };
}

function materialOf(key: KeyObject, certificates: string | null): JsonObject {
  const publicKey = createPublicKey(key);
  if (certificates === null) return { publicKey: { hint: hintOf(publicKey) } };
  const chain = certificatesIn(certificates);
  if (chain[0]?.publicKey.equals(publicKey) !== true)
    throw unusable("the first certificate is not that of the key");
  return {
    x509CertificateChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw.toString("base64") })) },
  };
}

function privateKeyIn({ pem, passphrase }: SigningKey): KeyObject {
  try {
    return createPrivateKey(passphrase === null ? pem : { key: pem, passphrase });
  } catch (cause) {
    throw unusable(cause instanceof Error ? cause.message : "it cannot be read", cause);
  }
}

function unusable(why: string, cause?: unknown): Fault {
  return new Fault(
    "signing_key_unusable",
    `this key cannot sign a model: ${why}`,
    "Give a private key of P-256, P-384 or P-521 in PEM: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256.",
    cause,
  );
}

function unsignable(why: string): Fault {
  return new Fault(
    "model_unsignable",
    `this model cannot be signed: ${why}`,
    "Sign a folder of files whose names are plain relative paths, without links.",
  );
}
