import type { Json, JsonObject } from "#base";
import type { FlowEffect, FlowRole } from "#vocabulary";
import { type OutputLabel, type ToolManifest, unlabelled } from "./manifest.ts";
import { ARGUMENTS_MAX, isArgument } from "./manifest-schema.ts";
import {
  ACCOUNT_NOUNS,
  ADDRESSED,
  ARGUMENT_ROLES,
  DIRECTORY_NOUNS,
  MEMBER_NOUNS,
  MONEY_NOUNS,
  PLAIN_NOUNS,
  PROGRAM_ARGUMENTS,
  SAID_NOUNS,
  SEARCHED_OUTSIDE,
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
  /** Of an API's operation: HTTP's own word on what it may do (RFC 9110, 9.2). */
  readonly method?: string;
}

/** Why a line of a proposal says what it says. Words of ours and of our own tables, never the server's. */
export interface ProposalReasons {
  readonly effect: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly output: string;
  /** What rests on a name alone that the server chose, and would be looser than nothing: for a person to look at. */
  readonly toCheck: readonly string[];
}

export interface Proposal {
  readonly manifest: ToolManifest;
  readonly why: ProposalReasons;
}

/**
 * Proposes what a tool is, from its name, its schema and its annotations alone, for a person to review. Nothing in a
 * description counts: it is the server's prose. A hint may tighten what the name says and never loosens it. A tool whose
 * name says nothing stays unlabelled, and its effects are holds.
 */
export function proposeManifest(server: string, tool: DeclaredTool): ToolManifest {
  return explainProposal(server, tool).manifest;
}

/** The proposal, with the reason for each of its lines. */
export function explainProposal(server: string, tool: DeclaredTool): Proposal {
  const name = nameWords(tool.name);
  const properties = propertiesOf(tool.inputSchema);
  if (!properties.every(([argument]) => isArgument(argument)) || properties.length > ARGUMENTS_MAX)
    return unreadable(`${server}/${tool.name}`);
  const named = byMethod(settled(effectOfName(name, properties), name, properties), tool.method);
  const effect = tightened(named, tool.annotations);
  const rolesOf = effect.is === "read" || effect.is === "fetch" ? roleInRead(name) : roleIn(effect.is);
  const read = properties.map(([argument, schema]) => [argument, rolesOf(argument, schema)] as const);
  const reaching = read.flatMap(([argument, { is }]) => (is === "destination" ? [argument] : []));
  const output = outputOf(name, effect.is, { properties, hints: tool.annotations });
  const manifest: ToolManifest = {
    tool: `${server}/${tool.name}`,
    effect: effect.is,
    ...(effect.is === "write" && reaching.length > 0
      ? { effectIf: Object.fromEntries(reaching.map((argument) => [argument, "send" as const])) }
      : {}),
    roles: Object.fromEntries(read.map(([argument, { is }]) => [argument, is])),
    output: output.is,
  };
  const roles = Object.fromEntries(read.map(([argument, { why }]) => [argument, why]));
  const toCheck = toCheckOf(effect, output);
  return { manifest, why: { effect: effect.why, roles, output: output.why, toCheck } };
}

/** Left out, an argument would count as content: a schema that no manifest can hold gets none. */
function unreadable(tool: string): Proposal {
  const output = "others may write what it answers";
  const effect = "its arguments are too many, or have names that no manifest can hold";
  return { manifest: unlabelled(tool), why: { effect, roles: {}, output, toCheck: [] } };
}

/** A line and why it is there. */
interface Read<T> {
  readonly is: T;
  readonly why: string;
}

function toCheckOf(effect: Read<FlowEffect>, output: Read<OutputLabel>): string[] {
  const looks = effect.is === "read" ? ["it only reads"] : [];
  const trusted = output.is.integrity === "trusted" ? ["nobody outside writes its results"] : [];
  const vouched = output.is.directory === true ? ["the organisation keeps this directory itself"] : [];
  return [...looks, ...trusted, ...vouched];
}

/** A change that names no object changes the one there is: the account, its profile, its settings. */
function settled(
  effect: Read<FlowEffect>,
  name: readonly string[],
  properties: Properties,
): Read<FlowEffect> {
  if (effect.is !== "write" || !hasAny(name, SETTING_VERBS)) return effect;
  const isAimed = properties.some(([argument, schema]) =>
    ["selector", "path", "destination", "account"].includes(roleIn("write")(argument, schema).is),
  );
  return isAimed ? effect : { is: "account", why: "it changes something and no argument says which" };
}

function effectOfName(name: readonly string[], properties: Properties): Read<FlowEffect> {
  const [found] = name.flatMap((word) => {
    const effect = VERBS.find(([, verbs]) => verbs.includes(word))?.[0];
    return effect === undefined ? [] : [{ effect, word }];
  });
  if (found === undefined) return { is: "unknown", why: "no word of its name says what it does" };
  const { effect: verb, word } = found;
  const why = `"${word}" in its name`;
  if (verb === "read") return readOf(why, properties);
  return verb === "write" || verb === "send" ? changeOf(verb, why, name) : { is: verb, why };
}

function readOf(why: string, properties: Properties): Read<FlowEffect> {
  const isProgram = properties.some(([argument]) => hasAny(nameWords(argument), PROGRAM_ARGUMENTS));
  if (isProgram) return { is: "execute", why: `${why}, and an argument of it is a program's text` };
  const reaches = properties.some(([argument]) => isWebArgument(argument));
  return reaches ? { is: "fetch", why: `${why}, and an argument says where from` } : { is: "read", why };
}

