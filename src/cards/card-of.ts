import { type Digest, digestOf, type JsonObject } from "#base";
import type { Card, CardButton } from "./card.ts";
import type { CardFacts, CardView } from "./facts.ts";
import { aroundOf, roomless, textIn } from "./around.ts";
import { inert } from "./inert.ts";
import { unboundIn } from "./mutable.ts";
import { type CardArgument, cardArguments } from "./privacy.ts";
import { cardStatus } from "./status.ts";
import { sentenceOf } from "./sentence.ts";
import { labelOf, type ShownValue, shownValues } from "./values.ts";
import { recordOf } from "./record.ts";

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

/** For what a platform's form adds to each text. */
const SPARE_CHARS = 260;

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
  const whole = view.isShort !== true && isWhole(facts, given, values) && around.isWhole;
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
    sections: [...around.before, ...blocks, ...roomless(given, values), ...around.after],
    buttons: isAnswerable ? buttonsOf(view, mayApprove) : [],
    link: view.link,
    typed: isAnswerable ? typedOf(view, mayApprove) : null,
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

/** On a platform without a value: the title is what a phone's lock screen and the subject of a mail show. */
function titleOf(facts: CardFacts, { fields }: CardView, given: readonly CardArgument[]): string {
  if (fields.isOurs === true) return sentenceOf(facts, given, true);
  return inert(`${facts.agent.name} asks for ${facts.server}/${facts.target}`, {
    isLine: true,
    isOurs: false,
  });
}

/** A no needs nothing shown. */
function typedOf({ typed }: CardView, mayApprove: boolean): Card["typed"] {
  return typed === null || mayApprove ? typed : { ...typed, approve: null };
}

function buttonsOf({ tokens, abilities }: CardView, mayApprove: boolean): CardButton[] {
  if (tokens === null || !abilities.buttons) return [];
  return [
    ...(mayApprove ? [{ label: "Approve once", style: "approve" as const, token: tokens.approve }] : []),
    { label: "Deny", style: "deny", token: tokens.deny },
    ...(mayApprove ? plain(GRANT_LABEL, tokens.grant) : []),
    ...plain(STOP_LABEL, tokens.stop),
  ];
}

function plain(label: string, token: string | undefined): CardButton[] {
  return token === undefined ? [] : [{ label, style: "plain", token }];
}

const GRANT_LABEL = "Approve more like it…";
export const STOP_LABEL = "Deny and stop…";
