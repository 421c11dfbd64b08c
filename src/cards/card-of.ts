import { type Digest, digestOf, type Json, type JsonObject } from "#base";
import type { FlowEffect } from "#vocabulary";
import type { Card, CardButton, CardField, CardSection } from "./card.ts";
import type { CardFacts, CardView } from "./facts.ts";
import { inert } from "./inert.ts";
import { unboundIn } from "./mutable.ts";
import { type CardArgument, cardArguments, effectOf } from "./privacy.ts";
import { cardStatus } from "./status.ts";
import { summaryOf } from "./summary.ts";
import { begin, labelOf, nameOf, type ShownValue, shownValues, textOf } from "./values.ts";
import { warningsOf } from "./warnings.ts";

/** A card, and what it comes to. */
export interface MadeCard {
  readonly card: Card;
  /** Every decisive argument stands on it whole: only then may an answer given on it approve (T19). */
  readonly whole: boolean;
  /** Arguments that name what can change after a yes: while there are any, nobody can approve it (T11). */
  readonly unbound: readonly string[];
  /** What the reader was shown, without tokens, codes and addresses: for the record. */
  readonly shown: JsonObject;
  /** SHA-256 over the RFC 8785 form of `shown`. */
  readonly digest: Digest;
}

const TITLE_CHARS_MAX = 240;
const PLACE_CHARS_MAX = 80;
const REASON_CHARS_MAX = 400;
const CLAIM_CHARS_MAX = 500;
const WARNINGS_MAX = 8;
const NAMES_MAX = 10;
/** For what a platform's form adds to each text. */
const SPARE_CHARS = 200;

/**
 * The card of one request for one reader. Pure: the same facts and view give the same card. Every text on it is plain; what an agent, a server or a
 * stranger wrote is inert (`inert`), and stays out where `view.fields` says so. There is nothing to approve with unless it is open and whole.
 */
export function cardOf(facts: CardFacts, view: CardView): MadeCard {
  const isOurs = view.fields.isOurs === true;
  const given = cardArguments(facts, view.fields);
  const status = cardStatus(facts, view.at, isOurs);
  const title = titleOf(facts, view, given);
  const around = aroundOf(facts, view, given);
  const room = view.abilities.textMax - textIn([title, status.text, ...around.texts]) - SPARE_CHARS;
  const values = shownValues(given, room, isOurs);
  const whole = isWhole(facts, given, values) && around.isWhole;
  const isAnswerable = status.kind === "open";
  const unbound = unboundIn(facts);
  const mayApprove = isAnswerable && whole && unbound.length === 0;
  const blocks = values.map(({ argument, text }) => ({
    kind: "verbatim" as const,
    label: labelOf(argument, isOurs),
    text,
  }));
  const card: Card = {
    title,
    status,
    sections: [...around.before, ...blocks, ...around.after],
    buttons: isAnswerable ? buttonsOf(view, mayApprove) : [],
    link: view.link,
    typed: mayApprove ? view.typed : null,
  };
  const shown = recordOf(facts, view, { card, whole, values });
  return { card, whole, unbound, shown, digest: digestOf(shown) };
}

function isWhole(facts: CardFacts, given: readonly CardArgument[], values: readonly ShownValue[]): boolean {
  if (facts.arguments === null) return false;
  return given.every(
    (one) => !one.isDecisive || values.some(({ argument, isWhole: is }) => is && argument.name === one.name),
  );
}

