import type { Judged } from "./families.ts";

/** One group's figures. `found` is anything but `unrelated` and `unknown`. */
export interface GroupLine {
  readonly group: string;
  readonly pairs: number;
  readonly found: number;
  /** Of those that are related; null for groups of independent pairs. */
  readonly recall: number | null;
  readonly rightRelation: number;
  readonly proven: number;
  readonly inferred: number;
  readonly relations: Readonly<Record<string, number>>;
  readonly methods: Readonly<Record<string, number>>;
}

export const isFound = ({ lineage }: Judged): boolean =>
  lineage.relation !== "unrelated" && lineage.relation !== "unknown";

export function groupLines(judged: readonly Judged[]): readonly GroupLine[] {
  return [...new Set(judged.map(({ group }) => group))].map((group) => {
    const own = judged.filter((one) => one.group === group);
    const found = own.filter(isFound);
    const related = own.some(({ isRelated }) => isRelated);
    return {
      group,
      pairs: own.length,
      found: found.length,
      recall: related ? found.length / own.length : null,
      rightRelation: own.filter(({ relations, lineage }) => relations.includes(lineage.relation)).length,
      proven: found.filter(({ lineage }) => lineage.rung === "proven").length,
      inferred: found.filter(({ lineage }) => lineage.rung === "inferred").length,
      relations: counted(own.map(({ lineage }) => lineage.relation)),
      methods: counted(own.map(({ lineage }) => lineage.method ?? "none")),
    };
  });
}

export function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export interface Labelled {
  readonly score: number;
  readonly related: boolean;
}

export interface ThresholdLine {
  readonly threshold: number;
  /** Of what scores at least that: the share that is related; null where nothing does. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly falsePositiveRate: number | null;
}

const THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export function thresholdLines(scored: readonly Labelled[]): readonly ThresholdLine[] {
  return THRESHOLDS.map((threshold) => {
    const taken = scored.filter(({ score }) => score >= threshold);
    const right = taken.filter(({ related }) => related).length;
    const [all, others] = [true, false].map(
      (wanted) => scored.filter(({ related }) => related === wanted).length,
    );
    return {
      threshold,
      precision: share(right, taken.length),
      recall: share(right, all ?? 0),
      falsePositiveRate: share(taken.length - right, others ?? 0),
    };
  });
}

export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

/** How often a related pair scores higher than an unrelated one; ties count half. Null where one of the two is missing. */
export function aucOf(scored: readonly Labelled[]): number | null {
  const sorted = scored.toSorted((one, other) => one.score - other.score);
  let [below, sum, positives] = [0, 0, 0];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to += 1;
    const same = sorted.slice(from, to);
    const related = same.filter((one) => one.related).length;
    sum += related * (below + (same.length - related) / 2);
    below += same.length - related;
    positives += related;
    from = to;
  }
  return share(sum, positives * below);
}
