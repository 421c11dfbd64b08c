import type { Json, JsonObject } from "#base";
import { canonicalJson } from "#base";
import { isJsonObject } from "#wire";
import type { Wishes } from "./conversation.ts";
import { fateOf, type Target } from "./fates.table.ts";
import { noPlace, type Notes } from "./notes.ts";
import { IDLE, type Rule, type Rules } from "./rules.table.ts";

/** Where in the client's body each wish stands. */
export type Origins = ReadonlyMap<keyof Wishes, string>;

export interface Wished {
  readonly wishes: Wishes;
  readonly origins: Origins;
}

/**
 * What the fields beside the conversation ask for, by the protocol's rules, as far as the target can carry it. What may be
 * lost is noted; Fault `translation_refused` for what may not, a field without a rule among them.
 */
export function readWishes(body: JsonObject, rules: Rules, to: Target, notes: Notes): Wished {
  let wishes: Wishes = {};
  const origins = new Map<keyof Wishes, string>();
  for (const [path, value, rule] of leaves(body, rules, notes)) {
    const read = rule.read(value, path);
    for (const wish of namesOf(read)) {
      const fate = fateOf(wish, to);
      if (fate === "refused") throw noPlace(path);
      if (fate === "lost") notes.lose(path);
      else origins.set(wish, path);
    }
    wishes = { ...wishes, ...read, ...shorter(wishes, read) };
  }
  return { wishes: only(wishes, origins), origins };
}

/** OpenAI's chats have two names for the longest answer: the shorter counts. */
function shorter(a: Wishes, b: Wishes): Wishes {
  if (a.maxTokens === undefined || b.maxTokens === undefined) return {};
  return { maxTokens: Math.min(a.maxTokens, b.maxTokens) };
}

function only(wishes: Wishes, origins: Origins): Wishes {
  return Object.fromEntries(Object.entries(wishes).filter(([name]) => isIn(origins, name)));
}

function isIn(origins: Origins, name: string): boolean {
  return [...origins.keys()].some((one) => one === name);
}

const NAMES: readonly (keyof Wishes)[] = [
  "maxTokens",
  "temperature",
  "topP",
  "topK",
  "minP",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "repeatPenalty",
  "stop",
  "format",
  "toolChoice",
  "serialCalls",
  "thinking",
  "effort",
];

function namesOf(wishes: Wishes): readonly (keyof Wishes)[] {
  return NAMES.filter((name) => wishes[name] !== undefined);
}

type Leaf = readonly [path: string, value: Json, rule: Exclude<Rule, string>];

function leaves(body: JsonObject, rules: Rules, notes: Notes, prefix = ""): readonly Leaf[] {
  const found: Leaf[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (value === null) continue;
    const path = `${prefix}${name}`;
    const rule = rules[path];
    if (rule === undefined && !isIdle(name, value)) throw noPlace(path);
    if (rule === undefined || rule === "structure") continue;
    if (rule === "lost") notes.lose(path);
    else if (rule === "group")
      found.push(...(isJsonObject(value) ? leaves(value, rules, notes, `${path}.`) : []));
    else found.push([path, value, rule]);
  }
  return found;
}

function isIdle(name: string, value: Json): boolean {
  return IDLE[name]?.some((idle) => canonicalJson(idle) === canonicalJson(value)) === true;
}
