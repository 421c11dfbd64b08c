import { isName, jsonCallsAt, jsonEnd, objectText } from "./json-calls.ts";
import {
  listed,
  matchAt,
  type ReadCall,
  type Reading,
  type Script,
  section,
  skipSpace,
  type Span,
  unreadable,
  unreadableUntil,
} from "./reading.ts";
import { type RawParameter, typedArguments } from "./typed.ts";

// Calls between tags: Hermes and Qwen (JSON in <tool_call>), Qwen3-Coder (<function=…><parameter=…>), Llama
// (<function=…>{…}), GLM (<tool_call>name<arg_key>…), Anthropic's old form and MiniMax's (<invoke name="…">). Where a value
// holds a tag of its own dialect, parsers that look for the next closing tag and those that read the value differ: such
// a call is not readable.

const OPENING = /<([a-z_]+:)?([a-z_]+)(?:\s[^<>]*)?>/iy;
const OWN_TAG =
  /<\/?(?:[a-z_]+:)?(?:tool_calls?|function_calls?|function|parameter|invoke|arg_key|arg_value)\b/i;

/** The calls of an element, and the offset after its closing tag. */
interface Content {
  readonly calls: readonly ReadCall[];
  readonly end: number;
}

/** `<tool_call>`, `<tool_calls>`, `<function_call>`, `<function_calls>` and their kin with a prefix. */
export function readToolCallElement(script: Script, start: number): Reading {
  const { text } = script;
  const opening = matchAt(OPENING, text, start);
  if (opening === null) return unreadable(script, start);
  const closer = `</${opening[1] ?? ""}${opening[2] ?? ""}>`;
  const body = skipSpace(text, start + opening[0].length);
  const isJson = text[body] === "{" || text[body] === "[";
  const content = isJson ? jsonContent(text, body, closer) : taggedContent(script, body, closer);
  if (content === null) return withoutReading(script, start, closer);
  const { calls, end } = content;
  return isJson ? listed(start, end, calls) : section(start, end, spansOf(text, body, calls));
}

/** Up to the closing tag where nothing within begins anew, else to the end of everything. */
function withoutReading(script: Script, start: number, closer: string): Reading {
  const until = unreadableUntil(script, start, closer);
  const within = script.text.slice(start + 1, until.end - closer.length);
  return OWN_TAG.test(within) ? unreadable(script, start) : until;
}

/** Offset after the closing tag; the end of the text counts as one, for the last tag is often missing. */
function endOf(text: string, at: number, closer: string): number {
  if (at >= text.length) return text.length;
  const found = text.slice(at, at + closer.length).toLowerCase() === closer.toLowerCase();
  return found ? at + closer.length : -1;
}

/** JSON values one after the other until the closing tag. */
function jsonContent(text: string, from: number, closer: string): Content | null {
  const calls: ReadCall[] = [];
  let at = from;
  while (text[at] === "{" || text[at] === "[") {
    const read = jsonCallsAt(text, at);
    if (read === null || read === undefined || OWN_TAG.test(text.slice(at, read.end))) return null;
    calls.push(...read.calls);
    at = skipSpace(text, read.end);
    if (text[at] === "," || text[at] === ";") at = skipSpace(text, at + 1);
  }
  return contentOf(text, at, { calls, closer });
}

function contentOf(
  text: string,
  at: number,
  { calls, closer }: { readonly calls: readonly ReadCall[]; readonly closer: string },
): Content | null {
  const end = endOf(text, skipSpace(text, at), closer);
  return end === -1 || calls.length === 0 ? null : { calls, end };
}

function spansOf(text: string, body: number, calls: readonly ReadCall[]): readonly Span[] {
  let from = body;
  return calls.map(({ end, name, arguments: given }) => {
    const span = { start: skipSpace(text, from), end, call: { name, arguments: given } };
    from = end;
    return span;
  });
}

/** Functions or invocations between tags, else one call of GLM's form. */
function taggedContent(script: Script, body: number, closer: string): Content | null {
  const calls: ReadCall[] = [];
  let at = body;
  while (at < script.text.length && endOf(script.text, at, closer) === -1) {
    const call = functionAt(script, at) ?? (calls.length === 0 ? glmAt(script, at) : null);
    if (call === null) return null;
    calls.push(call);
    at = skipSpace(script.text, call.end);
  }
  return contentOf(script.text, at, { calls, closer });
}

/** `<function=name>` or `<invoke name="name">` by itself. */
export function readFunctionElement(script: Script, start: number): Reading {
  const call = functionAt(script, start);
  if (call !== null) return section(start, call.end, [{ start, end: call.end, call }]);
  const closer =
    script.text.slice(start, start + 9).toLowerCase() === "<function" ? "</function>" : "</invoke>";
  return withoutReading(script, start, closer);
}

interface Tags {
  readonly opening: RegExp;
  readonly parameter: RegExp;
  readonly parameterEnd: string;
  readonly end: string;
}

const QUOTED = `["']?([^"'<>=\\s]+)["']?`;

function tagsFor(prefix: string): readonly Tags[] {
  return [
    {
      opening: new RegExp(`<function\\s*(?:=|\\sname\\s*=)\\s*${QUOTED}\\s*>`, "iy"),
      parameter: new RegExp(`<parameter\\s*(?:=|\\sname\\s*=)\\s*${QUOTED}([^<>]*)>`, "iy"),
      parameterEnd: "</parameter>",
      end: "</function>",
    },
    {
      opening: new RegExp(`<${prefix}invoke\\s+name\\s*=\\s*${QUOTED}\\s*>`, "iy"),
      parameter: new RegExp(`<${prefix}parameter\\s+name\\s*=\\s*${QUOTED}([^<>]*)>`, "iy"),
      parameterEnd: `</${prefix}parameter>`,
      end: `</${prefix}invoke>`,
    },
  ];
}

