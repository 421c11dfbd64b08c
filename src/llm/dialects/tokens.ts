import { isName, jsonCallsAt, jsonEnd, objectText } from "./json-calls.ts";
import {
  listed,
  matchAt,
  nothing,
  type ReadCall,
  type Reader,
  type Reading,
  type Script,
  section,
  skipSpace,
  type Span,
  unreadable,
} from "./reading.ts";

// Calls behind special tokens that a runtime let through as text.

/** A marker, then JSON: one object, a list, or objects with `;`, `,` or white space between them. */
export function readMarkedJson(marker: RegExp, closer: RegExp): Reader {
  return (script, start) => {
    const { text } = script;
    const opening = matchAt(marker, text, start);
    const calls: ReadCall[] = [];
    let at = skipSpace(text, start + (opening?.[0].length ?? 0));
    let end = at;
    while (text[at] === "{" || text[at] === "[") {
      const read = jsonCallsAt(text, at);
      if (read === null || read === undefined) return unreadable(script, start);
      calls.push(...read.calls);
      end = read.end;
      at = skipSpace(text, end);
      if (text[at] === ";" || text[at] === ",") at = skipSpace(text, at + 1);
    }
    if (calls.length === 0) return unreadable(script, start);
    const closed = matchAt(closer, text, at);
    return listed(start, closed === null ? end : at + closed[0].length, calls);
  };
}

