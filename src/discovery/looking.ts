import { isModelName } from "./content.ts";
import { NOT_ENTERED, type Store } from "./stores.table.ts";

/** Any file of this size may be a model, whatever its name: header and one small matrix have more. */
export const UNNAMED_BYTES_MIN = 1_048_576;
export const MANIFEST_BYTES_MAX = 65_536;

/** What is done with a file: its first bytes are read, it is read whole, or it is left alone. */
export type Look = "head" | "leave" | "whole";

/** Whether a folder is entered. `parts`: its path below the place, `["models--a--b", "blobs"]`. */
export function isEntered(layout: Store["layout"], parts: readonly string[]): boolean {
  const [top = "", second] = parts;
  if (NOT_ENTERED.includes(parts.at(-1) ?? "")) return false;
  if (layout === "hub") return top.startsWith("models--") && (second === undefined || HUB.includes(second));
  return layout !== "ollama" || top === "blobs" || top === "manifests";
}

/** `refs` and `trees` hold names of commits, and lists of files that need not be here. */
const HUB = ["blobs", "snapshots"];

/** What is looked at of a regular file, by where it lies, its name and its size in bytes. */
export function lookAt(layout: Store["layout"], parts: readonly string[], size: number): Look {
  const name = parts.at(-1) ?? "";
  if (layout === "ollama" && parts[0] === "manifests") return size <= MANIFEST_BYTES_MAX ? "whole" : "leave";
  if (isModelName(name)) return "head";
  if (layout === "named") return "leave";
  return size >= UNNAMED_BYTES_MIN ? "head" : "leave";
}
