/**
 * Keys: signing keys and the data key, on disk, mode 0600. The serving process opens `openKeys` (public halves and
 * the data key); only the sequencer, a process apart (T25), opens `openSigningKeys`.
 */
export { openKeys, type Keys } from "./open.ts";
export { openSigningKeys, type SigningKeys } from "./signing.ts";
export { type SealingKey, sealUnder, unsealUnder } from "./seal.ts";
export { openTokenKeys, type TokenKey, type TokenKeys } from "./token-keys.ts";
