/**
 * Ledger: entries as a transparency log (C2SP tlog-tiles over RFC 6962). Pure: bytes in, bytes out; files, clocks and
 * databases are the journal's. `docs/formats/ledger.md` is the contract, `verifier/` the second implementation.
 */
export type { Appended, Batch, EntryDraft, EntryKind, Journal, PayloadDraft, StateWrite } from "./journal.ts";
export {
  commit,
  leafBody,
  type LedgerRecord,
  pae,
  parseRecord,
  RECORD_BYTES_MAX,
  RECORD_TYPE,
  recordOf,
  SALT_BYTES,
  verifyLeaf,
} from "./record.ts";
export { EMPTY_ROOT, leafHash, nodeHash } from "./hash.ts";
export {
  bundleWidth,
  entriesPath,
  parseTilePath,
  TILE_WIDTH,
  type TileName,
  tilePath,
  tileWidth,
} from "./tile-path.ts";
export { decodeBundle, encodeBundle, ENTRY_BYTES_MAX } from "./bundle.ts";
export {
  EMPTY_TREE,
  extend,
  type Extension,
  readEntries,
  restore,
  root,
  type TileFile,
  type TileReader,
  type TreeState,
} from "./tree.ts";
export { consistencyProof, inclusionProof } from "./proof.ts";
export { type ConsistencyClaim, type InclusionClaim, verifyConsistency, verifyInclusion } from "./verify.ts";
export { formatSignerKey, type NoteSigner, parseSigner, parseVkey, type VerifierKey } from "./note-key.ts";
export {
  formatNote,
  type NoteSignature,
  parseNote,
  signatureLine,
  type SignedNote,
  signNote,
  type VerifiedSignature,
  verifyNote,
} from "./note.ts";
export {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  type OpenedCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from "./checkpoint.ts";
export { formatProof, formatSpicy, parseProof, parseSpicy, type TlogProof } from "./tlog-proof.ts";
export {
  formatReceipt,
  makeReceipt,
  parseReceipt,
  type Receipt,
  RECEIPT_FORMAT,
  type ReceiptEntry,
  receiptFiles,
  type ReceiptSource,
} from "./receipt.ts";
export { checkReceipt, type ReceiptCheck, type ReceiptTrust } from "./receipt-check.ts";
export { sigstoreBlob, sigstoreBundle } from "./sigstore.ts";
