import type { Origin } from "#vocabulary";
import { amountOrigin, type KnownAmounts } from "./amounts.ts";
import { numbersIn } from "./atoms.ts";
import { type Knowledge, sourceOf } from "./grounds.ts";
import type { SeenRecord, Source } from "./memory.ts";
import { speaksOf } from "./words.ts";

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

/**
 * An amount counts for something where the user speaks of the record it stands in: by naming it, or, for what the user's
 * own account did or the organisation's own systems say, by a name in its title. Nobody outside can make such a record.
 */
function kindOfRecord(
  { named, isOwn, words }: Knowledge,
  source: Source,
  record: SeenRecord,
  at: number,
): keyof Amounts {
  if (named.get(at)?.isClaimed === false) return "named";
  if (!source.isTrusted && !record.authors.some(isOwn)) return "untrusted";
  const attested = words.filter((one) => one.standing === "attested");
  return attested.some((one) => speaksOf(one, [...record.titles, ...record.names])) ? "named" : "trusted";
}

/** A document that the user named may say how much, never to whom. */
function kindOfText({ isTrusted, isAskedFor }: Source): keyof Amounts {
  if (isAskedFor) return "named";
  return isTrusted ? "trusted" : "untrusted";
}
