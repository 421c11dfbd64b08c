import type { CardDoubt, CardFacts } from "./facts.ts";
import { hiddenIn, inert } from "./inert.ts";
import { lookAlikeWords } from "./look-alikes.ts";
import { unboundIn } from "./mutable.ts";
import type { CardArgument } from "./privacy.ts";
import { begin, textOf } from "./values.ts";

const VALUE_CHARS_MAX = 120;
const SOURCES_MAX = 4;
/** What is longer fits on no card, and is cut there. */
const SCANNED_CHARS_MAX = 250_000;

/** What is unusual, one sentence each, the gravest first. A value that may not leave is not quoted. */
export function warningsOf(
  facts: CardFacts,
  given: readonly CardArgument[],
  isOurs: boolean,
): readonly string[] {
  const say = sayer(isOurs);
  return [
    ...unboundIn(facts).map(
      (name) =>
        `${say(name)} names something that can change after a yes and does not say which version of it is meant, so this cannot be approved.`,
    ),
    ...facts.doubts.map((doubt) => doubtWords(doubt, isQuotable(doubt, given), isOurs)),
    ...contentWords(facts),
    ...given.flatMap((one) => strangeLetters(one, isOurs)),
    ...(facts.agent.isBypassable
      ? ["The agent runs as Doorward's own user on this machine and can go around the doors."]
      : []),
  ];
}

function isQuotable({ argument }: CardDoubt, given: readonly CardArgument[]): boolean {
  return given.find(({ name }) => name === argument)?.withheld === null;
}

/** Where a value came from that nothing reliable names. Of a value that may not leave, the names of its sources do not either. */
function doubtWords(
  { argument, role, value, origin, seenIn }: CardDoubt,
  isQuoted: boolean,
  isOurs: boolean,
): string {
  const say = sayer(isOurs);
  const what = `The ${role}${isQuoted ? ` ${say(value)}` : ""} in ${say(argument)}`;
  if (origin === "model")
    return `${what} was seen nowhere: the agent made it up, and the user did not name it.`;
  const named = isQuoted ? seenIn : [];
  const sources = named.slice(0, SOURCES_MAX).map(say).join(", ");
  const more = named.length > SOURCES_MAX ? ` and ${named.length - SOURCES_MAX} more` : "";
  const where = named.length === 0 ? "what others wrote" : `what others wrote in ${sources}${more}`;
  return `${what} comes from ${where}; neither the user nor anything reliable names it.`;
}

function contentWords({ flow, manifest }: CardFacts): string[] {
  const isBeyond = flow?.readers === "beyond";
  const carries = flow?.carries ?? [];
  return [
    ...(isBeyond ? ["Its content holds something that not everybody it reaches may read."] : []),
    ...(carries.length > 0 ? [`Its content passes on from what others wrote: ${carries.join(", ")}.`] : []),
    ...(manifest === null ? ["Nobody has reviewed what this tool does or what its arguments are for."] : []),
  ];
}

/** Hidden letters anywhere; letters that pass for others where the value says whom, where or what. */
function strangeLetters(argument: CardArgument, isOurs: boolean): string[] {
  const say = sayer(isOurs);
  const text = textOf(argument.value).slice(0, SCANNED_CHARS_MAX);
  const hidden = hiddenIn(text);
  const found: string[] = [];
  const isSeen = argument.withheld === null;
  if (hidden > 0)
    found.push(
      `${say(argument.name)} holds ${hidden === 1 ? "a character" : `${hidden.toLocaleString("en")} characters`} that would not be seen${isSeen ? "; here by code" : ""}.`,
    );
  const alike = argument.isDecisive ? lookAlikeWords(text) : [];
  for (const { word, reads } of alike)
    found.push(
      isSeen
        ? `${say(argument.name)}: ${say(word)} is not ${say(reads)}; some of its letters only look like those.`
        : `${say(argument.name)} holds letters that only look like others.`,
    );
  return [...new Set(found)];
}

/** Another's words in a sentence of ours. */
function sayer(isOurs: boolean): (text: string) => string {
  return (text) =>
    `“${inert(begin(text, VALUE_CHARS_MAX), { isLine: true, isOurs }).replaceAll(/[“”]/gu, '"')}”`;
}
