import type { Observed, ScanPlan } from "#discovery";
import { type Trouble, walk, type WalkCount } from "./walk.ts";

export interface Observation {
  readonly observed: Observed;
  /** What could not be looked at, at most 1,000 of each place. */
  readonly troubles: readonly Trouble[];
  readonly count: Readonly<WalkCount>;
}

export interface ObserveOptions {
  /** Told between turns; the numbers grow. */
  readonly progress?: (count: Readonly<WalkCount>) => void;
  /** Entries of folders in all; 10 million where nothing is said. */
  readonly entriesMax?: number;
}

const ENTRIES_MAX = 10_000_000;

/** Carries out a plan on this machine and answers what was seen. Never throws: what cannot be seen is a trouble. */
export async function observe(plan: ScanPlan, options: ObserveOptions = {}): Promise<Observation> {
  const count: WalkCount = { entries: 0, looked: 0, skipped: 0 };
  const progress = (): void => options.progress?.(count);
  const walks = [];
  for (const place of plan.places)
    walks.push(await walk(place, { count, progress, entriesMax: options.entriesMax ?? ENTRIES_MAX }));
  return {
    observed: {
      files: walks.flatMap(({ files }) => files),
      manifests: walks.flatMap(({ manifests }) => manifests),
      processes: [],
      listeners: [],
      configurations: [],
      traces: [],
      nvidia: null,
    },
    troubles: walks.flatMap(({ troubles }) => troubles),
    count,
  };
}
