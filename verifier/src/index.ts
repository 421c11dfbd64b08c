/**
 * Doorward's offline verifier: no dependencies, no code of the writer's, written from docs/formats/ledger.md.
 * Functions throw `Refusal` for what does not verify; those named `…Problems` list what they found.
 */
export { Refusal } from "./bytes.ts";
export { run } from "./cli.ts";
export { growthProblems, logProblems, numberPath } from "./log.ts";
export { type Checkpoint, openCheckpoint, parseVkey } from "./note.ts";
export { openTrusted, parsePolicy, type Trust, trustLog } from "./policy.ts";
export { type Entry, parseReceiptKey, verifyReceipt } from "./receipt.ts";
export { isConsistent, isIncluded, leafHash } from "./tree.ts";
