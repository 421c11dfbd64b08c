import type { Json, JsonObject } from "#base";
import type { FlowEffect, FlowRole } from "#vocabulary";
import type { OutputLabel, ToolManifest } from "./manifest.ts";
import {
  ACCOUNT_NOUNS,
  ARGUMENT_ROLES,
  DIRECTORY_NOUNS,
  MEMBER_NOUNS,
  MONEY_NOUNS,
  PLAIN_NOUNS,
  SETTING_VERBS,
  VERBS,
  WEB_ARGUMENTS,
} from "./propose.table.ts";
import { nameWords } from "./records.ts";

/** A tool as its server declares it. */
export interface DeclaredTool {
  readonly name: string;
  readonly inputSchema: JsonObject | null;
  /** MCP's hints: the server's own words. */
  readonly annotations?: {
    readonly readOnlyHint?: boolean;
    readonly destructiveHint?: boolean;
    readonly openWorldHint?: boolean;
  };
}

/**
 * Proposes what a tool is, from its name, its schema and its annotations alone, for a person to review. Nothing in a
 * description counts: it is the server's prose. A hint may tighten what the name says and never loosens it. A tool whose
 * name says nothing stays unlabelled, and its effects are holds.
 */
export function proposeManifest(server: string, tool: DeclaredTool): ToolManifest {
  const name = nameWords(tool.name);
  const properties = propertiesOf(tool.inputSchema);
  const effect = tightened(settled(effectOfName(name, properties), name, properties), tool.annotations);
  const rolesOf = effect === "read" || effect === "fetch" ? roleInRead : roleIn(effect);
  const roles = Object.fromEntries(
    properties.map(([argument, schema]) => [argument, rolesOf(argument, schema)]),
  );
  const reaching = Object.keys(roles).filter((argument) => roles[argument] === "destination");
  return {
    tool: `${server}/${tool.name}`,
    effect,
    ...(effect === "write" && reaching.length > 0
      ? { effectIf: Object.fromEntries(reaching.map((argument) => [argument, "send" as const])) }
      : {}),
    roles,
    output: outputOf(name, effect, tool.annotations),
  };
}

/** A change that names no object changes the one there is: the account, its profile, its settings. */
function settled(effect: FlowEffect, name: readonly string[], properties: Properties): FlowEffect {
  if (effect !== "write" || !hasAny(name, SETTING_VERBS)) return effect;
  const isAimed = properties.some(([argument, schema]) =>
    ["selector", "path", "destination", "account"].includes(roleIn("write")(argument, schema)),
  );
  return isAimed ? effect : "account";
}

function effectOfName(name: readonly string[], properties: Properties): FlowEffect {
  const verb = name.flatMap((word) => VERBS.find(([, verbs]) => verbs.includes(word))?.[0] ?? [])[0];
  if (verb === undefined) return "unknown";
  if (verb === "read") return properties.some(([argument]) => isWebArgument(argument)) ? "fetch" : "read";
  if (verb === "write" || verb === "send") {
    if (hasAny(name, MONEY_NOUNS)) return "money";
    if (verb === "write" && hasAny(name, ACCOUNT_NOUNS)) return "account";
    if (verb === "write" && hasAny(name, MEMBER_NOUNS)) return "membership";
  }
  return verb;
}

function tightened(effect: FlowEffect, hints: DeclaredTool["annotations"]): FlowEffect {
  if (hints?.destructiveHint === true && (effect === "write" || effect === "read")) return "destroy";
  return hints?.readOnlyHint === false && effect === "read" ? "unknown" : effect;
}

function roleInRead(argument: string): FlowRole {
  if (isWebArgument(argument)) return "destination";
  return isPath(nameWords(argument)) ? "path" : "query";
}

function roleIn(effect: FlowEffect): (argument: string, schema: Json) => FlowRole {
  return (argument, schema) => {
    if (isChoice(schema)) return "control";
    const role = namedRole(nameWords(argument));
    if (effect === "money" && role === "destination") return "account";
    if (effect === "account") return role === "credential" || role === "control" ? role : "profile";
    return role ?? "content";
  };
}

/** The last word says what the argument is, the others of what kind: `file_id`, `recipient_account`. */
function namedRole(name: readonly string[]): FlowRole | undefined {
  const byLast = ARGUMENT_ROLES.find(([, known]) => known.includes(name.at(-1) ?? ""));
  return (byLast ?? ARGUMENT_ROLES.find(([, known]) => hasAny(name, known)))?.[0];
}

function isPath(name: readonly string[]): boolean {
  return ARGUMENT_ROLES.some(([role, known]) => role === "path" && hasAny(name, known));
}

function isWebArgument(argument: string): boolean {
  return hasAny(nameWords(argument), WEB_ARGUMENTS);
}

/** A flag, or one of a few values that the schema lists: the agent cannot put anything of its own in it. */
function isChoice(schema: Json): boolean {
  return (
    isObject(schema) && (schema["type"] === "boolean" || Array.isArray(schema["enum"]) || "const" in schema)
  );
}

function outputOf(
  name: readonly string[],
  effect: FlowEffect,
  hints: DeclaredTool["annotations"],
): OutputLabel {
  if (effect !== "read" || hints?.openWorldHint === true) return { integrity: "untrusted" };
  if (hasAny(name, DIRECTORY_NOUNS)) return { integrity: "trusted", directory: true };
  const last = name.at(-1) ?? "";
  return { integrity: PLAIN_NOUNS.includes(last) ? "trusted" : "untrusted" };
}

type Properties = readonly (readonly [string, Json])[];

function propertiesOf(schema: JsonObject | null): Properties {
  const properties = schema?.["properties"];
  return isObject(properties) ? Object.entries(properties) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasAny(name: readonly string[], known: readonly string[]): boolean {
  return name.some((word) => known.includes(word));
}
