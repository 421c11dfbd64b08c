import type { Json } from "#base";
import { cedarPattern, cedarString, type InputType } from "#policy";
import type { FlowRole } from "#vocabulary";
import type { FieldSeen } from "./seen.ts";

/** What a rule says of one argument, and the sentence for whoever reviews it. */
export type Bound =
  /** `condition`: null where every value passes. */
  | { readonly kind: "bound"; readonly condition: string | null; readonly says: string }
  | { readonly kind: "unbounded"; readonly because: string };

/** Different values before anything is made of them beyond themselves. */
export const GENERAL_MIN = 5;
/** Calls before a text of no consequence is let go as it likes. */
const FREE_MIN = 3;
/** Characters of JSON of a text that a rule repeats: longer ones are nobody's constants. */
const LITERAL_CHARS_MAX = 120;
/** A folder this deep at least: `/` and `/home` hold everything. */
const FOLDER_DEPTH_MIN = 2;
/** How much more than the greatest seen, as a part of it. */
const MARGIN = 0.1;

/** Roles whose values never go free: through them data leaves, or harm is done. */
const SINKS: ReadonlySet<FlowRole> = new Set([
  "destination",
  "account",
  "command",
  "path",
  "selector",
  "amount",
  "profile",
]);

/** The narrowest bound that what was seen and the few generalisations of the guide allow. `at` is Cedar. */
export function boundOf(at: string, type: InputType, seen: FieldSeen, role: FlowRole): Bound {
  switch (type.kind) {
    case "boolean":
      return seen.values.size > 1 ? free("both seen") : listed(at, seen);
    case "long":
      return seen.values.size < GENERAL_MIN || seen.isLiteral ? few(at, seen, role) : range(at, seen);
    case "string":
      return text(at, seen, role);
    case "set":
      return SINKS.has(role) || seen.values.size < GENERAL_MIN ? members(at, seen, role) : free(seenOf(seen));
    case "record":
      return free("a record, bounded by its own fields");
    default:
      return type satisfies never;
  }
}

function text(at: string, seen: FieldSeen, role: FlowRole): Bound {
  const isGeneral = !seen.isLiteral && (seen.isMany || seen.values.size >= GENERAL_MIN);
  if (isGeneral && seen.hosts !== null && seen.hosts.size > 0) return hosts(at, seen.hosts, seen);
  if (isGeneral && (seen.folder ?? "").split("/").length > FOLDER_DEPTH_MIN) return folder(at, seen);
  return few(at, seen, role);
}

/** As they were seen; free where they are many, or long, and of no consequence. */
function few(at: string, seen: FieldSeen, role: FlowRole): Bound {
  const isListable = !seen.isMany && seen.longest <= LITERAL_CHARS_MAX;
  const isVaried = seen.present >= FREE_MIN && seen.values.size * 2 > seen.present;
  if (!SINKS.has(role) && !seen.isLiteral && (isVaried || !isListable)) return free(seenOf(seen));
  if (isListable) return listed(at, seen);
  const because = seen.isMany
    ? `more than ${seen.values.size} different values`
    : "values too long for a rule";
  return { kind: "unbounded", because: `${because}, with no folder or host in common` };
}

/** Never a set: of those the members are listed. */
function listed(at: string, seen: FieldSeen): Bound {
  const values = [...seen.values.values()];
  const [only] = values;
  const literals = values.map(literal).toSorted();
  const condition =
    values.length === 1 && only !== undefined
      ? `${at} == ${literal(only)}`
      : `[${literals.join(", ")}].contains(${at})`;
  return {
    kind: "bound",
    condition,
    says: values.length === 1 ? "the one value seen" : `one of the ${values.length} seen`,
  };
}

function folder(at: string, seen: FieldSeen): Bound {
  const under = `${seen.folder ?? ""}/`;
  const condition = `${at} like ${cedarPattern(under, true)} && !(${at} like "*..*")`;
  return { kind: "bound", condition, says: `anything below ${under} (${seenOf(seen)})` };
}

function hosts(at: string, found: ReadonlySet<string>, seen: FieldSeen): Bound {
  const origins = [...found].toSorted();
  const conditions = origins.map((origin) => `${at} like ${cedarPattern(`${origin}/`, true)}`);
  const isBare = [...seen.values.values()].some((value) => typeof value === "string" && found.has(value));
  const bare = isBare ? [`[${origins.map(cedarString).join(", ")}].contains(${at})`] : [];
  return {
    kind: "bound",
    condition: any([...bare, ...conditions]),
    says: `any address at ${origins.join(", ")} (${seenOf(seen)})`,
  };
}

function range(at: string, { least, greatest, values }: FieldSeen): Bound {
  const most = greatest + Math.ceil(Math.abs(greatest) * MARGIN);
  const condition = `${at} >= ${long(least)} && ${at} <= ${long(most)}`;
  return {
    kind: "bound",
    condition,
    says: `${least} to ${most} (${values.size} different seen, up to ${greatest}, and a tenth more)`,
  };
}

/** Of a set each member is among those seen. */
function members(at: string, seen: FieldSeen, role: FlowRole): Bound {
  const all = new Map<string, Json>();
  for (const value of seen.values.values())
    for (const member of Array.isArray(value) ? value : []) all.set(JSON.stringify(member), member);
  const isListable = !seen.isMany && [...all.keys()].every((key) => key.length <= LITERAL_CHARS_MAX);
  const isPlain = [...all.values()].every((one) => ["string", "number", "boolean"].includes(typeof one));
  if (!isListable || !isPlain || all.size > LISTED_MEMBERS_MAX)
    return SINKS.has(role)
      ? { kind: "unbounded", because: "too many different members of a list" }
      : free(seenOf(seen));
  if (all.size === 0) return { kind: "bound", condition: `${at}.isEmpty()`, says: "always empty" };
  const literals = [...all.values()].map(literal).toSorted();
  return {
    kind: "bound",
    condition: `[${literals.join(", ")}].containsAll(${at})`,
    says: `none but the ${all.size} seen`,
  };
}

const LISTED_MEMBERS_MAX = 256;

function free(says: string): Bound {
  return { kind: "bound", condition: null, says: `anything (${says})` };
}

function seenOf({ values, isMany }: FieldSeen): string {
  return `${isMany ? "more than " : ""}${values.size} different seen`;
}

function literal(value: Json): string {
  if (typeof value === "string") return cedarString(value);
  return typeof value === "number" ? long(value) : JSON.stringify(value);
}

/** Cedar reads no sign before some numbers in an operand; in brackets it reads all of them. */
function long(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}

export function any(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" || ")})`;
}
