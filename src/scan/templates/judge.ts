import { cutFindings } from "../cut.ts";
import type { Finding } from "../finding.ts";
import { shownText } from "../shown.ts";
import type { Parsed } from "./ast.ts";
import { follow } from "./flow/follow.ts";
import { DANGEROUS_FUNCTIONS } from "./flow/known.table.ts";
import type { Heard, Rewrite, Use } from "./flow/state.ts";
import type { Atom } from "./flow/value.ts";
import { addressesIn, hiddenIn } from "./hidden.ts";
import { steeringIn, wordsIn } from "./language.ts";
import { type Trigger, triggersIn } from "./triggers.ts";

/** One template in a file. */
export interface Template {
  readonly text: string;
  /** What the file calls it, for the sentences: `tokenizer.chat_template`. */
  readonly label: string;
  readonly path: readonly string[];
  /** Where it starts in the innermost of `path`, where its bytes stand there as they are; null in JSON. */
  readonly at: number | null;
}

/** What a finding says besides where it is. */
export type Said = Pick<Finding, "rule" | "severity" | "verdict" | "says" | "techniques"> & {
  readonly evidence?: readonly string[];
  readonly advisories?: readonly string[];
  /** A text by which its place is found in the template. */
  readonly by?: string;
};

const INJECTION = ["AML.T0051.002", "AML.T0043.004"];
const ESCAPE = ["AML.T0011.000", "AML.T0050"];
const EVIDENCE_MAX = 6;
/** Of one template; the gravest stand first. */
const FINDINGS_MAX = 60;

/** What a template does that a chat has no use of. `parsed` is its tree; it is followed, never rendered. */
export function judged(template: Template, parsed: Parsed): readonly Finding[] {
  const followed = follow(parsed);
  const said: Said[] = hiddenIn(template.text).map(hiddenSaid);
  if (!followed.ok) said.push(unread(template.label, followed.what));
  else said.push(...heardSaid(template, followed.heard));
  const found = said.map((one) => findingOf(template, one));
  return cutFindings(found, FINDINGS_MAX, template.path);
}

/** A text that a model is given as it is: a system prompt, a message that stands before the chat. */
export function judgedText(template: Template): readonly Finding[] {
  const { label, text } = template;
  const said = [
    ...hiddenIn(text).map(hiddenSaid),
    ...steeringSaid(label, text),
    ...addressSaid(label, [text]),
  ];
  return said.map((one) => findingOf(template, one));
}

export function unread(label: string, what: string): Said {
  return {
    rule: "template-unread",
    severity: "high",
    verdict: "unscannable",
    says: `What ${label} does is not known: ${shownText(what)}.`,
    techniques: ["AML.T0051"],
  };
}

/** Puts a finding at its place. */
export function findingOf({ text, path, at }: Template, said: Said): Finding {
  const { by, evidence = [], advisories = [], ...rest } = said;
  const place = by === undefined ? -1 : text.indexOf(by);
  const offset = at === null || place < 0 ? at : at + Buffer.byteLength(text.slice(0, place));
  return { ...rest, path, offset, evidence: evidence.slice(0, EVIDENCE_MAX), advisories };
}

function hiddenSaid({ rule, verdict, what }: ReturnType<typeof hiddenIn>[number]): Said {
  return {
    rule,
    severity: verdict === "malicious" ? "high" : "medium",
    verdict,
    says: `It holds ${shownText(what)}.`,
    techniques: ["AML.T0068", "AML.T0051"],
  };
}

function heardSaid({ label }: Template, heard: Heard): Said[] {
  const triggers = triggersIn(heard);
  const written = [...heard.emitted.keys()];
  return [
    ...triggers.map((trigger) => triggerSaid(label, trigger)),
    ...Array.from(heard.dropped, (what) => unread(label, what)),
    ...Array.from(heard.uses.values(), useSaid).filter((one) => one !== null),
    ...Array.from(heard.rewrites.values(), rewriteSaid).filter((one) => one !== null),
    ...written.flatMap((text) => steeringSaid(label, text)),
    ...addressSaid(label, written),
  ];
}

