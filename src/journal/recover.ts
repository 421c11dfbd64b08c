import { Fault } from "#base";
import {
  type Checkpoint,
  consistencyProof,
  EMPTY_TREE,
  leafBody,
  type NoteSigner,
  openCheckpoint,
  parseCheckpoint,
  parseVkey,
  readEntries,
  restore,
  root,
  signNote,
  TILE_WIDTH,
  tilePath,
  type TreeState,
  verifyConsistency,
} from "#ledger";
import { ledgerForked, logOlderThanState, stateOlderThanLog } from "./faults.ts";
import { ROUND_ENTRIES_MAX, TAIL_ENTRIES_MAX } from "./limits.ts";
import type { LogDirectory } from "./log-directory.ts";
import type { SequencerParts } from "./sequencer.ts";

/** Where the sequencer goes on: the tree under the last pledge, and the pledge's text. */
export interface Recovered {
  readonly state: TreeState;
  readonly pledge: string | null;
}

/**
 * Reads the log back and holds it against the state database before anything is signed. Afterwards the published
 * checkpoint is the pledge. Throws Fault `state_older_than_log`, `log_older_than_state` or `ledger_forked` (T23).
 */
export function recover(parts: Omit<SequencerParts, "pledge" | "durable">, signer: NoteSigner): Recovered {
  const { rows, log, keys } = parts;
  const text = rows.pledge();
  const pledged = text === null ? null : parseCheckpoint(text);
  const published = readPublished(log, keys.log.vkey);
  refuseOldState(rows.size(), pledged, published);
  refuseLostPledge(sizeOf(pledged), log);
  if (pledged === null || text === null) {
    log.discard(0);
    return { state: EMPTY_TREE, pledge: null };
  }
  if (pledged.origin !== signer.name) throw ledgerForked(`the pledge names the log ${pledged.origin}`);
  const state = readTree(pledged, log);
  if (published !== null) refuseFork(published, pledged, log);
  refuseOtherTail(pledged.size, parts);
  log.discard(pledged.size);
  if (published?.size !== pledged.size) log.publish(signNote(text, signer));
  return { state, pledge: text };
}

function refuseOldState(rows: number, pledged: Checkpoint | null, published: Checkpoint | null): void {
  if (sizeOf(published) > sizeOf(pledged)) throw stateOlderThanLog(sizeOf(pledged), sizeOf(published));
  if (rows < sizeOf(pledged)) throw stateOlderThanLog(rows, sizeOf(pledged));
}

function sizeOf(checkpoint: Checkpoint | null): number {
  return checkpoint?.size ?? 0;
}

/**
 * A crash leaves at most one round of tiles beyond the pledge, and those may go. More of them are a log whose
 * checkpoint and database were both lost: history, which nobody may delete.
 */
function refuseLostPledge(pledged: number, log: LogDirectory): void {
  const beyond = Math.floor((pledged + ROUND_ENTRIES_MAX) / TILE_WIDTH);
  if (log.read(tilePath(0, beyond, TILE_WIDTH)) !== null)
    throw stateOlderThanLog(pledged, (beyond + 1) * TILE_WIDTH);
}

function readPublished(log: LogDirectory, vkey: string): Checkpoint | null {
  const note = log.checkpoint();
  if (note === null) return null;
  try {
    return openCheckpoint(note, parseVkey(vkey));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw ledgerForked(`the published checkpoint is not of this log's key: ${error.message}`);
  }
}

function readTree(pledged: Checkpoint, log: LogDirectory): TreeState {
  const state = readable(() => restore(pledged.size, log.read));
  if (!root(state).equals(pledged.root))
    throw ledgerForked(`the tiles of ${pledged.size} entries have another root`);
  return state;
}

/** The published checkpoint must be a prefix of the pledged one. */
function refuseFork(published: Checkpoint, pledged: Checkpoint, log: LogDirectory): void {
  if (published.size === 0) return;
  const proof = readable(() => consistencyProof(published.size, pledged.size, log.read));
  const claim = {
    size1: published.size,
    root1: published.root,
    size2: pledged.size,
    root2: pledged.root,
    proof,
  };
  if (!verifyConsistency(claim))
    throw ledgerForked(`the checkpoint of ${published.size} entries is no prefix`);
}

const CONTENT = /"content":"([A-Za-z0-9+/=]+)"/u;

/**
 * The last entries of the log must be those of the database: a database restored from an old backup that has since
 * grown past the log again differs there. The signature in the leaf is taken as it is; the record must yield the rest.
 */
function refuseOtherTail(
  size: number,
  { rows, log, keys }: Omit<SequencerParts, "pledge" | "durable">,
): void {
  const n = Math.floor((size - 1) / TILE_WIDTH);
  const leaves = readable(() => readEntries(n, size - n * TILE_WIDTH, log.read));
  const records = rows.records(n * TILE_WIDTH, Math.min(leaves.length, TAIL_ENTRIES_MAX));
  for (const [offset, leaf] of leaves.entries()) {
    const signature = CONTENT.exec(leaf.toString("latin1"))?.[1] ?? "";
    const own = leafBody(records[offset] ?? "", Buffer.from(signature, "base64"), keys.receipt.publicKeyDer);
    if (!own.equals(leaf)) throw ledgerForked(`entry ${n * TILE_WIDTH + offset} differs`);
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault && error.code === "ledger_tile_missing") throw logOlderThanState(error);
    throw error;
  }
}
