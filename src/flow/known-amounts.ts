import type { Origin } from "#vocabulary";
import { amountOrigin, type KnownAmounts } from "./amounts.ts";
import { numbersIn } from "./atoms.ts";
import { type Knowledge, sourceOf } from "./grounds.ts";
import type { SeenRecord, Source } from "./memory.ts";

type Amounts = { [Kind in keyof KnownAmounts]: number[] };

/** Where an amount comes from, given all that the session has seen. */
export function amountGround(known: Knowledge, value: number): Origin {
  const amounts: Amounts = { user: [], claimed: [], trusted: [], named: [], untrusted: [] };
  for (const { standing, numbers } of known.words) {
    amounts[standing === "attested" ? "user" : "claimed"].push(...numbers);
  }
  for (const [at, record] of known.memory.records.entries()) {
    const source = sourceOf(known.memory, record);
    if (source === null || source.isMade) continue;
    amounts[kindOfRecord(known, source, record, at)].push(...record.amounts);
  }
  for (const { value: row, source: at } of known.memory.rows) {
    const source = known.memory.sources[at];
    if (source !== undefined && !source.isMade) amounts[kindOfText(source)].push(...numbersIn(row));
  }
  return amountOrigin(value, amounts);
}

/** What the user's own account did is on the platform's word. */
function kindOfRecord(
  { named, isOwn }: Knowledge,
  source: Source,
  record: SeenRecord,
  at: number,
): keyof Amounts {
  if (source.isTrusted || record.authors.some(isOwn)) return "trusted";
  return named.get(at)?.isClaimed === false ? "named" : "untrusted";
}

/** A document that the user named may say how much, never to whom. */
function kindOfText({ isTrusted, isAskedFor }: Source): keyof Amounts {
  if (isTrusted) return "trusted";
  return isAskedFor ? "named" : "untrusted";
}
