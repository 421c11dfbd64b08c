import { parse, tokenize } from "@huggingface/jinja";
import type { ParseOutcome } from "./ast.ts";
import { TEMPLATE_CHARACTERS_MAX } from "./bounds.ts";
import { converted, Unfit } from "./jinja-nodes.ts";

/** Brackets and blocks within one another. */
const NESTED_MAX = 200;
/** The lexer looks back over each run of space at each of its places. */
const SPACE_MAX = 100;
const TOKENS_MAX = 100_000;

const OPENING = new Set(["OpenParen", "OpenSquareBracket", "OpenCurlyBracket"]);
const CLOSING = new Set(["CloseParen", "CloseSquareBracket", "CloseCurlyBracket"]);

/**
 * Reads a chat template as transformers does, with `trim_blocks` and `lstrip_blocks`, without rendering anything of it. What the
 * library can't read, or what is larger than a bound, is not ok: the loaders' Jinja knows more statements than it does.
 */
export function parseJinja(text: string): ParseOutcome {
  if (text.length > TEMPLATE_CHARACTERS_MAX)
    return { ok: false, what: `it has more than ${TEMPLATE_CHARACTERS_MAX} characters` };
  try {
    const tokens = tokenize(text.replaceAll(LONG_SPACE, shortened), {
      trim_blocks: true,
      lstrip_blocks: true,
    });
    const tooMuch = tooMuchOf(tokens);
    if (tooMuch !== null) return { ok: false, what: tooMuch };
    return { ok: true, parsed: { dialect: "jinja", body: converted(parse(tokens)) } };
  } catch (cause) {
    return { ok: false, what: reasonOf(cause) };
  }
}

const LONG_SPACE = new RegExp(`\\s{${SPACE_MAX},}`, "gu");

function shortened(space: string): string {
  return space.includes("\n") ? `\n${" ".repeat(8)}` : " ".repeat(8);
}

interface Lexed {
  readonly type: string;
  readonly value: string;
}

function tooMuchOf(tokens: readonly Lexed[]): string | null {
  if (tokens.length > TOKENS_MAX) return `it has more than ${TOKENS_MAX} tokens`;
  let [depth, runs] = [0, 0];
  for (const [n, token] of tokens.entries()) {
    depth += stepOf(token, tokens[n + 1]);
    runs = token.type === "UnaryOperator" || token.value === "not" ? runs + 1 : 0;
    if (depth > NESTED_MAX || runs > NESTED_MAX) return `it nests deeper than ${NESTED_MAX}`;
  }
  return null;
}

/** How much deeper the parser stands behind a token: it calls itself for each bracket and each block. */
function stepOf({ type }: Lexed, next: Lexed | undefined): number {
  if (OPENING.has(type)) return 1;
  if (CLOSING.has(type)) return -1;
  const word = type === "OpenStatement" ? (next?.value ?? "") : "";
  if (/^(?:if|for|macro|call|filter)$/u.test(word)) return 1;
  return /^end(?:if|for|macro|call|filter)$/u.test(word) ? -1 : 0;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Unfit) return cause.message;
  if (cause instanceof RangeError) return "it nests too deep";
  // The library's messages quote the template's own words.
  return cause instanceof SyntaxError || cause instanceof Error
    ? `it can't be parsed: ${cause.message.slice(0, 120)}`
    : "it can't be parsed";
}
