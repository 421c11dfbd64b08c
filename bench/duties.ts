import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Where Doorward's time goes, from V8's own sampling profile: each sample belongs to the innermost frame that lies in a
// module of ours, or else to Node itself.

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly url: string; readonly functionName: string };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Modules to the duty that they do on the way of a call. */
const DUTIES: Readonly<Record<string, string>> = {
  "cedar-wasm": "decide",
  policy: "decide",
  budgets: "budgets",
  journal: "record",
  ledger: "record",
  store: "record",
  keys: "record",
  base: "digests and canonical JSON",
  wire: "read",
  llm: "read",
  identity: "authenticate",
  inference: "forward",
  egress: "forward",
  undici: "forward",
  gateway: "the road itself",
  main: "the road itself",
};

/** Share of busy time per duty, in percent; `node` is what no module of ours or undici asked for directly. */
export function dutiesOf(folder: string): Readonly<Record<string, number>> {
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => join(folder, name))
    .toSorted((a, b) => readFileSync(b).length - readFileSync(a).length);
  if (file === undefined) return {};
  const profile: Profile = JSON.parse(readFileSync(file, "utf8"));
  const owners = ownersOf(profile.nodes);
  const times = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const duty = owners.get(id) ?? "node";
    times.set(duty, (times.get(duty) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  times.delete("idle");
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  const shares = [...times].map(([duty, time]) => [duty, Number(((100 * time) / busy).toFixed(1))] as const);
  return Object.fromEntries(shares.toSorted((a, b) => b[1] - a[1]));
}

function ownersOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, string>();
  const visit = (node: ProfileNode, above: string): void => {
    const owner = dutyOf(node) ?? above;
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

function dutyOf({ callFrame }: ProfileNode): string | null {
  if (callFrame.functionName === "(idle)") return "idle";
  if (callFrame.functionName === "(garbage collector)") return "garbage collection";
  const module =
    /node_modules\/(?:@cedar-policy\/)?(cedar-wasm|undici)\//.exec(callFrame.url)?.[1] ??
    /\/src\/([a-z-]+)\//.exec(callFrame.url)?.[1];
  return module === undefined ? null : (DUTIES[module] ?? module);
}
