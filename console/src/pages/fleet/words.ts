import type { Item } from "../../api/client.ts";

export type Machine = Item<"/fleet/machines">;
export type Thing = Item<"/fleet/found">;

export const KINDS = [
  { value: "model", word: "models" },
  { value: "runtime", word: "runtimes" },
  { value: "agent", word: "agents" },
  { value: "server", word: "MCP servers" },
  { value: "accelerator", word: "accelerators" },
] as const;

type Tone = "good" | "wait" | "bad" | "plain";

/** How well a machine is heard. */
export function stateOf({ state, complete }: Pick<Machine, "state" | "complete">): {
  word: string;
  tone: Tone;
} {
  if (state === "heard")
    return complete ? { word: "heard", tone: "good" } : { word: "telling", tone: "wait" };
  if (state === "waiting") return { word: "not joined yet", tone: "wait" };
  return state === "silent" ? { word: "silent", tone: "bad" } : { word: "removed", tone: "plain" };
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** What is known of a thing besides, as pairs in their order. */
export function factsOf({ facts }: Pick<Thing, "facts">): readonly (readonly [string, string])[] {
  return Object.entries(facts).map(([name, fact]) => [name, factText(name, fact)]);
}

function factText(name: string, fact: Thing["facts"][string]): string {
  if (name === "bytes" && typeof fact === "number") return sizeText(fact);
  return Array.isArray(fact) ? fact.join(", ") : String(fact);
}

export function sizeText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const number = bytes / 2 ** (10 * unit);
  return `${unit === 0 ? number : number.toFixed(1)} ${UNITS[unit]}`;
}

/** What is typed on the machine. */
export function joinLines(door: string): string {
  return `doorward sensor join ${door}\ndoorward sensor`;
}