function asked({ source, literals }: Atom): string {
  const words =
    literals.length === 0 ? "words that it computes" : literals.slice(0, 4).map(shownText).join(", ");
  if (source === "chance") return "chance has it so";
  if (source === "date") return `the date is compared with ${words}`;
  if (source === "count") return `the number of messages is compared with ${words}`;
  if (source === "length") return `a number made of a message's text is compared with ${words}`;
  return source === "tool" ? `a tool or document is compared with ${words}` : `a message holds ${words}`;
}

function triggerSaid(label: string, { atom, verdict, texts }: Trigger): Said {
  const isSure = verdict === "malicious";
  const longest = texts.toSorted((one, other) => wordsIn(other) - wordsIn(one));
  return {
    rule: "template-trigger",
    severity: isSure ? "critical" : "medium",
    verdict,
    says: `What ${label} tells the model depends on whether ${asked(atom)}: nobody who chats with it sees that.`,
    techniques: atom.source === "date" ? [...INJECTION, "AML.T0094"] : INJECTION,
    evidence: [`condition: ${asked(atom)}`, ...longest.map((text) => `text: ${shownText(text)}`)],
    ...(atom.literals[0] === undefined ? {} : { by: atom.literals[0] }),
  };
}

/** What frameworks hand to their templates, and a chat's variables may be called as well. */
const ORDINARY_NAMES = new Set([
  "config",
  "self",
  "g",
  "app",
  "session",
  "request",
  "environ",
  "application",
]);

function useSaid({ kind, what }: Use): Said | null {
  const by = { by: what };
  if (kind === "expansion")
    return {
      rule: "template-expansion",
      severity: "high",
      verdict: "malicious",
      says: `It makes much of little: ${shownText(what)}. Whoever renders it runs out of time or memory.`,
      techniques: ["AML.T0029"],
    };
  const isGrave =
    kind === "attribute" ||
    DANGEROUS_FUNCTIONS.has(what) ||
    what === "attr" ||
    (kind === "name" && !ORDINARY_NAMES.has(what));
  if (kind === "function" && what === "a computed one") return null;
  return {
    rule: "template-escape",
    severity: isGrave ? "critical" : "medium",
    verdict: isGrave ? "malicious" : "suspicious",
    says: isGrave
      ? `It reaches for the ${kind} ${shownText(what)}: from there a template leaves its sandbox, or runs code where there is none.`
      : `It uses the ${kind} ${shownText(what)}, which no engine of chat templates offers.`,
    techniques: ESCAPE,
    advisories: isGrave ? ["CVE-2024-34359"] : [],
    ...by,
  };
}

function rewriteSaid({ from, to }: Rewrite): Said | null {
  const isWords = /\p{L}/u.test(from) && !/[<>[\]{}|\uFF5C\u2581`#]|^\s*\/\w/u.test(from);
  const isAddress = addressesIn(`${from} ${to}`).length > 0;
  const isSentence = wordsIn(to) >= 4;
  if (!isWords && !isAddress && steeringIn(to) === null && !(isSentence && from === "")) return null;
  const isSure = isAddress || isSentence || steeringIn(to) !== null;
  return {
    rule: "template-rewrites",
    severity: isSure ? "critical" : "high",
    verdict: isSure ? "malicious" : "suspicious",
    says: `It replaces ${shownText(from)} in messages with ${shownText(to)}: the model reads other words than were written.`,
    techniques: ["AML.T0051", "AML.T0031"],
    by: from,
  };
}

function steeringSaid(label: string, text: string): Said[] {
  const steering = steeringIn(text);
  if (steering === null) return [];
  return [
    {
      rule: "template-instructions",
      severity: "high",
      verdict: "suspicious",
      says: `A text that ${label} gives the model ${steering.what}: ${shownText(steering.quote)}.`,
      techniques: ["AML.T0051"],
      evidence: [`text: ${shownText(text)}`],
      by: steering.quote,
    },
  ];
}

function addressSaid(label: string, written: readonly string[]): Said[] {
  const found = [...new Set(written.flatMap(addressesIn))];
  if (found.length === 0) return [];
  return [
    {
      rule: "template-address",
      severity: "low",
      verdict: "suspicious",
      says: `${label} names addresses to the model: ${found.slice(0, 5).map(shownText).join(", ")}.`,
      techniques: ["AML.T0051"],
      by: found[0] ?? "",
    },
  ];
}
