// Cards: what a person is shown of a request, whatever shows it. Pure: facts of an action in, plain inert text out.
export type { Card, CardButton, CardField, CardLink, CardSection, CardStatus } from "./card.ts";
