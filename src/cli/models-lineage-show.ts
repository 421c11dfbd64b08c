import type { Among, Ground, Lineage } from "#models";
import { inertLine } from "./text.ts";

const WORDS: Readonly<Record<Lineage["relation"], string>> = {
  same: "the same model as",
  "fine-tune": "tuned from the same weights as",
  quantisation: "a quantisation of",
  pruned: "pruned from",
  merge: "a merge",
  adapter: "an adapter of",
  unrelated: "not related to",
  unknown: "nothing is known of how it is related to",
};

/** For people: what it is to each base, how that is known and how sure, and what would speak against it. */
export function shownLineage(path: string, { pairs, closest, merge }: Among): string {
  const each = pairs.map(({ name, lineage }) => `${headOf(name, lineage)}${groundsOf(lineage)}`);
  const nearest = pairs.length > 1 && closest !== null ? [`Nearest of these: ${inertLine(closest)}\n`] : [];
  const merged =
    merge === null ? [] : [`It is likely a merge (inferred, by mixture)\n${groundsOf(merge.lineage)}`];
  return [`${inertLine(path)}\n`, ...each, ...nearest, ...merged].join("\n");
}

function headOf(
  name: string,
  { relation, rung, method, score, threshold, chance, direction }: Lineage,
): string {
  const known = rung === null ? "" : ` (${rung}, by ${method})`;
  const scored = score === null ? [] : [`score ${number(score)}`];
  const needed = threshold === null ? [] : [`threshold ${number(threshold)}`];
  const bound = chance === null ? [] : [`independent models score so in at most ${likely(chance)} of cases`];
  const line = [...scored, ...needed, ...bound].join(", ");
  const came = direction === "not-told" ? "  which of the two came first is not told by weights\n" : "";
  return `${WORDS[relation]} ${inertLine(name)}${known}\n${line === "" ? "" : `  ${line}\n`}${came}`;
}

function groundsOf({ grounds, contradictedBy, unread }: Lineage): string {
  const lines = grounds.map((ground) => `  ${mark(ground)} ${ground.method}: ${inertLine(ground.says)}\n`);
  const missing = unread.length === 0 ? "" : `  not read: ${inertLine(unread.join("; "))}\n`;
  return `${lines.join("")}${missing}  would speak against it: ${contradictedBy}\n`;
}

function mark({ speaks }: Ground): string {
  if (speaks === "for") return "+";
  return speaks === "against" ? "-" : " ";
}

const number = (value: number): string => (Math.round(value * 1000) / 1000).toString();
const likely = (chance: number): string => (chance >= 0.001 ? number(chance) : chance.toExponential(0));
