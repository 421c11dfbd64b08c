import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { sha256 } from "#base";
import { refuse } from "./refusal.ts";

/** Curves that model signing names, with the hash that goes with each (spec algorithm-registry.md), and Ed25519, which hashes itself. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ["prime256v1", "sha256"],
  ["secp384r1", "sha384"],
  ["secp521r1", "sha512"],
]);

/** What a signature by this key is hashed with; null for Ed25519. Throws a refusal for keys of other kinds. */
export function hashOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType === "ed25519") return null;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const hash = HASHES.get(curve);
  if (key.asymmetricKeyType === "ec" && hash !== undefined) return hash;
  const kind = key.asymmetricKeyType === "ec" ? `the curve ${curve}` : String(key.asymmetricKeyType);
  throw refuse("weak-key", `the key is one of ${kind}: P-256, P-384, P-521 and Ed25519 are taken`);
}

/** A public key in PEM. Throws a refusal for what is none. */
export function publicKeyIn(pem: string): KeyObject {
  try {
    if (/PRIVATE KEY/.test(pem)) throw new Error("it is a private key");
    return createPublicKey(pem);
  } catch (cause) {
    throw refuse(
      "weak-key",
      `the key cannot be read: ${cause instanceof Error ? cause.message : "it is none"}`,
    );
  }
}

/** By which a bundle names its key: SHA-256 of the SPKI in PEM as it is exported, not as it was written. */
export function hintOf(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "pem" })).toString("hex");
}

export function isSignedBy(
  key: KeyObject,
  hash: string | null,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}
