import { Fault, type Json } from "#base";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseNote } from "./note.ts";
import { isObject, tryJson } from "./json.ts";
import { inclusionProof } from "./proof.ts";
import { ENTRY_BYTES_MAX } from "./bundle.ts";
import { parseRecord } from "./record.ts";
import { formatProof, formatSpicy, parseProof } from "./tlog-proof.ts";
import type { TileReader } from "./tree.ts";

export const RECEIPT_FORMAT = "doorward-receipt@v1";
export const RECEIPT_ENTRIES_MAX = 1_000;
export const RECEIPT_CHARS_MAX = 64 * 1024 * 1024;

export interface ReceiptEntry {
  /** The canonical record, verbatim. */
  readonly record: string;
  /** The log entry, verbatim: canonical JSON of a hashedrekord 0.0.2 body. */
  readonly leaf: string;
  /** The text of a `.tlog-proof` file. */
  readonly proof: string;
}

/** One action's (or approval's, agent's …) entries, each provable by itself, in log order. */
export interface Receipt {
  readonly subject: string;
  readonly log: string;
  readonly entries: readonly ReceiptEntry[];
}

export interface ReceiptSource {
  readonly subject: string;
  /** In log order, each as kept: the record and the leaf that the sequencer logged for it. */
  readonly entries: readonly { readonly index: number; readonly record: string; readonly leaf: Uint8Array }[];
  /** The signed checkpoint that covers them all, verbatim. */
  readonly checkpoint: string;
  readonly read: TileReader;
}

/** Throws `receipt_unpublished` when an entry is not under the checkpoint yet, and the reader's faults. */
export function makeReceipt({ subject, entries, checkpoint, read }: ReceiptSource): Receipt {
  const { origin, size } = parseCheckpoint(parseNote(checkpoint).text);
  const proved = entries.map(({ index, record, leaf }) => {
    if (index >= size) throw unpublished(index, size);
    const proof = formatProof({ index, hashes: inclusionProof(index, size, read), checkpoint });
    return { record, leaf: Buffer.from(leaf).toString("utf8"), proof };
  });
  return { subject, log: origin, entries: proved };
}

/** The receipt file: JSON, indented for people, one trailing newline. Its strings are verbatim. */
export function formatReceipt(receipt: Receipt): string {
  const { subject, log, entries } = receipt;
  return `${JSON.stringify({ format: RECEIPT_FORMAT, subject, log, entries }, null, 2)}\n`;
}

/** Reads a receipt without trusting it. Throws `receipt_malformed`, and the faults of records and proofs. */
export function parseReceipt(text: string): Receipt {
  if (text.length > RECEIPT_CHARS_MAX) throw malformed(`is longer than ${RECEIPT_CHARS_MAX} characters`);
  const file = tryJson(text);
  if (!isObject(file) || file["format"] !== RECEIPT_FORMAT) throw malformed(`is not a ${RECEIPT_FORMAT}`);
  const { subject, log, entries } = file;
  if (typeof subject !== "string" || typeof log !== "string") throw malformed("names no subject or log");
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > RECEIPT_ENTRIES_MAX) {
    throw malformed(`does not hold 1 to ${RECEIPT_ENTRIES_MAX} entries`);
  }
  return { subject, log, entries: (entries as readonly Json[]).map(parseEntry) };
}

function parseEntry(value: Json): ReceiptEntry {
  const { record, leaf, proof } = isObject(value) ? value : {};
  if (typeof record !== "string" || typeof leaf !== "string" || typeof proof !== "string") {
    throw malformed("has an entry without record, leaf or proof");
  }
  if (leaf.length > ENTRY_BYTES_MAX) throw malformed("has a leaf that no log takes");
  parseRecord(record);
  parseProof(proof);
  return { record, leaf, proof };
}

/** The files other tools take, per entry: the leaf, and its proof as `spicy` and others read it. */
export function receiptFiles(receipt: Receipt): { readonly name: string; readonly text: string }[] {
  return receipt.entries.flatMap(({ record, leaf, proof }) => {
    const parsed = parseProof(proof);
    const name = `${parsed.index}.leaf.json`;
    return [
      { name: `${parsed.index}.record.json`, text: record },
      { name, text: leaf },
      { name: `${name}.tlog-proof`, text: proof },
      { name: `${name}.spicy`, text: formatSpicy(parsed) },
    ];
  });
}

function unpublished(index: number, size: number): Fault {
  return new Fault(
    "receipt_unpublished",
    `entry ${index} is not under the checkpoint of ${size} entries yet`,
    "Ask again in a second: a checkpoint follows within a second of an entry.",
  );
}

function malformed(how: string): Fault {
  return new Fault(
    "receipt_malformed",
    `the receipt ${how}`,
    "Give the receipt file as it was issued, unchanged.",
  );
}