const MISTRAL_OPENING = /\[TOOL_CALLS\]\s*/iy;
const MISTRAL_NAME = /([\w.:-]+)\s*(?:\[CALL_ID\]\s*[\w-]*\s*)?(?:\[ARGS\])?\s*(?=\{)/iy;
const readMistralList = readMarkedJson(/\[TOOL_CALLS\]\s*(?=[[{])/iy, /(?!)/y);

/** `[TOOL_CALLS][{…}]`, or from version 11 of the tokenizer on `[TOOL_CALLS]name[ARGS]{…}`, once for each call. */
export function readMistral(script: Script, start: number): Reading {
  const { text } = script;
  const spans: Span[] = [];
  let from = start;
  for (;;) {
    const opening = matchAt(MISTRAL_OPENING, text, skipSpace(text, from));
    if (opening === null) return { spans, end: from };
    const body = skipSpace(text, from) + opening[0].length;
    if (spans.length === 0 && "[{".includes(text[body] ?? " ")) return readMistralList(script, start);
    const call = mistralCall(text, body);
    if (call === null) return unreadable(script, start);
    spans.push({ start: from, end: call.end, call });
    from = call.end;
  }
}

function mistralCall(text: string, from: number): ReadCall | null {
  const named = matchAt(MISTRAL_NAME, text, from);
  const body = from + (named?.[0].length ?? 0);
  const end = named === null ? -1 : jsonEnd(text, body);
  const given = end === -1 ? null : objectText(text.slice(body, end));
  const name = named?.[1] ?? "";
  return given === null || !isName(name) ? null : { name, arguments: given, end };
}

const BAR = "[｜|]";
const GAP = "(?:▁|_|\\\\_| )";
const DEEPSEEK_SECTION = new RegExp(`<${BAR}tool${GAP}calls(?:${GAP}begin)?${BAR}>\\s*`, "iy");
const DEEPSEEK_SECTION_END = new RegExp(`\\s*<${BAR}tool${GAP}calls${GAP}end${BAR}>`, "iy");
const DEEPSEEK_CALL = new RegExp(
  `\\s*<${BAR}tool${GAP}call${GAP}begin${BAR}>\\s*(?:function\\s*<${BAR}tool${GAP}sep${BAR}>)?\\s*([^\\s<]{1,300}?)\\s*(?:<${BAR}tool${GAP}sep${BAR}>|(?=\`\`\`|\\n))\\s*(?:\`\`\`json)?\\s*(?=\\{)`,
  "iy",
);
const DEEPSEEK_CALL_END = new RegExp(`\\s*(?:\`\`\`)?\\s*<${BAR}tool${GAP}call${GAP}end${BAR}>`, "iy");

const KIMI_SECTION = /<\|tool_calls?_section_begin\|>\s*/iy;
const KIMI_SECTION_END = /\s*<\|tool_calls?_section_end\|>/iy;
const KIMI_CALL = /\s*<\|tool_call_begin\|>([^<]{1,300})<\|tool_call_argument_begin\|>\s*(?=\{)/iy;
const KIMI_CALL_END = /\s*<\|tool_call_end\|>/iy;

interface Tokens {
  readonly section: RegExp;
  readonly sectionEnd: RegExp;
  readonly call: RegExp;
  readonly callEnd: RegExp;
  readonly nameOf: (said: string) => string;
}

/** DeepSeek V3 and R1 (`function<｜tool▁sep｜>name` and fenced JSON), V3.1 (`name<｜tool▁sep｜>{…}`). */
export const readDeepSeek = readTokens({
  section: DEEPSEEK_SECTION,
  sectionEnd: DEEPSEEK_SECTION_END,
  call: DEEPSEEK_CALL,
  callEnd: DEEPSEEK_CALL_END,
  nameOf: (said) => said,
});

/** Kimi K2 names a call `functions.name:index`. */
export const readKimi = readTokens({
  section: KIMI_SECTION,
  sectionEnd: KIMI_SECTION_END,
  call: KIMI_CALL,
  callEnd: KIMI_CALL_END,
  nameOf: (said) => said.split(":")[0]?.split(".").at(-1) ?? "",
});

function readTokens(tokens: Tokens): Reader {
  return (script, start) => {
    const { text } = script;
    const opening = matchAt(tokens.section, text, start);
    const spans: Span[] = [];
    let at = start + (opening?.[0].length ?? 0);
    for (let head = matchAt(tokens.call, text, at); head !== null; head = matchAt(tokens.call, text, at)) {
      const call = tokenCall(text, at + head[0].length, tokens, tokens.nameOf((head[1] ?? "").trim()));
      if (call === null) return unreadable(script, start);
      spans.push({ start: skipSpace(text, at), end: call.end, call });
      at = call.end;
    }
    const ending = matchAt(tokens.sectionEnd, text, at);
    const isWhole = opening === null || ending !== null || skipSpace(text, at) === text.length;
    return spans.length === 0 || !isWhole
      ? unreadable(script, start)
      : section(start, at + (ending?.[0].length ?? 0), spans);
  };
}

/** The arguments at `from`, closed by the call's own token or by the end of the text. */
function tokenCall(text: string, from: number, { callEnd }: Tokens, name: string): ReadCall | null {
  const end = jsonEnd(text, from);
  const given = end === -1 ? null : objectText(text.slice(from, end));
  if (given === null || !isName(name)) return null;
  const closed = matchAt(callEnd, text, end);
  if (closed === null && skipSpace(text, end) !== text.length) return null;
  return { name, arguments: given, end: end + (closed?.[0].length ?? 0) };
}

const HARMONY_HEADER_MAX = 512;
const HARMONY_MESSAGE = "<|message|>";
const HARMONY_END = /(<\|(?:call|end|return)\|>)|(?=<\|(?:start|channel)\|>)/y;

/**
 * One message of GPT-OSS's harmony format: a header up to `<|message|>`, in which `to=` may stand before or after the
 * channel, then its body. Without `to=` it is prose.
 */
export function readHarmony(script: Script, start: number): Reading {
  const { text } = script;
  const head = text.slice(start, start + HARMONY_HEADER_MAX);
  const width = head.indexOf(HARMONY_MESSAGE);
  const header = width === -1 ? head : head.slice(0, width);
  const recipients = [...header.matchAll(/(?:^|[\s>])to=([^\s<]+)/g)].map((match) => match[1] ?? "");
  const [to] = recipients;
  if (to === undefined) return nothing(start + 1);
  if (width === -1 || recipients.length > 1) return unreadable(script, start);
  const name = to.startsWith("functions.") ? to.slice("functions.".length) : to;
  const call = harmonyCall(text, skipSpace(text, start + width + HARMONY_MESSAGE.length), name);
  return call === null
    ? unreadable(script, start)
    : section(start, call.end, [{ start, end: call.end, call }]);
}

/** The message's body, which ends with a token, where the next message begins, or with the text. */
function harmonyCall(text: string, from: number, name: string): ReadCall | null {
  const end = jsonEnd(text, from);
  const given = end === -1 ? null : objectText(text.slice(from, end));
  if (given === null || !isName(name)) return null;
  const after = skipSpace(text, end);
  const closed = matchAt(HARMONY_END, text, after);
  if (closed === null && after < text.length) return null;
  return { name, arguments: given, end: after + (closed?.[1]?.length ?? 0) };
}

const QWEN_AGENT = /✿FUNCTION✿\s*:?([^\n✿]{1,300})\s*✿ARGS✿\s*:?\s*(?=\{)/y;
const QWEN_AGENT_END = /\s*(?=✿)|\s*$/y;

/** Qwen-Agent's own prompt: `✿FUNCTION✿: name`, `✿ARGS✿: {…}`. */
export function readQwenAgent(script: Script, start: number): Reading {
  const { text } = script;
  const opening = matchAt(QWEN_AGENT, text, start);
  const body = start + (opening?.[0].length ?? 0);
  const end = opening === null ? -1 : jsonEnd(text, body);
  const given = end === -1 ? null : objectText(text.slice(body, end));
  const name = (opening?.[1] ?? "").trim();
  if (given === null || !isName(name) || matchAt(QWEN_AGENT_END, text, end) === null)
    return unreadable(script, start);
  return section(start, end, [{ start, end, call: { name, arguments: given } }]);
}
