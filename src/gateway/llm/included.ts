import {
  CONTEXT_OPENING,
  FILE_OPENINGS,
  FOLDER_OF_FILE,
  PROGRAM_ELEMENTS,
  PROGRAM_HEADINGS,
  PROGRAM_OPENINGS,
  QUOTED_FILE,
} from "./included.table.ts";

export interface Included {
  readonly text: string;
  /** Paths of the files that it quotes, as the client says; empty where it does not say. */
  readonly places: readonly string[];
}

/** One text of a user's message, taken apart. */
export interface Apart {
  /** What the user may have written; empty where nothing is left. */
  readonly words: string;
  /** Files and whatever else a client put between marks. */
  readonly files: readonly Included[];
  /** What the client itself says of its surroundings. */
  readonly program: readonly string[];
}

const OPENING = /<([a-z][\w.-]{0,60})(?:\s[^<>]{0,400})?>/iu;
const CLOSING = /<\/[a-z][\w.-]{0,60}\s*>/iu;
const FENCE = /^[ \t]*(?:`{3,}|~{3,})/gmu;
/** Elements that one text may have; what has more is a file. */
const ELEMENTS_MAX = 64;

/**
 * T7: takes out of user-role text what a person does not type: elements, fenced blocks, and texts that are a file as a whole.
 * An element goes on to the last of its closing marks, and a block to the last fence, for a file may hold such marks; one
 * that is not closed takes everything after it along. Too much taken is a mandate too small.
 */
export function apart(text: string): Apart {
  const files: Included[] = [];
  const program: string[] = [];
  let words = text;
  for (let elements = 0; ; elements += 1) {
    const found = elementIn(words);
    if (found === null) break;
    if (elements === ELEMENTS_MAX) return wholly(text);
    if (isProgram(found.name, found.inner)) program.push(found.whole);
    else files.push({ text: found.whole, places: quotedIn(found) });
    words = `${words.slice(0, found.start)}\n${words.slice(found.end)}`;
  }
  const block = fencedIn(words);
  if (block !== null) files.push({ text: words.slice(block.start, block.end), places: [] });
  const left = block === null ? words : `${words.slice(0, block.start)}\n${words.slice(block.end)}`;
  // A mark that closes what was never opened: the text begins within something.
  if (CLOSING.test(left) || FILE_OPENINGS.some((opening) => left.trimStart().startsWith(opening)))
    return wholly(text);
  return { words: left.trim(), files, program };
}

function wholly(text: string): Apart {
  const folder = FOLDER_OF_FILE.exec(text)?.[1];
  const isFolders = folder !== undefined && text.trimStart().startsWith("# AGENTS.md instructions");
  return { words: "", files: [{ text, places: isFolders ? [folder] : [] }], program: [] };
}

/** Of a context, which names each file before it quotes it; what stands before the first of them is the client's own. */
function quotedIn({ name, inner }: { readonly name: string; readonly inner: string }): readonly string[] {
  if (name.toLowerCase() !== "system-reminder" || !inner.trim().startsWith(CONTEXT_OPENING)) return [];
  const quoted = [...inner.matchAll(QUOTED_FILE)];
  const before = inner.slice(0, quoted[0]?.index ?? 0);
  const isOwn = headingsIn(before).every(
    (heading) => heading === "claudeMd" || PROGRAM_HEADINGS.has(heading),
  );
  return isOwn ? quoted.map((match) => match[1] ?? "") : [];
}

function headingsIn(text: string): readonly string[] {
  return [...text.matchAll(/^#+[ \t]+(.+?)[ \t]*$/gmu)].map((match) => match[1] ?? "");
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function elementIn(text: string): (Span & { name: string; inner: string; whole: string }) | null {
  const opening = OPENING.exec(text);
  const name = opening?.[1];
  if (opening === null || name === undefined) return null;
  const { index: start } = opening;
  const within = start + opening[0].length;
  const closing = text.toLowerCase().lastIndexOf(`</${name.toLowerCase()}>`);
  const isClosed = closing >= within;
  const end = isClosed ? closing + name.length + 3 : text.length;
  const inner = text.slice(within, isClosed ? closing : end);
  return { start, end, name, inner, whole: text.slice(start, end) };
}

function fencedIn(text: string): Span | null {
  const fences = [...text.matchAll(FENCE)];
  const [first, last] = [fences[0], fences.at(-1)];
  if (first === undefined || last === undefined) return null;
  const lineEnd = text.indexOf("\n", last.index);
  const isClosed = first !== last && lineEnd >= 0;
  return { start: first.index, end: isClosed ? lineEnd : text.length };
}

function isProgram(name: string, inner: string): boolean {
  const text = inner.trim();
  if (PROGRAM_ELEMENTS.has(name.toLowerCase())) return true;
  if (name.toLowerCase() !== "system-reminder") return false;
  if (PROGRAM_OPENINGS.some((opening) => text.startsWith(opening))) return true;
  const headings = headingsIn(text);
  const isOfHeadings = text.startsWith(CONTEXT_OPENING) && headings.length > 0;
  return isOfHeadings && headings.every((heading) => PROGRAM_HEADINGS.has(heading));
}
