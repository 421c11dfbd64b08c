import { Fault } from "#base";
import { openCheckpoint, type OpenedCheckpoint } from "./checkpoint.ts";
import { leafHash } from "./hash.ts";
import type { VerifierKey } from "./note-key.ts";
import { parseRecord, verifyLeaf, type LedgerRecord } from "./record.ts";
import type { Receipt, ReceiptEntry } from "./receipt.ts";
import { parseProof } from "./tlog-proof.ts";
import { verifyInclusion } from "./verify.ts";

export interface ReceiptTrust {
  readonly logKey: VerifierKey;
  /** Receipt public keys, SPKI DER: the present one and those before it. */
  readonly receiptKeys: readonly Uint8Array[];
  readonly witnesses?: readonly VerifierKey[];
}

export type ReceiptCheck =
  | {
      readonly kind: "verified";
      readonly records: readonly LedgerRecord[];
      readonly size: number;
      /** Names of the witnesses that cosigned the checkpoint; empty = unwitnessed (T23). */
      readonly witnesses: readonly string[];
    }
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/**
 * Checks a receipt as an auditor would, with our own code. The offline verifier in `verifier/` does the same from
 * the format's description alone; a test compares the two.
 */
export function checkReceipt(receipt: Receipt, trust: ReceiptTrust): ReceiptCheck {
  const problems: string[] = [];
  const records: LedgerRecord[] = [];
  const checkpoints: OpenedCheckpoint[] = [];
  for (const [n, entry] of receipt.entries.entries()) {
    try {
      const checked = checkEntry(entry, receipt, trust);
      records.push(checked.record);
      checkpoints.push(checked.checkpoint);
      problems.push(...checked.problems.map((problem) => `entry ${checked.record.index}: ${problem}`));
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      problems.push(`entry number ${n + 1} of the receipt: ${cause.message}`);
    }
  }
  problems.push(...orderProblems(records));
  const notes = new Set(receipt.entries.map(({ proof }) => proof.slice(proof.indexOf("\n\n"))));
  if (notes.size > 1) problems.push("its proofs are not all under one checkpoint");
  const [checkpoint] = checkpoints;
  if (problems.length > 0 || checkpoint === undefined) return { kind: "refused", problems };
  return { kind: "verified", records, size: checkpoint.size, witnesses: witnessesOf(checkpoint) };
}

function checkEntry(entry: ReceiptEntry, receipt: Receipt, trust: ReceiptTrust) {
  const record = parseRecord(entry.record);
  const proof = parseProof(entry.proof);
  const checkpoint = openCheckpoint(proof.checkpoint, trust.logKey, trust.witnesses);
  const leaf = Buffer.from(entry.leaf);
  const isIncluded = verifyInclusion({
    index: proof.index,
    size: checkpoint.size,
    leaf: leafHash(leaf),
    proof: proof.hashes,
    root: checkpoint.root,
  });
  const problems: string[] = [];
  if (!isIncluded) problems.push("its leaf is not in the log");
  if (record.index !== proof.index) problems.push(`the proof is of entry ${proof.index}`);
  if (record.log !== checkpoint.origin || receipt.log !== checkpoint.origin)
    problems.push("it names another log");
  if (record.id !== receipt.subject) problems.push(`it is about ${record.id}, not ${receipt.subject}`);
  if (!trust.receiptKeys.some((spki) => verifyLeaf(leaf, entry.record, spki))) {
    problems.push("its leaf is not the record signed by a known receipt key");
  }
  return { record, checkpoint, problems };
}

function orderProblems(records: readonly LedgerRecord[]): string[] {
  const problems: string[] = [];
  const intents = records.filter(({ kind }) => kind === "intent");
  const outcomes = records.filter(({ kind }) => kind === "outcome");
  const isRising = records.every(({ index }, n) => n === 0 || index > (records[n - 1]?.index ?? 0));
  if (!isRising) problems.push("entries are not in log order");
  if (intents.length > 1) problems.push("one action has more than one intent");
  if (outcomes.length > 1) problems.push("one action has more than one outcome");
  const [intent] = intents;
  const [outcome] = outcomes;
  if (outcome !== undefined && !(intent !== undefined && intent.index < outcome.index)) {
    problems.push("an outcome has no intent before it");
  }
  return problems;
}

function witnessesOf({ signatures }: OpenedCheckpoint): string[] {
  return signatures.flatMap(({ key, cosignedAtSeconds }) => (cosignedAtSeconds === null ? [] : [key.name]));
}
