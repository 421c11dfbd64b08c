/** Provenance: signatures over models (OpenSSF Model Signing) and in-toto statements: who vouches for which bytes. */
export { compare, type Comparison, fileOf, ignoredBy, type Leave, type ModelEntry } from "./compare.ts";
export { BUNDLE_BYTES_MAX } from "./bundle.ts";
export type { HashType, SignedManifest } from "./manifest.ts";
export { ignoredPath, isIgnored } from "./names.ts";
export { isSubject, type Provenance, readProvenance } from "./provenance.ts";
export type { Refusal } from "./refusal.ts";
export { type SigningKey, signModel, type ToSign } from "./sign.ts";
export { TRUSTED_ROOT } from "./trusted-root.table.ts";
export { type ModelSigner, type SignedModel, type Trust, verifySignature } from "./verify.ts";
