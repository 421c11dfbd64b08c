import { sha256 } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import type { DeclaredTool } from "../request.ts";
import type { ToolCall } from "../turn.ts";
import { DIALECT_TABLE, type DialectName, type DialectOpener } from "./dialects.table.ts";
import { createMatcher, type OpenerTable, tableOf } from "./openers.ts";
import { type SaidCall, unreadable } from "./reading.ts";

/** A call that stands in a model's text. */
export interface TextCall {
  /** Offsets in UTF-16 units; `end` is after the last character. */
  readonly start: number;
  readonly end: number;
  /** Null: a call begins here that cannot be read in one way, and is to be refused. */
  readonly call: ToolCall | null;
}

/**
 * Watches a stream's text for calls written as text (T5), however it is cut.
 * `clear`: nothing is pending, all that was pushed may be released. `maybe`: the last characters could be the start of an
 * opener. `call`: an opener is there; hold everything from here to the end, and read it with `findTextCalls`.
 */
export interface DialectScanner {
  readonly push: (text: string) => "clear" | "maybe" | "call";
  /** The text is over: what was doubtful was no opener. */
  readonly end: () => "clear" | "call";
  /** How many of the last characters pushed are doubtful; never more than an opener's length. */
  readonly doubtful: () => number;
}

/** Dialects that nothing else looks like are watched for always, the others where declared. */
export function createDialectScanner(declared: readonly DialectName[]): DialectScanner {
  const matcher = createMatcher(openersOf(declared));
  let isCall = false;
  return {
    push: (text) => {
      isCall ||= matcher.feed(text) !== null;
      if (isCall) return "call";
      return matcher.doubtful() === 0 ? "clear" : "maybe";
    },
    end: () => (isCall ? "call" : "clear"),
    doubtful: () => (isCall ? 0 : matcher.doubtful()),
  };
}

/** Openers without a readable call that are looked past; each may cost a look through the whole text. */
const UNREADABLE_MAX = 16;

/**
 * The calls in a text, in their order and without overlap. `tools`: what the request declared, by whose schemas values
 * between tags are typed. Above LLM_LIMITS.callsMax or UNREADABLE_MAX the rest is one span that cannot be read.
 */
export function findTextCalls(
  text: string,
  declared: readonly DialectName[],
  tools: readonly DeclaredTool[] = [],
): readonly TextCall[] {
  const openers = openersOf(declared);
  const found: TextCall[] = [];
  let from = 0;
  let lost = 0;
  while (from < text.length) {
    const hit = createMatcher(openers).feed(text.slice(from));
    if (hit === null) break;
    const start = from + hit.start;
    const isTooMany = found.length >= LLM_LIMITS.callsMax || lost >= UNREADABLE_MAX;
    const { spans, end } = isTooMany
      ? unreadable({ text, tools }, start)
      : hit.opener.read({ text, tools }, start);
    for (const span of spans)
      found.push({ start: span.start, end: span.end, call: callOf(span.call, span.start) });
    from = Math.max(end, start + 1);
  }
  return found;
}

/** The text with these spans, in their order, replaced. */
export function replaceSpans(
  text: string,
  spans: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): string {
  let rest = 0;
  let out = "";
  for (const span of spans) {
    out += text.slice(rest, span.start) + span.text;
    rest = span.end;
  }
  return out + text.slice(rest);
}

/** By the names declared: every answer is looked through, and agents declare few dialects, mostly none. */
const tables = new Map<string, OpenerTable<DialectOpener>>();
const TABLES_MAX = 64;

function openersOf(declared: readonly DialectName[]): OpenerTable<DialectOpener> {
  const names = declared.join();
  const known = tables.get(names);
  if (known !== undefined) return known;
  const rows = DIALECT_TABLE.filter(({ name, isUnambiguous }) => isUnambiguous || declared.includes(name));
  const openers = rows.flatMap((row) => row.openers.map((opener) => [opener.text, opener] as const));
  const table = tableOf([...new Map(openers).values()]);
  if (tables.size >= TABLES_MAX) tables.clear();
  tables.set(names, table);
  return table;
}

function callOf(said: SaidCall | null, start: number): ToolCall | null {
  if (said === null) return null;
  const seed = sha256(`${start}\n${said.name}\n${said.arguments}`).toString("hex");
  return { id: `text_${seed.slice(0, 24)}`, name: said.name, arguments: said.arguments, kind: "text" };
}
