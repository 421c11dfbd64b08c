import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { areWholeArguments } from "../arguments.ts";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed } from "../stream/faults.ts";
import type { ToolCall } from "../turn.ts";
import { createPlaces } from "./call-places.ts";
import { type OpenCall, textOrNull } from "./open-call.ts";

// Tool calls put together from their deltas. The official clients differ in what they do with a name or an id that comes
// twice (the JavaScript one keeps the last, the Python one joins them), so only what they agree on is read.

export interface CallSet {
  /** Reads one entry of `tool_calls`; answers the call if it began with this entry, null if it went on. */
  readonly add: (entry: Json) => OpenCall | null;
  /** Reads a `function_call` of the legacy protocol; answers as `add`. */
  readonly addLegacy: (entry: Json) => OpenCall | null;
  readonly count: () => number;
  /**
   * Throws `answer_malformed` unless every call has a name and no two the same id. Where the answer ended at its limit, the
   * one that was written last may not have come to its name.
   */
  readonly check: (isAtLimit: boolean) => void;
  /** Whether this call is the one that was written last, and may go on: free text always, else what is no whole object. */
  readonly isOpen: (call: OpenCall) => boolean;
  /** Whether clients that place calls by their index would read others than these. */
  readonly isAmbiguous: () => boolean;
}

const ENTRY_FIELDS = new Set(["index", "id", "type", "function", "custom", "extra_content"]);
const FUNCTION_FIELDS = new Set(["name", "arguments"]);
const CUSTOM_FIELDS = new Set(["name", "input"]);

/** Throws `answer_malformed` for a field that is neither known nor null: one client may see in it what we do not. */
export function onlyKnown(object: JsonObject, known: ReadonlySet<string>, where: string): void {
  for (const name in object)
    if (!known.has(name) && object[name] !== null)
      throw answerMalformed(
        `has a field that this door does not know: ${JSON.stringify(name.slice(0, 60))} in ${where}`,
      );
}

/** `isWhole`: every entry is a call of its own, for clients go by its place in the list. */
export function createCallSet(isWhole = false): CallSet {
  const places = createPlaces(isWhole);
  const { calls } = places;
  let units = 0;
  let last: OpenCall | null = null;

  function append(call: OpenCall, value: Json | undefined): void {
    const text = textOrNull(value, "arguments");
    if (text === null) return;
    units += text.length;
    if (units > LLM_LIMITS.argumentsUnitsMax)
      throw answerMalformed(`has more than ${LLM_LIMITS.argumentsUnitsMax} characters of arguments`);
    call.arguments += text;
  }

  function add(entry: Json): OpenCall | null {
    if (!isJsonObject(entry)) throw answerMalformed("has a tool call that is no object");
    onlyKnown(entry, ENTRY_FIELDS, "a tool call");
    const before = calls.length;
    const call = places.of(entry);
    last = call;
    if (call.kind === "legacy") throw answerMalformed("mixes `function_call` with `tool_calls`");
    setId(call, textOrNull(entry["id"], "id"));
    readKind(call, entry);
    if (isJsonObject(entry["extra_content"])) call.extra = { extra_content: entry["extra_content"] };
    readBody(call, entry["function"], FUNCTION_FIELDS);
    readBody(call, entry["custom"], CUSTOM_FIELDS);
    return calls.length > before ? call : null;
  }

  function readBody(call: OpenCall, body: Json | undefined, known: ReadonlySet<string>): void {
    if (body === undefined || body === null) return;
    if (!isJsonObject(body)) throw answerMalformed("has a tool call whose function is no object");
    onlyKnown(body, known, "a tool call's function");
    setName(call, textOrNull(body["name"], "name"));
    append(call, known === CUSTOM_FIELDS ? body["input"] : body["arguments"]);
  }

  function addLegacy(entry: Json): OpenCall | null {
    const before = calls.length;
    const call = places.first();
    last = call;
    if (call.kind !== null && call.kind !== "legacy")
      throw answerMalformed("mixes `function_call` with `tool_calls`");
    call.kind = "legacy";
    readBody(call, entry, FUNCTION_FIELDS);
    return calls.length > before ? call : null;
  }

  const isOpen = (call: OpenCall): boolean => call === last && mayGoOn(call);

  return {
    add,
    addLegacy,
    count: () => calls.length,
    check: (isAtLimit) => check(calls, isAtLimit ? isOpen : never),
    isOpen,
    isAmbiguous: places.isAmbiguous,
  };
}

function mayGoOn({ kind, arguments: text }: OpenCall): boolean {
  return kind === "custom" || !areWholeArguments(text);
}

const never = (): boolean => false;

function check(calls: readonly OpenCall[], mayBeNameless: (call: OpenCall) => boolean): void {
  const ids = new Set<string>();
  for (const call of calls) {
    if (call.name === null && !mayBeNameless(call)) throw answerMalformed("has a tool call without a name");
    if (call.id === null) continue;
    if (ids.has(call.id)) throw answerMalformed("has two tool calls with the same id");
    ids.add(call.id);
  }
}

/** The call as it stands. `id` is that of a call which its upstream gave none. */
export function closedCall(call: OpenCall, id: string): ToolCall {
  return {
    id: call.id ?? id,
    name: call.name ?? "unnamed",
    arguments: call.arguments,
    kind: call.kind ?? "function",
    ...(call.extra === null ? {} : { extra: call.extra }),
  };
}

function readKind(call: OpenCall, entry: JsonObject): void {
  const said = textOrNull(entry["type"], "type") ?? "";
  if (said !== "" && said !== "function" && said !== "custom")
    throw answerMalformed(
      `has a tool call of type ${JSON.stringify(said.slice(0, 60))}, which this door does not know`,
    );
  if (said !== "") setKind(call, said);
  if (entry["function"]) setKind(call, "function");
  if (entry["custom"]) setKind(call, "custom");
}

function setKind(call: OpenCall, kind: "function" | "custom"): void {
  if (call.kind !== null && call.kind !== kind) throw answerMalformed("has a tool call of two types");
  call.kind = kind;
}

/** LM Studio sends a fresh id with every delta; the last one is what the JavaScript client ends with. */
function setId(call: OpenCall, id: string | null): void {
  if (id !== null && id !== "") call.id = id;
}

/** A name that comes twice is one tool to the JavaScript client, which keeps the last, and another to the Python one. */
function setName(call: OpenCall, name: string | null): void {
  if (name === null || name === "") return;
  if (call.name !== null) throw answerMalformed("names one tool call twice");
  call.name = name;
}
