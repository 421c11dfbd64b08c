/** Habits of the house that no linter knows: sizes of files, names, words that promise work instead of doing it. */
import { basename } from "node:path";
import { type Token, tokens } from "./imports.ts";

export const LINES_MAX = 400;
const EMPTY_NAMES = /^(utils?|helpers?|common|shared|core|manager|service)$/;
const PROMISES = new Set(["TODO", "FIXME", "XXX", "HACK"]);
/** Paths of the machines this was written on; what users type (`/home/ana/notes.txt`) is allowed. */
const MACHINE_PATHS = [
  /\/work\/(?:main|shared|\.)/,
  /\/root\//,
  /\/tmp\/build\b/,
  /file:\/\/\/(?:work|root)/,
];

/** Every habit that `file` (relative to the repository, forward slashes) breaks. */
export function untidiness(file: string, text: string): string[] {
  const isCode = /\.m?[jt]sx?$/.test(file);
  const problems = [...nameProblems(file), ...textProblems(text)];
  return isCode ? [...problems, ...sizeProblems(file, text), ...exportProblems(file, text)] : problems;
}

function nameProblems(file: string): string[] {
  const words = file.split("/").flatMap((part) => part.split(/[.-]/));
  const empty = words.filter((word) => EMPTY_NAMES.test(word.toLowerCase()));
  const problems = empty.map((word) => `"${word}" says nothing; name what it holds`);
  const isOurs = /^(src|verifier|console|scripts|bench)\//.test(file) && /\.m?[jt]s$/.test(file);
  const isKebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(basename(file));
  return isOurs && !isKebab ? [...problems, "file names are kebab-case"] : problems;
}

function textProblems(text: string): string[] {
  const promise = [...text.matchAll(/\b[A-Z]{3,5}\b/g)].find(([word]) => PROMISES.has(word));
  const path = MACHINE_PATHS.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  return [
    ...(promise === undefined ? [] : [`${promise[0]}: do it, or write an issue`]),
    ...(path === undefined ? [] : [`${path}: a path of one machine`]),
  ];
}

function sizeProblems(file: string, text: string): string[] {
  const lines = text.trimEnd().split("\n").length;
  const isTable = /\.(table|d)\.ts$/.test(file);
  return lines > LINES_MAX && !isTable ? [`${lines} lines; at most ${LINES_MAX}`] : [];
}

function exportProblems(file: string, text: string): string[] {
  if (!file.startsWith("src/")) return [];
  const all = tokens(text);
  const isDefault = all.some((token, at) => token.text === "export" && all[at + 1]?.text === "default");
  const isRenamed = all.some(
    (token, at) => token.text === "as" && isWord(all[at + 1], "default") && isExport(all, at),
  );
  return isDefault || isRenamed ? ["a default export; exports are named"] : [];
}

function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === "word" && token.text === text;
}

function isExport(all: readonly Token[], at: number): boolean {
  const opening = all.slice(0, at).findLastIndex((token) => token.text === "{");
  return isWord(all[opening - 1], "export");
}
