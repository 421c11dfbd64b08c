import { KNOWN_MARKERS } from "./flow/known.table.ts";
import type { Heard } from "./flow/state.ts";
import { type Atom, atomOf } from "./flow/value.ts";
import { steeringIn, wordsIn } from "./language.ts";

/** Fewer words make no instruction: `yesterday`, `Turn 3:`. */
const SENTENCE_WORDS = 4;

/** What a condition looks for: the format's own marks, which people and clients write on purpose, or words that anybody may write. */
type Kind = "known" | "mark" | "words";

/** A condition that nobody sees, and what depends on it. */
export interface Trigger {
  readonly atom: Atom;
  readonly verdict: "malicious" | "suspicious";
  /** Texts that are in the output only under this condition, or only without it. */
  readonly texts: readonly string[];
}

/** Brackets, bars and slashes, and little else: what a format uses to tell its parts apart. */
const MARK = /[<>[\]{}|\uFF5C\u2581`#*=]|^\/\w+$|^[\p{P}\p{S}]{1,4}$/u;

const isMark = (literal: string): boolean =>
  MARK.test(literal) && wordsIn(literal) < SENTENCE_WORDS && !/\p{Extended_Pictographic}/u.test(literal);

function isKnown(literal: string, written: readonly string[]): boolean {
  if (KNOWN_MARKERS.some((known) => known.test(literal))) return true;
  return isMark(literal) && written.some((text) => text.includes(literal));
}

/** A mark that the template writes itself is one of its format. */
function kindOf(literals: readonly string[], written: readonly string[]): Kind {
  if (literals.length === 0) return "words";
  const said = literals.map((literal) => (literal.trim() === "" ? literal : literal.trim()));
  if (said.every((literal) => isKnown(literal, written))) return "known";
  return said.every(isMark) ? "mark" : "words";
}

/** The conditions of a template under which it says something else, that a reader of a chat would not expect. */
export function triggersIn(heard: Heard): readonly Trigger[] {
  const texts = new Map<string, string[]>();
  for (const key of [...heard.passed, ...heard.refused]) texts.set(key, []);
  for (const [text, atoms] of heard.emitted)
    for (const key of atoms) texts.set(key, [...(texts.get(key) ?? []), text]);
  const written = [...heard.emitted.keys()];
  const triggers: Trigger[] = [];
  for (const [key, said] of texts) {
    const atom = atomOf(key);
    const isPassed = heard.passed.has(key) || heard.refused.has(key);
    const verdict = verdictOn({ atom, texts: said, isPassed, written });
    if (verdict !== null) triggers.push({ atom, verdict, texts: said });
  }
  return triggers;
}

interface Judged {
  readonly atom: Atom;
  readonly texts: readonly string[];
  /** Whether a message's text, or a refusal, depends on it. */
  readonly isPassed: boolean;
  /** All that the template writes. */
  readonly written: readonly string[];
}

function verdictOn({ atom, texts, isPassed, written }: Judged): Trigger["verdict"] | null {
  const words = texts.reduce((sum, text) => sum + wordsIn(text), 0);
  const isSentence = words >= SENTENCE_WORDS;
  const steers = texts.some((text) => steeringIn(text) !== null);
  if (atom.source === "tool") return steers ? "malicious" : null;
  if (atom.source !== "content") return isSentence ? "malicious" : null;
  const kind = kindOf(atom.literals, written);
  if (kind === "known") return steers ? "malicious" : null;
  if (isSentence) return "malicious";
  const isWritten = texts.some((text) => text.trim() !== "");
  return kind === "words" && (isWritten || isPassed) ? "suspicious" : null;
}
