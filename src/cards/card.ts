/**
 * What a person is shown, before any platform's form of it. Every text is plain: no mark-up, no links, nothing that a
 * platform would render as more than letters; whatever came from an agent was made inert before it stands here.
 */
export interface Card {
  /** One line, written by Doorward, never by the agent. On a platform no value is in it: lock screens and mail subjects show it. */
  readonly title: string;
  readonly status: CardStatus;
  readonly sections: readonly CardSection[];
  /** Empty where nobody may answer here, or no more. */
  readonly buttons: readonly CardButton[];
  /** The console's page for the same request; null where it has none. Signing in is required there. */
  readonly link: CardLink | null;
  /**
   * What to type where there are no buttons, such as `approve 4F7K-2Q9M`; null where typing decides nothing. `approve` null: a
   * no is taken here, and a yes is not. `stop`: what denies it and stops the agent; absent: nothing is stopped here.
   */
  readonly typed: {
    readonly approve: string | null;
    readonly deny: string;
    readonly stop?: string | undefined;
  } | null;
}

export interface CardStatus {
  readonly kind: "open" | "approved" | "denied" | "expired" | "withdrawn" | "used" | "told";
  /** Such as `Waiting for finance until 14:05 UTC; then it is refused`, or `Approved by Ada at 13:58 UTC`. */
  readonly text: string;
}

export type CardSection =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "fields"; readonly fields: readonly CardField[] }
  /** What is unusual: an origin from untrusted data, a look-alike, hidden text. */
  | { readonly kind: "warning"; readonly text: string }
  /** Letters as they are, in one fixed-width block: `*` and `_` stay in it, so a platform without such blocks must not act on them. */
  | { readonly kind: "verbatim"; readonly label: string; readonly text: string }
  /** What the agent says of itself: marked as its claim wherever it is shown. */
  | { readonly kind: "claim"; readonly who: string; readonly text: string }
  /** One of several requests on one card, with a choice of its own; `buttons` of the card are then for all of them. */
  | {
      readonly kind: "item";
      readonly title: string;
      readonly status: CardStatus;
      readonly sections: readonly CardSection[];
      readonly buttons: readonly CardButton[];
      /** As the card's own: the page of this one. */
      readonly link: CardLink | null;
    };

export interface CardField {
  readonly label: string;
  readonly value: string;
}

export interface CardButton {
  readonly label: string;
  readonly style: "approve" | "deny" | "plain";
  /** What comes back with a tap, at most 40 letters of [A-Za-z0-9_.-]. Says which answer to which post; only its holder knows it. */
  readonly token: string;
}

export interface CardLink {
  readonly label: string;
  readonly url: string;
}
