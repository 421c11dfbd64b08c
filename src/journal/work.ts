import { assert } from "#base";
import { type Batch, type EntryDraft, type PayloadDraft, recordOf, SALT_BYTES } from "#ledger";
import { batchInvalid } from "./faults.ts";
import {
  BATCH_ENTRIES_MAX,
  BATCH_WRITES_MAX,
  NAME_CHARACTERS_MAX,
  PAYLOAD_BYTES_MAX,
  PAYLOADS_PER_ENTRY_MAX,
} from "./limits.ts";

/** One unit of a transaction: a caller's batch, or work of the journal's own (no entries, or a person forgotten). */
export interface Work {
  readonly entries: readonly PreparedEntry[];
  readonly writes: NonNullable<Batch["writes"]>;
  /** Destroy this person's key and payloads, before the entries. */
  readonly forget?: string;
  /** What it holds in memory while it waits. */
  readonly bytes: number;
  /** May use the space kept back for what must still be written when room runs short. */
  readonly isReserved: boolean;
}

/** An entry whose canonical record lacks nothing but its index. */
export interface PreparedEntry {
  readonly kind: string;
  readonly subject: string;
  readonly at: number;
  readonly payloads: readonly PayloadDraft[];
  readonly recordAt: (index: number) => string;
  readonly bytes: number;
}

/**
 * Checks a batch and builds its records, once, before it waits: bad input fails here and touches nobody else's
 * transaction. Throws Fault `batch_invalid`, `json_not_canonical`, `record_too_large`.
 */
export function prepareWork(batch: Batch, origin: string): Work {
  const writes = batch.writes ?? [];
  if (batch.entries.length === 0 || batch.entries.length > BATCH_ENTRIES_MAX) {
    throw batchInvalid(`${batch.entries.length} entries in one batch, at most ${BATCH_ENTRIES_MAX}`);
  }
  if (writes.length > BATCH_WRITES_MAX) throw batchInvalid(`over ${BATCH_WRITES_MAX} writes in one batch`);
  const entries = batch.entries.map((draft) => prepareEntry(draft, origin));
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return { entries, writes, bytes, isReserved: isReserved(batch.entries) };
}

/** Whether a batch may use the reserve: all but what an agent's new wish or a server's new list causes (T21). */
function isReserved(entries: readonly EntryDraft[]): boolean {
  return !entries.some(({ kind }) => kind === "intent" || kind === "verdict" || kind === "tool.seen");
}

/** Stands where the index will: the longest there is, so that the record's size is checked at its worst. */
const PLACEHOLDER = Number.MAX_SAFE_INTEGER;

function prepareEntry(draft: EntryDraft, origin: string): PreparedEntry {
  const { kind, subject, at, payloads = [] } = draft;
  if (!isName(subject)) throw batchInvalid("its subject is empty, too long or not well-formed");
  if (Number.isNaN(new Date(at).getTime())) throw batchInvalid(`its time ${at} is no date`);
  const held = measurePayloads(payloads);
  const record = recordOf(draft, PLACEHOLDER, origin);
  // RFC 8785 sorts the keys, so what follows the index is known text, and the body cannot imitate it.
  const tail = `,"kind":${JSON.stringify(kind)},"log":${JSON.stringify(origin)},"v":1}`;
  assert(record.endsWith(`${PLACEHOLDER}${tail}`), "a record ends with index, kind, log and version");
  const head = record.slice(0, -`${PLACEHOLDER}${tail}`.length);
  const recordAt = (index: number): string => `${head}${index}${tail}`;
  return { kind, subject, at, payloads, recordAt, bytes: record.length + held };
}

function measurePayloads(payloads: readonly PayloadDraft[]): number {
  if (payloads.length > PAYLOADS_PER_ENTRY_MAX) throw batchInvalid(`${payloads.length} payloads`);
  const names = new Set<string>();
  let bytes = 0;
  for (const payload of payloads) {
    if (!isName(payload.name) || !isName(payload.person))
      throw batchInvalid("a payload without proper names");
    if (names.has(payload.name)) throw batchInvalid(`two payloads named ${JSON.stringify(payload.name)}`);
    if (payload.salt.length !== SALT_BYTES) throw batchInvalid(`a salt of ${payload.salt.length} bytes`);
    if (payload.bytes.length > PAYLOAD_BYTES_MAX)
      throw batchInvalid(`a payload over ${PAYLOAD_BYTES_MAX} bytes`);
    names.add(payload.name);
    bytes += payload.bytes.length + SALT_BYTES;
  }
  return bytes;
}

/** SQLite ends a text at NUL in places, so a name with one could pass for another. */
function isName(name: string): boolean {
  return name.length > 0 && name.length <= NAME_CHARACTERS_MAX && name.isWellFormed() && !name.includes("\0");
}
