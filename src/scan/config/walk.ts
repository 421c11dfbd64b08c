import type { Json, JsonObject } from "#base";
import { isObject } from "#models";
import type { Entry } from "./rules.ts";

const ENTRIES_MAX = 200_000;
const DEPTH_MAX = 64;

interface Open {
  readonly value: Json;
  readonly label: string;
  readonly depth: number;
}

/** Every key of a configuration with its value, the outer ones first; null where there are more than can be looked at. */
export function entriesOf(json: Json, file: string): readonly Entry[] | null {
  const entries: Entry[] = [];
  const open: Open[] = [{ value: json, label: "", depth: 0 }];
  for (const one of open) {
    if (one.depth > DEPTH_MAX || entries.length > ENTRIES_MAX || open.length > ENTRIES_MAX) return null;
    for (const { name, entry } of heldIn(one)) {
      if (entry !== null) entries.push(entryOf(entry, file));
      const value = entry === null ? name.value : entry.value;
      if (typeof value === "object" && value !== null)
        open.push({ value, label: name.label, depth: one.depth + 1 });
    }
  }
  return entries;
}

interface Held {
  readonly name: { readonly label: string; readonly value: Json };
  /** Null for an item of a list. */
  readonly entry: Found | null;
}

function heldIn({ value, label }: Open): readonly Held[] {
  if (Array.isArray(value))
    return value.map((item, n) => ({ name: { label: `${label}[${n}]`, value: item }, entry: null }));
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, held]) => {
    const named = label === "" ? key : `${label}.${key}`;
    return { name: { label: named, value: held }, entry: { key, value: held, label: named, within: value } };
  });
}

interface Found {
  readonly key: string;
  readonly value: Json;
  readonly label: string;
  readonly within: JsonObject;
}

const LABEL_MAX = 120;

/** Labels are shown: of what a file calls its keys, nothing but printable ASCII stands in them. */
function entryOf(found: Found, file: string): Entry {
  const label = found.label.replaceAll(/[^\x20-\x7e]/gu, "?").slice(0, LABEL_MAX);
  return { ...found, label, file };
}
