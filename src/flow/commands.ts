import {
  INTERPRETERS,
  LEAVING_OPTIONS,
  LOOKING,
  LOOKING_WHEN,
  OPTIONS_ALONE,
  PLAIN_OPTIONS,
  SEARCHING,
  WORKING,
} from "./commands.table.ts";

/** What a command line may do: look at things, or work within the session's own folders. Null: it may do anything. */
export type CommandReach = "looks" | "works" | null;

const COMMAND_CHARS_MAX = 4_000;

/**
 * Reads a POSIX shell command line as far as it has one plain reading: programs with literal arguments, joined by `&&`,
 * `||`, `;` or `|`. Substitutions, variables, background jobs, here-documents and redirections to files have none, and
 * what is not known here may do anything. Every place must lie in one of the folders of the session.
 */
export function commandReach(command: string, roots: readonly string[]): CommandReach {
  const parts = command.length > COMMAND_CHARS_MAX ? null : splitCommands(command);
  if (parts === null || parts.length === 0) return null;
  const reaches = parts.map((words) =>
    words.every((word) => isInside(word, roots)) ? reachOf(words) : null,
  );
  if (reaches.includes(null)) return null;
  return reaches.every((reach) => reach === "looks") ? "looks" : "works";
}

function reachOf([program = "", ...given]: readonly string[]): CommandReach {
  if (LOOKING.has(program) || isStep(program, given)) return "looks";
  if (given.some((word) => LEAVING_OPTIONS.test(word))) return null;
  if (SEARCHING.has(program) || isAskedToLook(program, given)) return "looks";
  return worksWithin(program, given) ? "works" : null;
}

function isAskedToLook(program: string, given: readonly string[]): boolean {
  const ways = Object.hasOwn(LOOKING_WHEN, program) ? LOOKING_WHEN[program] : undefined;
  return ways?.has(given[0] ?? "") === true;
}

/** Into one folder that is named: `cd` alone goes home, and `cd -` where nobody can tell. */
function isStep(program: string, [folder = "", ...others]: readonly string[]): boolean {
  return program === "cd" && others.length === 0 && folder !== "" && !folder.startsWith("-");
}

/** A program text on the command line is anything, and so is a setting; a file of the folder is the folder's. */
function worksWithin(program: string, given: readonly string[]): boolean {
  const ways = Object.hasOwn(WORKING, program) ? WORKING[program] : undefined;
  if (ways === undefined || given.some((word) => /^[^-=]+=/u.test(word))) return false;
  if (INTERPRETERS.has(program) && !runsFile(given)) return false;
  return ways === "any" || ways.has(given[0] ?? "");
}

function runsFile(given: readonly string[]): boolean {
  const at = given.findIndex((word) => !word.startsWith("-"));
  const options = at === -1 ? given : given.slice(0, at);
  const isAlone = options.some((option) => OPTIONS_ALONE.has(option));
  return (
    (at !== -1 || isAlone) &&
    options.every((option) => PLAIN_OPTIONS.has(option) || OPTIONS_ALONE.has(option))
  );
}

/** A word that is a place must be one of the session's: no home, no root, no step up, nor a pattern that finds one. */
function isInside(word: string, roots: readonly string[]): boolean {
  const place = word.includes("=") ? word.slice(word.indexOf("=") + 1) : word.replace(/^-[A-Za-z0-9]+/u, "");
  if (
    place.split("/").some((step) => step === ".." || /^\.[*?[]/u.test(step)) ||
    place.startsWith("~") ||
    /^[a-z][a-z0-9+.-]*:\/\//iu.test(place)
  )
    return false;
  if (!place.startsWith("/")) return true;
  return (
    place === "/dev/null" ||
    roots.some((root) => place === root || place.startsWith(`${root.replace(/\/$/u, "")}/`))
  );
}

/** The words of each simple command; null where there is more than one reading. */
function splitCommands(command: string): string[][] | null {
  const tokens: RegExp =
    /[ \t]*(?:(&&|\|\||[;|\n])|((?:2>&1|[12]?>[ \t]?\/dev\/null)(?=$|[ \t\n;&|]))|((?:'[^']*'|"[^"$`\\]*"|[^\s'"$`\\;&|<>(){}*?[\]#!~]|[*?[\]~#!](?=[^(]|$))+)|($))/uy;
  const commands: string[][] = [[]];
  while (tokens.lastIndex < command.length) {
    const match = tokens.exec(command);
    if (match === null) return null;
    const [, operator, discarded, word] = match;
    if (operator !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(word.replaceAll(/'([^']*)'|"([^"]*)"/gu, "$1$2"));
    else if (discarded === undefined) break;
  }
  const found = commands.filter((words) => words.length > 0);
  return found.some(([program = ""]) => /[=*?[\]~#!/]/u.test(program)) ? null : found;
}
