import type { Json, JsonObject } from "#base";
import { argumentValues } from "./arguments.ts";
import { SHOWING_OTHERS } from "./commands.table.ts";
import { commandReach } from "./commands.ts";
import type { ToolManifest } from "./manifest.ts";

/**
 * What the results of a call are, given what it asks for and the folders opened to the session: the first resource that
 * fits counts, then the folders, then the tool's own label.
 */
export function integrityOf(
  manifest: ToolManifest,
  values: JsonObject,
  roots: readonly string[],
): "trusted" | "untrusted" {
  const { resources, inFolders, integrity } = manifest.output;
  const special = resources?.find(({ argument, under }) => isUnder(own(values, argument), under));
  if (special !== undefined) return special.integrity;
  return inFolders === true && staysWithin(manifest, values, roots) ? "trusted" : integrity;
}

/** By its text alone, and only at a boundary; a step up leaves any place. */
function isUnder(value: Json | undefined, under: string): boolean {
  if (typeof value !== "string" || !value.startsWith(under) || value.split(/[\\/]/u).includes(".."))
    return false;
  const rest = value.slice(under.length);
  return rest === "" || /[/:]$/u.test(under) || /^[/?#]/u.test(rest);
}

/** A call that names no place works where the session is: in the first of its folders. */
function staysWithin(manifest: ToolManifest, values: JsonObject, roots: readonly string[]): boolean {
  if (roots.length === 0) return false;
  return argumentValues(manifest, values).every(({ role, value }) => {
    if (role === "command") return commandReach(value, roots) !== null && !SHOWING_OTHERS.test(value);
    return role !== "path" || isInFolder(value, roots);
  });
}

function isInFolder(path: string, roots: readonly string[]): boolean {
  return path.startsWith("/") ? roots.some((root) => isUnder(path, root)) : path === "" || isBelowHere(path);
}

/**
 * Whether a path without a beginning lies below the folder in which it is read, by its text alone: no step up, no home, no
 * variable, no drive, no scheme.
 */
export function isBelowHere(path: string): boolean {
  if (path === "" || path.split(/[\\/]/u).includes("..")) return false;
  return !/^[/\\~$%]|^[a-z][a-z0-9+.-]*:/iu.test(path);
}

function own(values: JsonObject, argument: string): Json | undefined {
  return Object.hasOwn(values, argument) ? values[argument] : undefined;
}
