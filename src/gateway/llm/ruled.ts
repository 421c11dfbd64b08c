import {
  callsOf,
  type DeclaredTool,
  type DialectName,
  type Finish,
  findTextCalls,
  isAtLimit,
  type Part,
  type TextCall,
  type ToolCall,
  type Turn,
} from "#llm";

/** The calls of a turn, wherever the model put them. */
export interface Asking {
  readonly calls: readonly ToolCall[];
  /** How many of `calls` are structured; the others stand in the text at `spans`. */
  readonly structured: number;
  readonly text: string;
  readonly spans: readonly TextCall[];
}

/** By what calls written as text are read: their dialects, and the tools by whose schemas values between tags are typed. */
export interface Reader {
  readonly dialects: readonly DialectName[];
  readonly tools: readonly DeclaredTool[];
}

/** `text`: the part of the turn's text that is still here to be changed; what was streamed has left. */
export function askingOf(turn: Turn, text: string, reader: Reader): Asking {
  const structured = callsOf(turn);
  const spans = text === "" ? [] : findTextCalls(text, reader.dialects, reader.tools);
  return {
    calls: [...structured, ...spans.map((span) => callIn(span, text, { finish: turn.finish, reader }))],
    structured: structured.length,
    text,
    spans,
  };
}

interface Ending {
  readonly finish: Finish;
  readonly reader: Reader;
}

function callIn(span: TextCall, text: string, { finish, reader }: Ending): ToolCall {
  if (span.call === null) return unreadable(span, text);
  if (span.end < text.length || !isAtLimit(finish)) return span.call;
  // One more character shows whether the call was at its own end, or only at the answer's.
  const longer = findTextCalls(`${text}x`, reader.dialects, reader.tools);
  const same = longer.find(({ start }) => start === span.start)?.call ?? null;
  return same?.arguments === span.call.arguments ? span.call : { ...span.call, isCut: true };
}

/** An opener without a call that can be read: decided like a call, as one that cannot. */
function unreadable({ start, end }: TextCall, text: string): ToolCall {
  return { id: `text-${start}`, name: "unreadable", arguments: text.slice(start, end), kind: "text" };
}

/** The text with refused calls in it replaced, and the refusals of structured calls after it. */
export function textAfter({ text, spans, structured }: Asking, refused: ReadonlyMap<number, string>): string {
  let rest = 0;
  let out = "";
  for (const [index, span] of spans.entries()) {
    const refusal = refused.get(structured + index);
    if (refusal === undefined) continue;
    out += text.slice(rest, span.start) + refusal;
    rest = span.end;
  }
  out += text.slice(rest);
  for (const [index, refusal] of refused) {
    if (index < structured) out += out === "" ? refusal : `\n\n${refusal}`;
  }
  return out;
}

/** The structured calls that go on to the client. */
export function callsAfter(asking: Asking, refused: ReadonlyMap<number, string>): readonly ToolCall[] {
  return asking.calls.slice(0, asking.structured).filter((_, index) => !refused.has(index));
}

export function finishAfter(finish: Finish, calls: readonly ToolCall[]): Finish {
  return finish === "calls" && calls.length === 0 ? "stop" : finish;
}

/** A whole turn as it goes to the client after a ruling. */
export function turnAfter(turn: Turn, asking: Asking, refused: ReadonlyMap<number, string>): Turn {
  if (refused.size === 0) return turn;
  const calls = callsAfter(asking, refused);
  const kept = turn.parts.filter((part) => part.kind === "reasoning" || part.kind === "opaque");
  const text: Part = { kind: "text", text: textAfter(asking, refused) };
  const parts = [...kept, text, ...calls.map((call): Part => ({ kind: "call", call }))];
  return { ...turn, parts, finish: finishAfter(turn.finish, calls) };
}

/** A turn withheld: its place is taken by words that say so. */
export function turnWithheld(turn: Turn, text: string): Turn {
  return { ...turn, parts: [{ kind: "text", text }], finish: "stop" };
}
