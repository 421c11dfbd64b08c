import { readFileSync } from "node:fs";
import { join, normalize, sep } from "node:path";
import { z } from "zod";
import type { Looked, Pool } from "./pool.ts";

/** The parts of `../shared/data/models/manifest.json` that a scan is measured by; its README says what they are. */
const manifest = z.object({ items: z.array(z.object({ file: z.string(), label: z.string() })) });
export type Sample = z.output<typeof manifest>["items"][number];

/** Of one group: the first folder of its files' paths. */
export interface Line {
  readonly group: string;
  readonly malicious: number;
  /** Malicious ones that were called clean. */
  readonly missed: number;
  readonly benign: number;
  /** Benign ones that were called anything else than clean. */
  readonly falseAlarms: number;
  /** Files called so, whatever their label. */
  readonly suspicious: number;
  readonly unscannable: number;
  /** Files at which the scan broke, took more than 10 s or more than 512 MiB. */
  readonly crashes: number;
  readonly medianMs: number;
}

/** One sample and what came of it. */
export interface Result {
  readonly sample: Sample;
  readonly looked: Looked;
}

/** The samples of a folder by its manifest. Throws where there is none, or it names a file outside. */
export function samplesIn(folder: string): readonly Sample[] {
  const { items } = manifest.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
  const outside = items.find(
    ({ file }) => normalize(file).startsWith("..") || normalize(file).startsWith(sep),
  );
  if (outside !== undefined)
    throw new Error(`the manifest names a file outside of its folder: ${outside.file}`);
  return items;
}

export async function looked(
  pool: Pool,
  folder: string,
  samples: readonly Sample[],
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const sample of samples) {
    const path = join(folder, sample.file);
    results.push({ sample, looked: await pool.look({ path, name: sample.file }) });
  }
  return results;
}

export function isMissed({ sample, looked: one }: Result): boolean {
  return sample.label === "malicious" && !one.crashed && one.verdict === "clean";
}

export function isFalseAlarm({ sample, looked: one }: Result): boolean {
  return sample.label === "benign" && (one.crashed || one.verdict !== "clean");
}

/** One line for each group, in the order in which they come. */
export function linesOf(results: readonly Result[]): readonly Line[] {
  const groups = Map.groupBy(results, ({ sample }) => sample.file.split("/")[0] ?? "");
  return [...groups].map(([group, all]) => {
    const labelled = (label: string): number => all.filter(({ sample }) => sample.label === label).length;
    const called = (verdict: string): number =>
      all.filter(({ looked: one }) => !one.crashed && one.verdict === verdict).length;
    return {
      group,
      malicious: labelled("malicious"),
      missed: all.filter(isMissed).length,
      benign: labelled("benign"),
      falseAlarms: all.filter(isFalseAlarm).length,
      suspicious: called("suspicious"),
      unscannable: called("unscannable"),
      crashes: all.filter(({ looked: one }) => one.crashed).length,
      medianMs: medianOf(all.map(({ looked: one }) => one.ms)),
    };
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = Math.floor(sorted.length / 2);
  const high = sorted[at] ?? 0;
  const median = sorted.length % 2 === 1 ? high : ((sorted[at - 1] ?? 0) + high) / 2;
  return Math.round(median * 100) / 100;
}
