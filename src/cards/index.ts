// Cards: what a person is shown of a request, whatever shows it. Pure: facts of an action in, plain inert text out.
export type { Card, CardButton, CardField, CardLink, CardSection, CardStatus } from "./card.ts";
export { cardOf, type MadeCard, STOP_LABEL } from "./card-of.ts";
export type {
  CardAgent,
  CardDecision,
  CardDoubt,
  CardFacts,
  CardFlow,
  CardManifest,
  CardPrivacy,
  CardView,
  PrivacyLabel,
  PrivacyLevel,
} from "./facts.ts";
export { inert, type InertForm } from "./inert.ts";
export { MARKUP, type MarkupRule } from "./markup.table.ts";
export { cardText } from "./plain.ts";
