import { linesIn } from "../../ui/lines.ts";
import { type KindField, KINDS, kindOf } from "./kinds.table.ts";

/** What a field was given, by its name, as text. */
export type Given = { readonly [name: string]: string };

/** `NAME=TEXT` on each line; what stands after the first `=` is the text, as it is. A line without one has none. */
export function pairsIn(text: string): Record<string, string> {
  const pairs = linesIn(text).map((line): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

type Value = string | string[] | Record<string, string>;

/** The settings of a kind as the operation takes them; what was left empty is not said. */
export function settingsOf(kind: string, given: Given): Record<string, Value> {
  const said = KINDS[kindOf(kind)].fields.flatMap((field): [string, Value][] => {
    const text = given[field.name] ?? "";
    return text.trim() === "" ? [] : [[field.name, valueOf(field, text)]];
  });
  return Object.fromEntries(said);
}

function valueOf({ takes, name }: KindField, text: string): Value {
  if (takes === "lines") return linesIn(text);
  if (takes === "pairs") return pairsIn(text);
  // Its space is part of it.
  return name === "prefix" ? text : text.trim();
}

/** What is said of a credential in clear, in one line each. */
export function settingWords(value: unknown): string {
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, text]) => `${name}=${String(text)}`)
      .join("; ");
  return String(value);
}
