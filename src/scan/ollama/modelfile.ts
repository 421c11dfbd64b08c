/** An instruction of a Modelfile. */
export interface Instruction {
  /** In small letters: `from`, `system`, `template` ... */
  readonly name: string;
  readonly value: string;
  /** In characters of the file. */
  readonly at: number;
}

const INSTRUCTIONS_MAX = 2000;
const START = /^[ \t]*([A-Za-z]+)[ \t]+/gmu;
const NAMES = new Set([
  "from",
  "license",
  "template",
  "system",
  "adapter",
  "renderer",
  "parser",
  "parameter",
  "message",
  "requires",
]);

/**
 * The instructions of a Modelfile: a name and a value up to the end of the line, in quotes, or between three of them over several
 * lines. After docs/modelfile.md and parser/parser.go of ollama/ollama fb307609 (2026-08-21). Null where quotes are not closed or there
 * are too many.
 */
export function instructionsIn(text: string): readonly Instruction[] | null {
  const found: Instruction[] = [];
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) {
    const name = (match[1] ?? "").toLowerCase();
    if (!NAMES.has(name)) continue;
    const value = valueAt(text, START.lastIndex);
    if (value === null || found.length >= INSTRUCTIONS_MAX) return null;
    found.push({ name, value: value.text, at: value.at });
    START.lastIndex = Math.max(START.lastIndex, value.end);
  }
  return found;
}

interface Read {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

function valueAt(text: string, at: number): Read | null {
  for (const quote of ['"""', '"']) {
    if (!text.startsWith(quote, at)) continue;
    const end = text.indexOf(quote, at + quote.length);
    if (end < 0) return null;
    return { text: text.slice(at + quote.length, end), at: at + quote.length, end: end + quote.length };
  }
  const line = text.indexOf("\n", at);
  const end = line < 0 ? text.length : line;
  return { text: text.slice(at, end).trim(), at, end };
}
