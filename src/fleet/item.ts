import { digestOfBytes, type Digest } from "#base";
import type { Fact, Found } from "#discovery";

/** One thing on one machine, under a name that stays while the thing changes. */
export interface Item {
  readonly key: Digest;
  /** Of everything that is told of it: another digest, another state. */
  readonly state: Digest;
  readonly found: Found;
}

const PID = /^pid \d+$/;
/** What is another after each start, or each second, and says nothing new of the thing. */
const PASSING_FACTS: ReadonlySet<string> = new Set(["pid", "usedBy"]);
const TEXT_CHARACTERS_MAX = 1_000;
const LIST_ITEMS_MAX = 64;
const FACTS_MAX = 40;
/** Of one thing, as JSON; what is longer is told without what makes it long. */
const ITEM_BYTES_MAX = 65_536;
export const ITEMS_MAX = 20_000;

/**
 * Findings as the items of a machine, sorted by key; of several with the same key (two processes of one runtime) each has its own,
 * by its place among them. Of more than `ITEMS_MAX` the first are kept.
 */
export function itemsOf(found: readonly Found[]): readonly Item[] {
  const counted = new Map<string, number>();
  const items = found.slice(0, ITEMS_MAX).map((one): Item => {
    const told = tellable(one);
    const name = nameOf(told);
    const before = counted.get(name) ?? 0;
    counted.set(name, before + 1);
    const key = digestOfBytes(JSON.stringify([name, before]));
    return { key, state: digestOfBytes(JSON.stringify(told)), found: told };
  });
  return items.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** A model is where it lies, whatever is written there now; a program is what runs, under whichever number. */
function nameOf({ kind, what, where, name }: Found): string {
  if (kind === "model") return JSON.stringify([kind, where]);
  return JSON.stringify([kind, what, PID.test(where) ? "" : where, name]);
}

/** As it is told: bounded, in one order, without what passes. */
function tellable(found: Found): Found {
  const told = bounded(found);
  if (Buffer.byteLength(JSON.stringify(told)) <= ITEM_BYTES_MAX) return told;
  const warnings = ["more is known of it on its machine than a report holds"];
  return { ...told, grounds: told.grounds.slice(0, 1), facts: {}, warnings };
}

function bounded(found: Found): Found {
  const facts = Object.entries(found.facts)
    .filter(([name]) => !PASSING_FACTS.has(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, FACTS_MAX)
    .map(([name, fact]) => [cut(name), cutFact(fact)] as const);
  return {
    kind: found.kind,
    what: cut(found.what),
    name: cut(found.name),
    where: PID.test(found.where) ? "a process" : cut(found.where),
    confidence: found.confidence,
    grounds: found.grounds.slice(0, LIST_ITEMS_MAX).map(({ by, says }) => ({ by, says: cut(says) })),
    facts: Object.fromEntries(facts),
    warnings: found.warnings.slice(0, LIST_ITEMS_MAX).map(cut),
  };
}

function cutFact(fact: Fact): Fact {
  if (typeof fact === "string") return cut(fact);
  // JSON has no such numbers.
  if (typeof fact === "number" && !Number.isFinite(fact)) return String(fact);
  return Array.isArray(fact) ? fact.slice(0, LIST_ITEMS_MAX).map(cut) : fact;
}

/** Half of a pair of UTF-16, which a file's name may hold and a cut may leave, is no text that others read. */
function cut(text: string): string {
  const kept = text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}...`;
  return kept.toWellFormed();
}
