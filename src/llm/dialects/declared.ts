import { argumentsText, isName, jsonCallsAt, jsonEnd } from "./json-calls.ts";
import {
  listed,
  matchAt,
  nothing,
  type Reading,
  type Script,
  section,
  skipSpace,
  unreadable,
} from "./reading.ts";

// Forms that plain prose takes too: looked for only where the agent's owner declared them.

const REACT =
  /action\s{0,64}\d{0,9}\s{0,64}:([^\n]{0,512})\n\s{0,64}action\s{0,64}\d{0,9}\s{0,64}input\s{0,64}\d{0,9}\s{0,64}:/iy;
const REACT_INPUT = /action\s{0,64}\d{0,9}\s{0,64}input/gi;
const REACT_STOP = /\n[ \t]{0,64}(?:observation|thought|action|final answer)\s{0,64}\d{0,9}\s{0,64}:/gi;

/**
 * `Action: name`, `Action Input: …` (LangChain's ReActSingleInputOutputParser, whose expression spans lines and is not
 * anchored). The input goes on to the next step; an object is the arguments, anything else is `{"input": text}`.
 */
export function readReact(script: Script, start: number): Reading {
  const { text } = script;
  const opening = matchAt(REACT, text, start);
  if (opening === null) return hasInput(text, start) ? unreadable(script, start) : nothing(text.length);
  const body = start + opening[0].length;
  REACT_STOP.lastIndex = body;
  const end = REACT_STOP.exec(text)?.index ?? text.length;
  const name = (opening[1] ?? "").replaceAll(/[\s`"'*]/g, "");
  const given = inputOf(text.slice(body, end).trim());
  if (given === null || !isName(name)) return unreadable(script, start);
  return section(start, end, [{ start, end, call: { name, arguments: given } }]);
}

/** An input somewhere further on belongs to this action for the readers that span lines. */
function hasInput(text: string, start: number): boolean {
  REACT_INPUT.lastIndex = start;
  return REACT_INPUT.exec(text) !== null;
}

function inputOf(said: string): string | null {
  if (!said.startsWith("{")) return argumentsText(said);
  return jsonEnd(said, 0) === said.length ? argumentsText(said) : null;
}

const FENCE = /```[ \t]{0,16}([a-z_]*)[^\n]*\n?/iy;

/** A fenced block of `tool_code`, `tool_call`, or JSON that names a tool and its arguments. */
export function readFenced(script: Script, start: number): Reading {
  const { text } = script;
  const opening = matchAt(FENCE, text, start);
  const from = skipSpace(text, start + (opening?.[0].length ?? 3));
  const calls = jsonCallsAt(text, from);
  if (calls === null || calls === undefined) return otherFence(script, start, opening);
  const after = skipSpace(text, calls.end);
  const isClosed = text.startsWith("```", after);
  if (!isClosed && after < text.length) return unreadable(script, start);
  return listed(start, isClosed ? after + 3 : after, calls.calls);
}

/** Code, which nobody here can read, or a block of JSON that is just JSON. */
function otherFence(script: Script, start: number, opening: RegExpExecArray | null): Reading {
  const { text } = script;
  const from = start + (opening?.[0].length ?? 3);
  const closing = text.indexOf("```", from);
  const end = closing === -1 ? text.length : closing + 3;
  const isJson = (opening?.[1] ?? "").toLowerCase().startsWith("json");
  return isJson && !looksLikeCall(text.slice(from, end)) ? nothing(end) : unreadable(script, start);
}

function looksLikeCall(text: string): boolean {
  return NAMES.test(text) && ARGUMENTS.test(text);
}

const NAMES = /"(?:name|action|tool|tool_name|function_name|function)"/;
const ARGUMENTS = /"(?:arguments|parameters|args|input|action_input|tool_input)"/;

/** JSON by itself that names a tool and its arguments (Llama 3.2; vLLM's llama3_json parser looks for it anywhere). */
export function readBareJson(script: Script, start: number): Reading {
  const { text } = script;
  const calls = jsonCallsAt(text, start);
  if (calls !== null && calls !== undefined) return listed(start, calls.end, calls.calls);
  const end = jsonEnd(text, start);
  const said = text.slice(start, end === -1 ? text.length : end);
  return looksLikeCall(said) ? unreadable(script, start) : nothing(end === -1 ? text.length : end);
}
