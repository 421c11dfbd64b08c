import { AGENTS } from "./agents.table.ts";
import { baseOf, isModelName } from "./content.ts";
import { RUNTIMES } from "./runtimes.table.ts";

const VOCABULARY: ReadonlySet<string> = new Set(RUNTIMES.flatMap(({ words }) => words.flat()));
const ARGUMENTS_MAX = 1000;
const PATH_CHARS_MAX = 4096;

/**
 * Of a command line what may leave it: words that stand in the tables, and paths whose names end as those of models do. Arguments
 * can be prompts and keys; none of them is kept.
 */
export function spoken(args: readonly string[]): { readonly words: string[]; readonly modelPaths: string[] } {
  const some = args.slice(0, ARGUMENTS_MAX);
  const words = some.flatMap((word) => [word, baseOf(word)]).filter((word) => VOCABULARY.has(word));
  const values = some.map((word) => word.replace(/^--?[\w-]+=/, ""));
  const modelPaths = values.filter(
    (word) =>
      /^(?:\/|\.{0,2}\/|[A-Za-z]:\\)?[^\n]+$/.test(word) &&
      word.length <= PATH_CHARS_MAX &&
      isModelName(word) &&
      !/\s{2}|[{}"]/.test(word),
  );
  return { words: [...new Set(words)], modelPaths: [...new Set(modelPaths)] };
}

/** A program's base name, as the tables have it. */
export function programName(path: string): string {
  return baseOf(path)
    .replace(/\.exe$/i, "")
    .replace(/ \(deleted\)$/, "");
}

/** The runtime that a program's name and words are those of, or null. */
export function runtimeNamed(names: readonly string[], words: readonly string[]) {
  return (
    RUNTIMES.find(({ programs }) => names.some((name) => programs.includes(name))) ??
    RUNTIMES.find(({ words: sets }) => sets.some((set) => set.every((word) => words.includes(word)))) ??
    null
  );
}

export function agentNamed(names: readonly string[]) {
  return AGENTS.find(({ programs }) => names.some((name) => programs.includes(name))) ?? null;
}
