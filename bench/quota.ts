import type { readConfig } from "#main";

type Config = ReturnType<typeof readConfig>;

/** So much that it is never what a benchmark measures. */
export function ampleQuota({ quota }: Pick<Config, "quota">): Config["quota"] {
  return { ...quota, callsPerSecond: 1e6, burst: 1e6, bytesPerMinute: 1e12, concurrentMax: 1_024 };
}
