import type { Json } from "#base";

/** What was seen of one argument over many calls. Bounded, however many they were. */
export interface FieldSeen {
  /** Calls that had it. */
  present: number;
  /** Different values as JSON, as long as there are few. */
  readonly values: Map<string, Json>;
  /** There were more than are kept. */
  isMany: boolean;
  /** Deepest folder of all values, without a slash at its end; null: they have none in common, or are no paths. */
  folder: string | null;
  /** Origins of all values, as URLs; null: some are none, or there are too many. */
  hosts: Set<string> | null;
  least: number;
  greatest: number;
  /** Nobody knows where some of the values came from: they are taken as they are, and nothing is made of them. */
  isLiteral: boolean;
  longest: number;
}

/** Different values of one argument that a rule may list. */
export const VALUES_MAX = 64;
const HOSTS_MAX = 16;

export function newField(): FieldSeen {
  return {
    present: 0,
    values: new Map(),
    isMany: false,
    folder: "",
    hosts: new Set(),
    least: Infinity,
    greatest: -Infinity,
    isLiteral: false,
    longest: 0,
  };
}

export function notice(field: FieldSeen, value: Json, isLiteral: boolean): void {
  field.isLiteral ||= isLiteral;
  const isFirst = field.values.size === 0;
  const text = JSON.stringify(value);
  if (field.values.size < VALUES_MAX || field.values.has(text)) field.values.set(text, value);
  else field.isMany = true;
  field.longest = Math.max(field.longest, text.length);
  if (typeof value === "number") {
    field.least = Math.min(field.least, value);
    field.greatest = Math.max(field.greatest, value);
  }
  field.folder = isFirst ? folderOf(value) : common(field.folder, folderOf(value));
  field.hosts = withHost(field.hosts, value);
}

/** `/srv/notes` of `/srv/notes/a.md`; null of what is no absolute path, or has a step up in it. */
function folderOf(value: Json): string | null {
  if (typeof value !== "string" || !value.startsWith("/") || hasStepUp(value)) return null;
  return value.slice(0, value.lastIndexOf("/"));
}

export function hasStepUp(path: string): boolean {
  return path.split(/[\\/]/u).includes("..");
}

function common(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  const [left, right] = [one.split("/"), other.split("/")];
  const at = left.findIndex((part, index) => part !== right[index]);
  return (at === -1 ? left : left.slice(0, at)).join("/");
}

function withHost(hosts: Set<string> | null, value: Json): Set<string> | null {
  if (hosts === null || typeof value !== "string" || !/^https?:\/\//u.test(value) || !URL.canParse(value))
    return null;
  const { origin } = new URL(value);
  // Only what is written just so: a rule compares texts.
  if (value !== origin && !value.startsWith(`${origin}/`)) return null;
  hosts.add(origin);
  return hosts.size > HOSTS_MAX ? null : hosts;
}
