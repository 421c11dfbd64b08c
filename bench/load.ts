/** What one stretch of load came to. For streams the latencies are those to the first text. */
export interface Load {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly calls: number;
}

/** The value at a share of a sorted list; 0 of an empty one. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function median(numbers: readonly number[]): number {
  return at(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}
