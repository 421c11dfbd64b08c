import type { JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed } from "../stream/faults.ts";
import { type OpenCall, textOrNull } from "./open-call.ts";

/** Which call an entry of `tool_calls` begins or goes on with. */
export interface Places {
  /** In the order in which they began. */
  readonly calls: readonly OpenCall[];
  readonly of: (entry: JsonObject) => OpenCall;
  /** The only one that the legacy protocol has. */
  readonly first: () => OpenCall;
  /** Whether clients that go by the index would place some entry otherwise. */
  readonly isAmbiguous: () => boolean;
}

/** `isWhole`: every entry is a call of its own, for clients go by its place in the list. */
export function createPlaces(isWhole: boolean): Places {
  const calls: OpenCall[] = [];
  /** By the index that their entries give. */
  const places = new Map<number, OpenCall>();
  let isAmbiguous = false;

  function begin(): OpenCall {
    if (calls.length >= LLM_LIMITS.callsMax)
      throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tool calls`);
    const call: OpenCall = { id: null, name: null, kind: null, arguments: "", extra: null };
    calls.push(call);
    return call;
  }

  function of(entry: JsonObject): OpenCall {
    if (isWhole) return begin();
    const index = indexOf(entry, calls.length);
    if (index === null) checkWithoutIndex(entry, calls);
    const open = index === null ? undefined : places.get(index);
    if (open !== undefined && !isAnother(entry, open)) return open;
    isAmbiguous ||= index === null || open !== undefined;
    const call = begin();
    places.set(index ?? calls.length - 1, call);
    return call;
  }

  function first(): OpenCall {
    const call = places.get(0) ?? begin();
    places.set(0, call);
    return call;
  }

  return { calls, of, first, isAmbiguous: () => isAmbiguous };
}

/** Index that an entry gives itself; null where it gives none. */
function indexOf(entry: JsonObject, count: number): number | null {
  const index = entry["index"];
  if (index === undefined || index === null) return null;
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index > count)
    throw answerMalformed(`has a tool call at index ${JSON.stringify(index)} after ${count} calls`);
  return index;
}

/** Some runtimes send whole calls without an index; one that went on without it could belong to any. */
function checkWithoutIndex(entry: JsonObject, calls: readonly OpenCall[]): void {
  const id = textOrNull(entry["id"], "id") ?? "";
  if (id === "" || calls.some((call) => call.id === id))
    throw answerMalformed("goes on with a tool call without saying which");
}

/**
 * Ollama has sent every call of a turn, whole, at index 0 (ollama/ollama issues 15457, 15497 and 16212): a name with an id
 * of its own is another call than the one that has a name and an id already.
 */
function isAnother(entry: JsonObject, call: OpenCall): boolean {
  const id = textOrNull(entry["id"], "id") ?? "";
  const body = entry["function"] ?? entry["custom"];
  const isNamed = isJsonObject(body) && Boolean(body["name"]);
  return isNamed && id !== "" && call.name !== null && call.id !== null && call.id !== id;
}
