import { readFileSync } from "node:fs";
import { z } from "zod";
import { filesIn } from "./files.ts";

/** One way a code is used: where, and what the person who meets it is told to do. */
export interface CodeUse {
  readonly code: string;
  readonly module: string;
  readonly remedy: string;
}

/**
 * Every code that the sources give a person: `new Fault("code", message, remedy)`, and verdicts and refusals written as
 * `{ code: "…", …, remedy: "…" }`. Read from the text under src (from the repository root), so that none is forgotten; codes made at run time are not found.
 */
export function faultCodes(): CodeUse[] {
  const files = filesIn(["src"], (path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
  const uses = files.flatMap((file) => codesIn(readFileSync(file, "utf8"), file.split("/")[1] ?? ""));
  return uses.filter(({ code }) => code !== "bug").toSorted((a, b) => order(a, b));
}

function order(a: CodeUse, b: CodeUse): number {
  const [left, right] = [`${a.code} ${a.module} ${a.remedy}`, `${b.code} ${b.module} ${b.remedy}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function codesIn(text: string, module: string): CodeUse[] {
  const constants = constantsIn(text);
  const faults = [...text.matchAll(/new Fault\(/g)].flatMap((match) => {
    const [code, , remedy] = partsFrom(text, match.index + match[0].length);
    const known = literal(code, constants);
    return known === null || !isCode(known)
      ? []
      : [{ code: known, module, remedy: literal(remedy, constants) ?? "" }];
  });
  const values = [...text.matchAll(/\bcode: "([a-z][a-z0-9_]+)",/g)].flatMap((match) => {
    const rest = partsFrom(text, match.index + match[0].length);
    const remedy = rest.find((part) => part.startsWith("remedy:"))?.slice("remedy:".length);
    return remedy === undefined
      ? []
      : [{ code: match[1] ?? "", module, remedy: literal(remedy, constants) ?? "" }];
  });
  const cases = [...text.matchAll(/case "([a-z][a-z0-9_]+)":\s*return \{/g)].flatMap((match) => {
    const remedy = partsFrom(text, match.index + match[0].length).find((part) => part.startsWith("remedy:"));
    return remedy === undefined
      ? []
      : [{ code: match[1] ?? "", module, remedy: literal(remedy.slice("remedy:".length), constants) ?? "" }];
  });
  return [...faults, ...values, ...cases];
}

function isCode(text: string): boolean {
  return /^[a-z][a-z0-9_]+$/.test(text);
}

function constantsIn(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/\bconst (\w+)(?:: string)? =\s*([^;]*);/g);
  return new Map([...found].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

/**
 * What an expression says, as a person reads it: `…` for what is filled in, one sentence after the other where it
 * chooses between several; null where it holds no text.
 */
function literal(source: string | undefined, constants: ReadonlyMap<string, string>): string | null {
  const text = source?.trim() ?? "";
  const constant = constants.get(text);
  if (constant !== undefined) return literal(constant, new Map());
  const texts = textsIn(text);
  const isOne = texts.length === 1 && /^["`]/.test(text) && /["`]$/.test(text);
  const sentences = isOne ? texts : texts.filter((found) => /^[A-Z].*[.…)]$/s.test(found));
  return sentences.length === 0 ? null : sentences.join(" / ");
}

/** Every string and template of an expression, outermost ones only. */
function textsIn(source: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] !== '"' && source[at] !== "`") continue;
    const end = endOfText(source, at);
    texts.push(plain(source.slice(at, end + 1)));
    at = end;
  }
  return texts;
}

function plain(quoted: string): string {
  if (quoted.startsWith('"')) return z.string().parse(JSON.parse(quoted));
  let text = "";
  for (let at = 1; at < quoted.length - 1; at += 1) {
    if (quoted.startsWith("${", at)) {
      text += "…";
      at = endOfHole(quoted, at + 2);
    } else if (quoted[at] !== "\\") text += quoted[at];
  }
  return text.replaceAll(/\s+/g, " ");
}

/** The comma-separated parts from `start` to the bracket that closes what was opened before it. */
function partsFrom(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"' || character === "`") at = endOfText(text, at);
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth < 0 || (depth === 0 && character === ",")) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (depth < 0) return parts;
  }
  return parts;
}

/** Index of the quote that closes the text opened at `start`. */
function endOfText(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at;
    else if (quote === "`" && text.startsWith("${", at)) at = endOfHole(text, at + 2);
  }
  return text.length;
}

/** Index of the brace that closes a template's `${`, whose expression begins at `start`. */
function endOfHole(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"' || character === "`") at = endOfText(text, at);
    else if (character === "{") depth += 1;
    else if (character === "}" && depth === 0) return at;
    else if (character === "}") depth -= 1;
  }
  return text.length;
}
