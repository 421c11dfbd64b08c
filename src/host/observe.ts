import { realpathSync } from "node:fs";
import type { ConfigurationSeen, Observed, ScanPlan } from "#discovery";
import { createEgress } from "#egress";
import { bytesOf, reasonOf } from "./first-bytes.ts";
import { listeningOn, listenersSeen, PROBE_BYTES_MAX, PROBE_MS } from "./listeners.ts";
import { nvidiaSeen } from "./nvidia.ts";
import { processesOn } from "./processes.ts";
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
  /** Where programs are looked for. */
  readonly path?: string | undefined;
}

const ENTRIES_MAX = 10_000_000;
const CONFIGURATION_BYTES_MAX = 8 * 1_048_576;

/** Carries out a plan on this machine and answers what was seen. Never throws: what cannot be seen is a trouble. */
export async function observe(plan: ScanPlan, options: ObserveOptions = {}): Promise<Observation> {
  const count: WalkCount = { entries: 0, looked: 0, skipped: 0 };
  const progress = (): void => options.progress?.(count);
  const running = await runningSeen(plan, options);
  const configurations = configurationsSeen(plan);
  const walks = [];
  for (const place of plan.places)
    walks.push(await walk(place, { count, progress, entriesMax: options.entriesMax ?? ENTRIES_MAX }));
  return {
    observed: {
      files: walks.flatMap(({ files }) => files),
      manifests: walks.flatMap(({ manifests }) => manifests),
      configurations: configurations.seen,
      ...running.seen,
    },
    troubles: [...running.troubles, ...configurations.troubles, ...walks.flatMap(({ troubles }) => troubles)],
    count,
  };
}

type Running = Pick<Observed, "listeners" | "nvidia" | "processes">;

interface Part<T> {
  readonly seen: T;
  readonly troubles: readonly Trouble[];
}

async function runningSeen({ running }: ScanPlan, { path }: ObserveOptions): Promise<Part<Running>> {
  const none = { processes: [], listeners: [], nvidia: null };
  if (!running) return { seen: none, troubles: [] };
  const nvidia = await nvidiaSeen(path);
  if (process.platform !== "linux") {
    const why = "on this system processes and listeners are not looked at; a path and the stores are";
    return { seen: { ...none, nvidia }, troubles: [{ path: "processes", why }] };
  }
  const { processes, holders, hidden } = processesOn();
  const egress = createEgress({ ownAddresses: () => [] });
  try {
    const ask = egress.fetch({ allowPrivate: true, bytesMax: PROBE_BYTES_MAX, timeoutMs: PROBE_MS });
    const listeners = await listenersSeen(ask, listeningOn(), holders);
    return { seen: { processes, listeners, nvidia }, troubles: hiddenIn(hidden) };
  } finally {
    await egress.close();
  }
}

function hiddenIn(hidden: number): Trouble[] {
  const why = `${hidden} processes of other users do not show what they map and where they listen`;
  return hidden === 0 ? [] : [{ path: "/proc", why }];
}

/** A configuration that is a link (as people keep them) is read where it leads. */
function configurationsSeen({ configurations }: ScanPlan): Part<ConfigurationSeen[]> {
  const troubles: Trouble[] = [];
  const seen = configurations.flatMap((place) => {
    const real = realOf(place.path);
    if (real === null) return [];
    const { read, why } = bytesOf(real, CONFIGURATION_BYTES_MAX);
    if (read === null) troubles.push({ path: place.path, why });
    return read === null ? [] : [{ ...place, text: Buffer.from(read).toString("utf8") }];
  });
  return { seen, troubles };

  function realOf(path: string): string | null {
    try {
      return realpathSync.native(path);
    } catch (cause) {
      const why = reasonOf(cause);
      if (why !== "it is not there") troubles.push({ path, why });
      return null;
    }
  }
}
