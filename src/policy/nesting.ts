/**
 * How deep a policy may nest. The WASM engine recurses over expressions: about 200 brackets or 300 terms of `&&`
 * overflow its stack, and an instance that overflowed answers nothing any more (measured with 4.13.0). A bracket
 * counts 3, any operator that deepens the tree 1.
 */
export const NESTING_MAX = 128;

const BRACKET_WEIGHT = 3;
/** A comment ends at a carriage return too, as in Cedar's own lexer. */
const TOKEN =
  /\/\/[^\n\r]*|"(?:[^"\\]|\\[^])*"|&&|\|\||[([{]|[)\]}]|[,;]|[!+\-*.<>=]|\b(?:if|has|in|is|like)\b/g;

interface Level {
  /** `&&`, `||` and `if`, which chain to the end of the segment. */
  chain: number;
  /** Operators since the last of those. */
  local: number;
}

/** Upper bound of the expression depth in a policy text, in the weights above. Linear in the text. */
export function nestingOf(text: string): number {
  const levels: Level[] = [{ chain: 0, local: 0 }];
  let outer = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1) ?? { chain: 0, local: 0 };
    if ("([{".includes(token)) {
      outer += level.chain + level.local + BRACKET_WEIGHT;
      levels.push({ chain: 0, local: 0 });
    } else if (")]}".includes(token)) {
      outer = close(levels, outer);
    } else count(level, token);
    deepest = Math.max(deepest, outer + weightOf(levels.at(-1)));
  }
  return deepest;
}

/** The weight outside of where the text goes on behind a bracket, which the next operand may hang on. */
function close(levels: Level[], outer: number): number {
  if (levels.length > 1) levels.pop();
  const level = levels.at(-1);
  const around = Math.max(0, outer - weightOf(level) - BRACKET_WEIGHT);
  if (level !== undefined) level.local += 1;
  return around;
}

function weightOf(level: Level | undefined): number {
  return level === undefined ? 0 : level.chain + level.local;
}

function count(level: Level, token: string): void {
  if (token.startsWith("//") || token.startsWith('"')) return;
  if (token === "," || token === ";") {
    level.chain = 0;
    level.local = 0;
  } else if (token === "&&" || token === "||" || token === "if") {
    level.chain += 1;
    level.local = 0;
  } else level.local += 1;
}