const PREFIX = /<((?:[a-z_]+:|[｜|]{1,2}DSML[｜|]{1,2})?)(?:function|invoke)\b/iy;
const TAGS = new Map<string, readonly Tags[]>();

function tagsAt(text: string, at: number): readonly Tags[] {
  const prefix = matchAt(PREFIX, text, at)?.[1] ?? "";
  if (prefix !== "" && !PREFIXES.has(prefix.toLowerCase())) return [];
  const known = TAGS.get(prefix) ?? tagsFor(prefix.replaceAll("|", "\\|"));
  TAGS.set(prefix, known);
  return known;
}

/** A fixed list: a prefix becomes part of an expression. */
const PREFIXES: ReadonlySet<string> = new Set([
  "antml:",
  "minimax:",
  "seed:",
  "｜dsml｜",
  "|dsml|",
  "｜｜dsml｜｜",
]);

export function functionAt(script: Script, at: number): ReadCall | null {
  const { text } = script;
  for (const tags of tagsAt(text, at)) {
    const opening = matchAt(tags.opening, text, at);
    if (opening === null) continue;
    const name = opening[1] ?? "";
    const body = skipSpace(text, at + opening[0].length);
    if (!isName(name)) return null;
    return text[body] === "{"
      ? withJson(text, body, { name, closer: tags.end })
      : withParameters(script, body, { name, tags });
  }
  return null;
}

function withJson(
  text: string,
  body: number,
  { name, closer }: { readonly name: string; readonly closer: string },
): ReadCall | null {
  const end = jsonEnd(text, body);
  if (end === -1 || OWN_TAG.test(text.slice(body, end))) return null;
  const given = objectText(text.slice(body, end));
  const after = skipSpace(text, end);
  const closed = endOf(text, after, closer);
  if (given === null) return null;
  // Llama 3.1 may close with <|eom_id|> or <|eot_id|>, or not at all before the next call.
  return { name, arguments: given, end: closed === -1 ? end : closed };
}

function withParameters(
  script: Script,
  body: number,
  { name, tags }: { readonly name: string; readonly tags: Tags },
): ReadCall | null {
  const { text, tools } = script;
  const parameters: RawParameter[] = [];
  let at = body;
  for (;;) {
    const opening = matchAt(tags.parameter, text, at);
    if (opening === null) break;
    const from = at + opening[0].length;
    const to = text.indexOf(tags.parameterEnd, from);
    if (to === -1) return null;
    const value = text.slice(from, to);
    if (OWN_TAG.test(value)) return null;
    parameters.push({
      name: opening[1] ?? "",
      value: unframed(value),
      isText: /string\s*=\s*"true"/.test(opening[2] ?? ""),
    });
    at = skipSpace(text, to + tags.parameterEnd.length);
  }
  const end = endOf(text, at, tags.end);
  const given = typedArguments(parameters, name, tools);
  return end === -1 || given === null ? null : { name, arguments: given, end };
}

/** The templates put a value between line feeds of their own (Qwen3-Coder's chat template). */
function unframed(value: string): string {
  return value.replace(/^\r?\n/, "").replace(/\r?\n$/, "");
}

const GLM_NAME = /([^\n<]{1,300})(?:\n|(?=<))/y;
const GLM_PAIR = /<arg_key>([^<]*)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>\s*/y;

/** `name`, then pairs of `<arg_key>` and `<arg_value>` (GLM-4.5's chat template; vLLM's glm4_moe parser). */
function glmAt({ text, tools }: Script, from: number): ReadCall | null {
  const named = matchAt(GLM_NAME, text, from);
  const name = named?.[1]?.trim() ?? "";
  if (named === null || !/^[\w.:-]+$/.test(name) || !isName(name)) return null;
  const { parameters, end } = glmPairs(text, skipSpace(text, from + named[0].length));
  const given = parameters.some(({ value }) => OWN_TAG.test(value))
    ? null
    : typedArguments(parameters, name, tools);
  return given === null ? null : { name, arguments: given, end };
}

function glmPairs(
  text: string,
  from: number,
): { readonly parameters: readonly RawParameter[]; readonly end: number } {
  const parameters: RawParameter[] = [];
  let at = from;
  for (let pair = matchAt(GLM_PAIR, text, at); pair !== null; pair = matchAt(GLM_PAIR, text, at)) {
    parameters.push({ name: (pair[1] ?? "").trim(), value: pair[2] ?? "", isText: false });
    at += pair[0].length;
  }
  return { parameters, end: at };
}

/** An opener whose calls are sections of invocations: `<｜DSML｜function_calls>`, or one invocation by itself. */
export function readDsml(script: Script, start: number): Reading {
  const opening = matchAt(/<[｜|]{1,2}DSML[｜|]{1,2}(?:function|tool)_calls\s*>/iy, script.text, start);
  if (opening === null) return readFunctionElement(script, start);
  const body = skipSpace(script.text, start + opening[0].length);
  const content = taggedContent(script, body, opening[0].replace("<", "</"));
  return content === null
    ? unreadable(script, start)
    : section(start, content.end, spansOf(script.text, body, content.calls));
}
