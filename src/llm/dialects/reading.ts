import type { DeclaredTool } from "../request.ts";

/** A call as its dialect writes it. */
export interface SaidCall {
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
}

/** A call and the offset after it. */
export interface ReadCall extends SaidCall {
  readonly end: number;
}

export interface Span {
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** Null: there is an opener, and no call that could be read in one way. */
  readonly call: SaidCall | null;
}

/** What stands at an opener. `end`: where looking for the next opener goes on; after `start`. */
export interface Reading {
  readonly spans: readonly Span[];
  readonly end: number;
}

export interface Script {
  readonly text: string;
  readonly tools: readonly DeclaredTool[];
}

/** Reads what follows the opener that begins at `start`. */
export type Reader = (script: Script, start: number) => Reading;

/** Everything from the opener on: nobody can say where it ends. */
export function unreadable({ text }: Script, start: number): Reading {
  return { spans: [{ start, end: text.length, call: null }], end: text.length };
}

/** Unreadable up to and with the next `closer`, else to the end. */
export function unreadableUntil(script: Script, start: number, closer: string): Reading {
  const at = closerAt(script.text, start + 1, closer);
  if (at === -1) return unreadable(script, start);
  const end = at + closer.length;
  return { spans: [{ start, end, call: null }], end };
}

/** Offset of the next `closer` (a tag, whose characters mean nothing to an expression) in any case. */
function closerAt(text: string, from: number, closer: string): number {
  const pattern = new RegExp(closer, "gi");
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

/** No call after all. */
export function nothing(end: number): Reading {
  return { spans: [], end };
}

/**
 * Calls of one section: with one call the whole section is its span. Of several, each keeps its own (where the dialect
 * tags each), so that one can be taken out and the others stay readable.
 */
export function section(start: number, end: number, spans: readonly Span[]): Reading {
  const [only] = spans;
  if (only !== undefined && spans.length === 1) return { spans: [{ start, end, call: only.call }], end };
  return { spans, end };
}

/**
 * Calls of a list, which is read whole or not at all: their spans share the section out without a gap. What is left
 * when one is replaced holds only calls that were let through.
 */
export function listed(start: number, end: number, calls: readonly ReadCall[]): Reading {
  let from = start;
  const spans = calls.map((call, index) => {
    const span = {
      start: from,
      end: index === calls.length - 1 ? end : call.end,
      call: { name: call.name, arguments: call.arguments },
    };
    from = span.end;
    return span;
  });
  return { spans, end };
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\n\r".includes(text[at] ?? "")) at += 1;
  return at;
}

/** The match of a sticky expression at `at`. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
