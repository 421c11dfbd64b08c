import type { Json, JsonObject } from "#base";
import type { FlowEffect, FlowRole, SinkRole } from "#vocabulary";
import type { ToolManifest } from "./manifest.ts";
import { isAtom } from "./atoms.ts";
import { ADDRESS_FIELDS, AUDIENCE_FIELDS } from "./fields.table.ts";
import { fieldOf, isIdField } from "./records.ts";

/** One value of an argument, and what it is for. */
export interface ArgumentValue {
  /** The top-level argument it stands in. */
  readonly argument: string;
  readonly role: FlowRole;
  readonly value: string;
}

const OTHERS: ReadonlySet<FlowRole> = new Set(["content", "control", "query"]);

export function isSink(role: FlowRole): role is SinkRole {
  return !OTHERS.has(role);
}

/** Every value of the arguments with its role. */
export function argumentValues(manifest: ToolManifest, values: JsonObject): ArgumentValue[] {
  return Object.entries(values).flatMap(([argument, value]) =>
    leavesOf(value, { argument, role: roleOf(manifest, argument) }).map((leaf) => asReached(manifest, leaf)),
  );
}

/**
 * `constructor` is an argument's name like any other. One that nobody reviewed is content, unless its name says that it
 * is more: a server may take `cc`, or `Recipients` for `recipients`.
 */
function roleOf({ roles }: ToolManifest, argument: string): FlowRole {
  const known = Object.hasOwn(roles, argument) ? roles[argument] : undefined;
  if (known !== undefined) return known;
  const field = fieldOf(argument);
  const alike = Object.entries(roles).find(([name]) => fieldOf(name) === field)?.[1];
  return alike ?? (AUDIENCE_FIELDS.has(field) || ADDRESS_FIELDS.has(field) ? "destination" : "content");
}

/**
 * For each top-level argument, what it is for and what its values turn out to be for; an argument without values has its
 * own role alone. A map, for `__proto__` is an argument's name like any other.
 */
export function rolesByArgument(
  manifest: ToolManifest,
  values: JsonObject,
): ReadonlyMap<string, readonly FlowRole[]> {
  const leaves = Map.groupBy(argumentValues(manifest, values), (leaf) => leaf.argument);
  return new Map(
    Object.keys(values).map((name) => {
      const found = (leaves.get(name) ?? []).map(({ role }) => role);
      return [name, [...new Set([roleOf(manifest, name), ...found])]];
    }),
  );
}

/** An address by itself, or behind a name, in an argument that nobody reviewed is somebody to reach. */
function asReached({ roles }: ToolManifest, leaf: ArgumentValue): ArgumentValue {
  const isReviewed = leaf.role !== "content" || Object.hasOwn(roles, leaf.argument);
  const isAddressee = isAtom(leaf.value) || /<[^<>\s]+@[^<>\s]+>\s*$/u.test(leaf.value);
  return !isReviewed && isAddressee ? { ...leaf, role: "destination" } : leaf;
}

/** What the call does, given which arguments hold something. */
export function effectOf(manifest: ToolManifest, values: JsonObject): FlowEffect {
  const conditional = Object.entries(manifest.effectIf ?? {}).find(
    ([argument]) => Object.hasOwn(values, argument) && isFilled(values[argument]),
  );
  return conditional?.[1] ?? manifest.effect;
}

function isFilled(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

type Place = Pick<ArgumentValue, "argument" | "role">;

function leavesOf(value: Json, place: Place): ArgumentValue[] {
  if (value === null || value === "") return [];
  if (isList(value)) return value.flatMap((item) => leavesOf(item, place));
  if (typeof value !== "object") return [{ ...place, value: String(value) }];
  const members = Object.entries(value);
  const hasIds = place.role === "selector" && members.some(([key]) => isIdField(key));
  return members.flatMap(([key, member]) => {
    if (hasIds) return leavesOf(member, isIdField(key) ? place : { ...place, role: "content" });
    // A key is as much the agent's words as what stands under it.
    return [{ ...place, value: key }, ...leavesOf(member, place)].filter((leaf) => leaf.value !== "");
  });
}

function isList(value: readonly Json[] | JsonObject | boolean | number | string): value is readonly Json[] {
  return Array.isArray(value);
}
