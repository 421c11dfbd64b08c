import type { Fault, Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { answerMalformed } from "./faults.ts";

/** Fields whose filled presence makes an object the bearer of calls, in one protocol or another. */
const BEARING = ["tool_calls", "function_call"];
/** What stands beside a name in a call: OpenAI's and Ollama's arguments, Anthropic's input, Gemini's args. */
const GIVEN = ["arguments", "input", "args"];

/**
 * Throws Fault `answer_malformed` if a value that the protocol has no call in holds what some client would take for one:
 * bytes that are passed on as they came must have one reading (T8), and clients do look in more than one place.
 */
export function checkHidden(value: Json | undefined): void {
  if (typeof value !== "object" || value === null) return;
  if (isJsonObject(value) && looksLikeCall(value)) throw hidden();
  for (const each of Object.values(value)) checkHidden(each);
}

/** The same for an object, but for its members of these names, which the protocol's reader reads. */
export function checkHiddenBut(holder: JsonObject, read: ReadonlySet<string>): void {
  if (
    typeof holder["name"] === "string" &&
    GIVEN.some((name) => holder[name] !== undefined && !read.has(name))
  )
    throw hidden();
  for (const name in holder) if (!read.has(name)) checkMember(name, holder[name]);
}

/** As `checkHidden` of an object with this one member: alone it bears a call, or has one inside. */
function checkMember(name: string, value: Json | undefined): void {
  if (BEARING.includes(name) && isFilled(value)) throw hidden();
  checkHidden(value);
}

function hidden(): Fault {
  return answerMalformed("holds what looks like a tool call where the protocol has none");
}

function looksLikeCall(value: JsonObject): boolean {
  if (BEARING.some((name) => isFilled(value[name]))) return true;
  return typeof value["name"] === "string" && GIVEN.some((name) => value[name] !== undefined);
}

function isFilled(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
