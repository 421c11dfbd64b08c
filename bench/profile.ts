import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// V8's own sampling profiles (`--cpu-prof`), read by who owns a sample.

export interface CallFrame {
  readonly url: string;
  readonly functionName: string;
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the machine's monotonic clock. */
  readonly startTime: number;
}

/** A stretch of the machine's monotonic clock (`process.hrtime`), in microseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The longest profile in a folder: that of the process itself, and not of a thread that hardly ran. */
export function readProfile(folder: string): Profile | null {
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => join(folder, name))
    .toSorted((a, b) => readFileSync(b).length - readFileSync(a).length);
  return file === undefined ? null : JSON.parse(readFileSync(file, "utf8"));
}

/**
 * Shares of the busy time by owner, the largest first. Each sample belongs to the innermost frame that `ownerOf` has a
 * name for, or else to `node`; what it calls `idle` is left out.
 */
export function sharesOf(
  profile: Profile,
  ownerOf: (frame: CallFrame) => string | null,
  during: Stretch = { from: 0, to: Infinity },
): [string, number][] {
  const owners = ownersOf(profile.nodes, ownerOf);
  const times = new Map<string, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    at += delta;
    const owner = owners.get(id) ?? "node";
    if (at >= during.from && at <= during.to) times.set(owner, (times.get(owner) ?? 0) + delta);
  }
  times.delete("idle");
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([owner, time]): [string, number] => [owner, time / busy])
    .toSorted((a, b) => b[1] - a[1]);
}

function ownersOf(
  nodes: readonly ProfileNode[],
  ownerOf: (frame: CallFrame) => string | null,
): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, string>();
  const visit = (node: ProfileNode, above: string): void => {
    const owner = ownerOf(node.callFrame) ?? above;
    owners.set(node.id, owner);
    for (const child of node.children ?? []) {
      const found = byId.get(child);
      if (found !== undefined) visit(found, owner);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, "node");
  return owners;
}
