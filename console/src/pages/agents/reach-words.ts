export const STAGES = [
  { id: "observe", word: "observe" },
  { id: "enforce", word: "enforce" },
  { id: "isolate", word: "isolate" },
] as const;

/** How far a call gets of which nothing is known but its target. */
export const REACHES = {
  allowed: { word: "allowed", tone: "bad" },
  held: { word: "held for a person", tone: "wait" },
  depends: { word: "depends on what it says", tone: "wait" },
  denied: { word: "refused", tone: "good" },
} as const;

export function toolsText({ tools, held }: { readonly tools: number; readonly held: number }): string {
  return held === 0 ? String(tools) : `${tools} (${held} held)`;
}

/** Null: whatever there is. */
export function hostsText(hosts: number | null): string {
  return hosts === null ? "any" : String(hosts);
}

export function countText(count: number): string {
  return count === 0 ? "none" : String(count);
}

/** By what right; null: by the delegation of that id. */
export function underText(under: string): string | null {
  return under === "own" ? "its own rights" : null;
}