function titleOf(facts: CardFacts, { fields }: CardView, given: readonly CardArgument[]): string {
  const isOurs = fields.isOurs === true;
  const say = (text: string): string => inert(text, { isLine: true, isOurs });
  if (fields.level === "minimal" && !isOurs)
    return say(`${facts.agent.name} asks for ${facts.server}/${facts.target}`);
  const parts = summaryOf(facts, effectOf(facts)).map((part) => {
    if ("text" in part) return say(part.text);
    const argument = given.find(({ name }) => name === part.argument);
    if (argument === undefined) return "(none)";
    return argument.withheld === null ? say(begin(plainly(argument.value), PLACE_CHARS_MAX)) : "…";
  });
  return begin(parts.join(""), TITLE_CHARS_MAX);
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

interface Around {
  readonly before: readonly CardSection[];
  readonly after: readonly CardSection[];
  readonly texts: readonly string[];
  readonly isWhole: boolean;
}

/** Everything but the values. */
function aroundOf(facts: CardFacts, view: CardView, given: readonly CardArgument[]): Around {
  const isOurs = view.fields.isOurs === true;
  const isMinimal = view.fields.level === "minimal" && !isOurs;
  const all = warningsOf(facts, given, isOurs);
  const warnings = isMinimal ? unusualCount(all.length) : isOurs ? all : limited(all);
  const fields = fieldsOf(facts, view, given);
  const left = leftOut(facts, given, isMinimal);
  const { claim } = facts;
  const isClaimShown = claim !== null && (isOurs || view.fields.level === "full");
  const before: CardSection[] = [
    { kind: "fields", fields },
    ...warnings.map((text) => ({ kind: "warning" as const, text })),
  ];
  const after: CardSection[] = [
    ...(left === null ? [] : [{ kind: "text" as const, text: left }]),
    ...(isClaimShown
      ? [
          {
            kind: "claim" as const,
            who: inert(claim.who, { isLine: true, isOurs }),
            text: inert(begin(claim.text, CLAIM_CHARS_MAX), { isLine: false, isOurs }),
          },
        ]
      : []),
  ];
  const texts = [...before, ...after].flatMap(textsIn);
  return {
    before,
    after,
    texts,
    isWhole: isMinimal ? all.length === 0 : isOurs || all.length <= WARNINGS_MAX,
  };
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

function buttonsOf({ tokens, abilities }: CardView, mayApprove: boolean): CardButton[] {
  if (tokens === null || !abilities.buttons) return [];
  const deny = { label: "Deny", style: "deny" as const, token: tokens.deny };
  return mayApprove ? [{ label: "Approve once", style: "approve", token: tokens.approve }, deny] : [deny];
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

interface Made {
  readonly card: Card;
  readonly whole: boolean;
  readonly values: readonly ShownValue[];
}

/** Tokens, codes and addresses open something: what was shown is recorded without them. */
function recordOf(facts: CardFacts, { fields, at }: CardView, { card, whole, values }: Made): JsonObject {
  return {
    approval: facts.approval,
    action: facts.action,
    at: new Date(at).toISOString(),
    level: fields.isOurs === true ? "ours" : fields.level,
    title: card.title,
    status: { ...card.status },
    sections: card.sections.map(plainSection),
    buttons: card.buttons.map(({ label }) => label),
    arguments: Object.fromEntries(
      values.map(({ argument, isWhole: is }) => [argument.name, is ? "whole" : "cut"]),
    ),
    whole,
  };
}

function plainSection(section: CardSection): JsonObject {
  switch (section.kind) {
    case "fields":
      return { kind: section.kind, fields: section.fields.map((field) => ({ ...field })) };
    case "item":
      return { kind: section.kind, title: section.title, sections: section.sections.map(plainSection) };
    case "verbatim":
      return { kind: section.kind, label: section.label, text: section.text };
    case "claim":
      return { kind: section.kind, who: section.who, text: section.text };
    case "text":
    case "warning":
      return { kind: section.kind, text: section.text };
    default:
      return section satisfies never;
  }
}

function textsIn(section: CardSection): string[] {
  if (section.kind === "fields") return section.fields.flatMap(({ label, value }) => [label, value]);
  if (section.kind === "claim") return [section.who, section.text];
  return "text" in section ? [section.text] : [];
}

function textIn(texts: readonly string[]): number {
  return texts.reduce((sum, one) => sum + one.length + 4, 0);
}