/** What is changed says how grave it is: the first of these kinds that the name has. */
const CHANGED: readonly (readonly [FlowEffect, readonly string[]])[] = [
  ["account", ACCOUNT_NOUNS],
  ["membership", MEMBER_NOUNS],
  ["send", SAID_NOUNS],
];

function changeOf(verb: "write" | "send", why: string, name: readonly string[]): Read<FlowEffect> {
  const money = firstOf(name, MONEY_NOUNS);
  if (money !== undefined) return { is: "money", why: `${why}, of "${money}"` };
  const changed = verb === "write" ? CHANGED.find(([, nouns]) => hasAny(name, nouns)) : undefined;
  if (changed === undefined) return { is: verb, why };
  const [is, nouns] = changed;
  return { is, why: `${why}, of "${firstOf(name, nouns)}"` };
}

/** A method says what a name does not; where both speak, the graver counts: a search by POST writes until a person says else. */
function byMethod(effect: Read<FlowEffect>, method: string | undefined): Read<FlowEffect> {
  if (method === undefined) return effect;
  const says = `${method} is its method`;
  if (method === "GET" || method === "HEAD")
    return effect.is === "unknown" ? { is: "read", why: says } : effect;
  const isMild = ["unknown", "read", "fetch"].includes(effect.is);
  if (method === "DELETE") return isMild || effect.is === "write" ? { is: "destroy", why: says } : effect;
  return isMild ? { is: "write", why: says } : effect;
}

function tightened(effect: Read<FlowEffect>, hints: DeclaredTool["annotations"]): Read<FlowEffect> {
  if (hints?.destructiveHint === true && (effect.is === "write" || effect.is === "read"))
    return { is: "destroy", why: "its server says that it is destructive" };
  return hints?.readOnlyHint === false && effect.is === "read"
    ? { is: "unknown", why: `${effect.why}, and its server says that it does not only read` }
    : effect;
}

function roleInRead(tool: readonly string[]): (argument: string, schema: Json) => Read<FlowRole> {
  const outside = firstOf(tool, SEARCHED_OUTSIDE);
  return (argument, schema) => {
    const web = firstOf(nameWords(argument), WEB_ARGUMENTS);
    if (web !== undefined) return { is: "destination", why: `"${web}" in its name` };
    if (isPath(nameWords(argument))) return { is: "path", why: "its name is a place's" };
    const isFree =
      outside !== undefined && isObject(schema) && schema["type"] === "string" && !isChoice(schema);
    return isFree
      ? { is: "content", why: `its words leave: "${outside}" in the tool's name` }
      : { is: "query", why: "what is looked for" };
  };
}

function roleIn(effect: FlowEffect): (argument: string, schema: Json) => Read<FlowRole> {
  return (argument, schema) => {
    if (isChoice(schema)) return { is: "control", why: "a flag, or one of a few values" };
    const named = namedRole(nameWords(argument));
    const role = named?.is;
    if (effect === "money" && role === "destination")
      return { is: "account", why: `${named?.why}, where money goes` };
    if (effect === "account" && role !== "credential" && role !== "control")
      return { is: "profile", why: "what an account says of its holder" };
    return named ?? { is: "content", why: "no word of its name says more" };
  };
}

/** The last word says what the argument is, the others of what kind: `file_id`, `recipient_account`. */
function namedRole(name: readonly string[]): Read<FlowRole> | undefined {
  const last = name.at(-1) ?? "";
  const addressed = last === "id" ? firstOf(name, ADDRESSED) : undefined;
  if (addressed !== undefined) return { is: "destination", why: `the id of a "${addressed}"` };
  const found =
    ARGUMENT_ROLES.find(([, known]) => known.includes(last)) ??
    ARGUMENT_ROLES.find(([, known]) => hasAny(name, known));
  if (found === undefined) return undefined;
  const [is, known] = found;
  return { is, why: `"${known.includes(last) ? last : firstOf(name, known)}" in its name` };
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

function untrusted(why: string): Read<OutputLabel> {
  return { is: { integrity: "untrusted" }, why };
}

function outputOf(
  name: readonly string[],
  effect: FlowEffect,
  { properties, hints }: { readonly properties: Properties; readonly hints: DeclaredTool["annotations"] },
): Read<OutputLabel> {
  if (effect !== "read") return untrusted("others may write what it answers");
  if (hints?.openWorldHint === true) return untrusted("its server says that it reaches outside");
  const directory = firstOf(name, DIRECTORY_NOUNS);
  // A folder is no directory of people.
  const hasPath = properties.some(([argument]) => isPath(nameWords(argument)));
  if (directory !== undefined && !hasPath)
    return { is: { integrity: "trusted", directory: true }, why: `"${directory}" in its name` };
  const last = name.at(-1) ?? "";
  return PLAIN_NOUNS.includes(last)
    ? { is: { integrity: "trusted" }, why: `"${last}" ends its name: a plain fact of the platform` }
    : untrusted("others may write what it answers");
}

type Properties = readonly (readonly [string, Json])[];

function propertiesOf(schema: JsonObject | null): Properties {
  const properties = schema?.["properties"];
  return isObject(properties) ? Object.entries(properties) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstOf(name: readonly string[], known: readonly string[]): string | undefined {
  return name.find((word) => known.includes(word));
}

function hasAny(name: readonly string[], known: readonly string[]): boolean {
  return name.some((word) => known.includes(word));
}
