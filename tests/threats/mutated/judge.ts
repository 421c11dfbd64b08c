import { canonicalJson, type Json } from "#base";
import { findTextCalls, type ToolCall } from "#llm";
import type { Seen, SeenCall } from "./seen.ts";

/** Why what a client sees is more than what was released; null: it is not. */
export function undecidedIn({ calls, text }: Seen, released: readonly ToolCall[]): string | null {
  const structured = released.filter(({ kind }) => kind !== "text");
  const stray = calls.find((call) => !structured.some((one) => isSame(call, one)));
  if (stray !== undefined) return `a call of ${JSON.stringify(stray)}`;
  const written = findTextCalls(text, []).find(
    ({ call }) => call === null || !released.some((one) => one.name === call.name && one.kind === "text"),
  );
  return written === undefined ? null : `a call in its text: ${text.slice(written.start, written.end)}`;
}

function isSame(seen: SeenCall, released: ToolCall): boolean {
  const isName = seen.isWhole ? seen.name === released.name : released.name.startsWith(seen.name);
  if (!isName) return false;
  // Items without a name of their own are named for what they are; their arguments are spread over them.
  if (seen.name.startsWith("openai.")) return true;
  return seen.isWhole
    ? plain(seen.arguments) === plain(released.arguments) ||
        (released.kind === "custom" &&
          plain(seen.arguments) === plain(JSON.stringify({ input: released.arguments })))
    : released.arguments.startsWith(seen.arguments) || plain(seen.arguments) === plain(released.arguments);
}

/** Nothing and an empty object are the same arguments; spaces in JSON mean nothing. */
function plain(text: string): string {
  try {
    const value: Json = JSON.parse(text === "" ? "{}" : text);
    return canonicalJson(value);
  } catch {
    return text;
  }
}

/** Blocks and items that the upstream ran itself: no client runs them. */
const OPAQUE = /^(?:server_tool_use|mcp_|web_search|file_search|code_interpreter|image_generation)/;
const GIVEN = ["arguments", "input", "args"];
const CALLS = ["tool_calls", "function_call"];

/**
 * Names of whatever looks like a call anywhere in the JSON of an answer, whoever may read it there. Tools that are told
 * back (`name`, `parameters`) are none.
 */
export function namesIn(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString("utf8");
  const names: string[] = [];
  for (const line of [text, ...text.split(/\r\n|\r|\n|\u2028|\u2029|\u0085/)]) {
    const at = line.indexOf("{");
    if (at === -1 || line.startsWith(":")) continue;
    try {
      walk(JSON.parse(line.slice(at)), names);
    } catch {
      // No JSON by itself.
    }
  }
  return names;
}

function walk(value: unknown, names: string[]): void {
  if (typeof value !== "object" || value === null || isOpaque(value)) return;
  const name = calledIn(value);
  if (name !== null) names.push(name);
  if (name === null && names.length === 0 && CALLS.some((field) => isFilled(Reflect.get(value, field))))
    names.push("");
  for (const [field, each] of Object.entries(value)) {
    // What is given to a call is anything at all.
    const isRead = TOLD_BACK.has(field) || (name !== null && GIVEN.includes(field));
    if (!isRead) walk(each, names);
  }
}

function isOpaque(value: object): boolean {
  const type: unknown = Reflect.get(value, "type");
  return typeof type === "string" && OPAQUE.test(type);
}

function calledIn(value: object): string | null {
  const name: unknown = Reflect.get(value, "name");
  return typeof name === "string" && GIVEN.some((field) => Object.hasOwn(value, field)) ? name : null;
}

/** What a response repeats of its request. */
const TOLD_BACK: ReadonlySet<string> = new Set(["tools", "instructions", "prompt", "metadata"]);

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
