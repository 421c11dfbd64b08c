import type { Json } from "#base";
import type { FlowEffect } from "#vocabulary";
import type { CardField, CardSection } from "./card.ts";
import type { CardFacts, CardView } from "./facts.ts";
import { inert } from "./inert.ts";
import { type CardArgument, effectOf } from "./privacy.ts";
import { sentenceOf } from "./sentence.ts";
import { begin, nameOf, type ShownValue } from "./values.ts";
import { warningsOf } from "./warnings.ts";

const REASON_CHARS_MAX = 400;
const CLAIM_CHARS_MAX = 500;
const WARNINGS_MAX = 8;
const NAMES_MAX = 10;

export interface Around {
  readonly before: readonly CardSection[];
  readonly after: readonly CardSection[];
  readonly texts: readonly string[];
  readonly isWhole: boolean;
}

/** Everything but the values. */
export function aroundOf(facts: CardFacts, view: CardView, given: readonly CardArgument[]): Around {
  const isOurs = view.fields.isOurs === true;
  const isMinimal = view.fields.level === "minimal" && !isOurs;
  const all = warningsOf(facts, given, isOurs);
  const warnings = isMinimal ? unusualCount(all.length) : isOurs ? all : limited(all);
  const left = leftOut(facts, given, isMinimal);
  const before: CardSection[] = [
    ...(isOurs || isMinimal ? [] : [{ kind: "text" as const, text: sentenceOf(facts, given, false) }]),
    { kind: "fields", fields: fieldsOf(facts, view, given) },
    ...warnings.map((text) => ({ kind: "warning" as const, text })),
  ];
  const after: CardSection[] = [
    ...(left === null ? [] : [{ kind: "text" as const, text: left }]),
    ...claimOf(facts, view, given),
  ];
  return {
    before,
    after,
    texts: [...before, ...after].flatMap(textsIn),
    isWhole: isMinimal ? all.length === 0 : isOurs || all.length <= WARNINGS_MAX,
  };
}

/** It may say in other words what is left out: then it stays as well. */
function claimOf({ claim }: CardFacts, { fields }: CardView, given: readonly CardArgument[]): CardSection[] {
  const isOurs = fields.isOurs === true;
  const isOpen = fields.level === "full" && given.every(({ withheld }) => withheld === null);
  if (claim === null || !(isOurs || isOpen)) return [];
  const text = inert(begin(claim.text, CLAIM_CHARS_MAX), { isLine: false, isOurs });
  return [{ kind: "claim", who: inert(claim.who, { isLine: true, isOurs }), text }];
}

function unusualCount(count: number): string[] {
  if (count === 0) return [];
  return [
    count === 1
      ? "Something is unusual: look at it after signing in."
      : `${count} things are unusual: look at them after signing in.`,
  ];
}

function limited(all: readonly string[]): string[] {
  const more = all.length - WARNINGS_MAX;
  return more <= 0 ? [...all] : [...all.slice(0, WARNINGS_MAX), `And ${more} more, shown after signing in.`];
}

function fieldsOf(
  facts: CardFacts,
  { fields, at: _at }: CardView,
  given: readonly CardArgument[],
): CardField[] {
  const isOurs = fields.isOurs === true;
  const say = (text: string): string => inert(text, { isLine: true, isOurs });
  const reason = say(begin(withoutHidden(facts.reason, given), REASON_CHARS_MAX));
  const isMinimal = fields.level === "minimal" && !isOurs;
  return [
    { label: "Agent", value: say(`${facts.agent.name} (${facts.agent.owner} answers for it)`) },
    {
      label: "On behalf of",
      value: facts.onBehalfOf === null ? "nobody: the agent's own rights" : say(facts.onBehalfOf),
    },
    { label: "Tool", value: say(`${facts.server}/${facts.target}`) },
    { label: "Risk", value: riskOf(facts) },
    ...(isMinimal ? [] : [{ label: "Why it waits", value: reason }]),
    { label: facts.policies.length === 1 ? "Rule" : "Rules", value: facts.policies.map(say).join(", ") },
    { label: "Request", value: facts.approval },
  ];
}

const HIDDEN_CHARS_MIN = 4;

/** A rule's sentence may quote what was asked for: what may not leave is taken out of it. */
function withoutHidden(text: string, given: readonly CardArgument[]): string {
  const hidden = given.filter(({ withheld }) => withheld !== null).flatMap(({ value }) => leaves(value));
  return hidden
    .filter((one) => one.length >= HIDDEN_CHARS_MIN)
    .toSorted((a, b) => b.length - a.length)
    .reduce((said, one) => said.replaceAll(one, "…"), text);
}

function leaves(value: Json): string[] {
  if (value === null || typeof value === "boolean") return [];
  return typeof value === "object"
    ? Object.values(value).flatMap((inner: Json) => leaves(inner))
    : [String(value)];
}

/** What stays behind the sign-in, by name where a person reviewed the names. No digest: short values could be guessed by it. */
function leftOut(
  { arguments: all, manifest }: CardFacts,
  given: readonly CardArgument[],
  isMinimal: boolean,
): string | null {
  if (all === null) return "What it asks for is not kept any more, or not for you to see.";
  const withheld = given.filter((one) => one.withheld !== null);
  if (withheld.length === 0) return null;
  const count = withheld.length === 1 ? "1 value is" : `${withheld.length} values are`;
  const names = withheld.slice(0, NAMES_MAX).map(({ name }) => nameOf(name, false));
  const isNamed = !isMinimal && manifest !== null;
  const more = withheld.length > NAMES_MAX ? ", …" : "";
  return `${count} shown after signing in${isNamed ? `: ${names.join(", ")}${more}` : ""}.`;
}

/** What has no room at all. */
export function roomless(given: readonly CardArgument[], values: readonly ShownValue[]): CardSection[] {
  const count = given.filter(({ withheld }) => withheld === null).length - values.length;
  if (count === 0) return [];
  const said = count === 1 ? "1 more value does" : `${count.toLocaleString("en")} more values do`;
  return [{ kind: "text", text: `${said} not fit here: shown after signing in.` }];
}

const RISKS: Readonly<Record<FlowEffect, string>> = {
  read: "reads",
  fetch: "asks an address outside",
  write: "changes what is there",
  send: "reaches others, and cannot be called back",
  money: "moves money",
  account: "changes who may get in, or how",
  destroy: "destroys",
  book: "commits to something",
  membership: "changes who belongs",
  execute: "runs code",
  unknown: "not known",
};

function riskOf(facts: CardFacts): string {
  const effects = facts.effects.filter((one) => one !== "read" || facts.effects.length === 1);
  const marks = effects.length === 0 ? "" : ` (${effects.join(", ")})`;
  return `${RISKS[effectOf(facts)]}${marks}`;
}

function textsIn(section: CardSection): string[] {
  if (section.kind === "fields") return section.fields.flatMap(({ label, value }) => [label, value]);
  if (section.kind === "claim") return [section.who, section.text];
  return "text" in section ? [section.text] : [];
}

export function textIn(texts: readonly string[]): number {
  return texts.reduce((sum, one) => sum + one.length + 4, 0);
}
