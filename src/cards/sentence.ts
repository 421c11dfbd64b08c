import type { Json } from "#base";
import type { CardFacts } from "./facts.ts";
import { inert } from "./inert.ts";
import { type CardArgument, effectOf } from "./privacy.ts";
import { summaryOf } from "./summary.ts";
import { begin, textOf } from "./values.ts";

const SENTENCE_CHARS_MAX = 240;
const PLACE_CHARS_MAX = 80;
const ISOLATE = /\u2068/gu;
const POP = /\u2069/gu;

/** What would happen, in one line: our words, and the values in their places as far as they may be shown. */
export function sentenceOf(facts: CardFacts, given: readonly CardArgument[], isOurs: boolean): string {
  const say = (text: string): string => inert(text, { isLine: true, isOurs });
  const parts = summaryOf(facts, effectOf(facts)).map((part) => {
    if ("text" in part) return say(part.text);
    const argument = given.find(({ name }) => name === part.argument);
    if (argument === undefined) return "(none)";
    return argument.withheld === null ? say(begin(plainly(argument.value), PLACE_CHARS_MAX)) : "…";
  });
  const cut = begin(parts.join(""), SENTENCE_CHARS_MAX);
  const open = (cut.match(ISOLATE)?.length ?? 0) - (cut.match(POP)?.length ?? 0);
  return cut + "\u2069".repeat(Math.max(0, open));
}

/** A list of plain values as such, anything else as its text. */
function plainly(value: Json): string {
  const isPlain = Array.isArray(value) && value.every((one: Json) => typeof one !== "object");
  return isPlain
    ? value.map(String).join(", ")
    : typeof value === "object"
      ? JSON.stringify(value)
      : textOf(value);
}
