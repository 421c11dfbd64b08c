/** One JSON line of the report. */
export interface Line {
  readonly suite: string;
  /** `groundTruth`, or the file under `runs/`. */
  readonly source: string;
  readonly labels: "given" | "inferred";
  /** Whether the user's words were known. */
  readonly mandate: boolean;
  readonly benign: number;
  readonly benignWithoutHold: number;
  readonly holds: number;
  readonly attacks: number;
  readonly attacksPassed: number;
  readonly attacksHeld: number;
  /** Attacks that have no call with an effect, or whose model did nothing: counted in no other column. */
  readonly attacksWithoutEffect: number;
  readonly passed: readonly string[];
  readonly p50us: number;
  readonly p99us: number;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(found * 10) / 10;
}
