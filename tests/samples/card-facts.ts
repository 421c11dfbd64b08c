import type { Card, CardFacts, CardManifest, CardView } from "#cards";

/** 21 November 2026, 14:30 UTC. */
export const CARD_NOW = Date.UTC(2026, 10, 21, 14, 30);

export const MAIL_MANIFEST: CardManifest = {
  effect: "send",
  effectIf: {},
  roles: { to: "destination", subject: "content", body: "content", copies: "control" },
  summary: "Send an e-mail to {to} about {subject}",
  mutable: [],
};

/** A mail that waits, and what is asked otherwise. */
export function cardFacts(over: Partial<CardFacts> = {}): CardFacts {
  return {
    approval: "apr_00000000000000000000000060",
    action: "act_00000000000000000000000060",
    status: "requested",
    agent: { name: "mailbot", owner: "ana", stage: "enforce", isBypassable: false },
    onBehalfOf: "ben",
    verb: "tools/call",
    server: "mail",
    target: "send",
    effects: ["write", "outbound"],
    arguments: {
      to: "finance@example.com",
      subject: "Invoice 4711",
      body: "Please pay by Friday.\nThe account is in the attachment.",
      copies: 2,
    },
    manifest: MAIL_MANIFEST,
    reason: "Mail that leaves the house waits for a person.",
    policies: ["hold-mail-outside"],
    doubts: [],
    flow: { readers: "within", carries: [], restricted: null },
    groups: ["finance"],
    missing: ["finance"],
    decisions: [],
    requestedAt: CARD_NOW - 64_000,
    expiresAt: CARD_NOW + 840_000,
    claim: null,
    ...over,
  };
}

/** A channel with buttons, to which everything but secrets may leave. */
export function cardView(over: Partial<CardView> = {}): CardView {
  return {
    fields: { level: "full", withheld: [] },
    tokens: { approve: "dw1.a.aaaaaaaaaaaaaaaaaaaaaa", deny: "dw1.d.aaaaaaaaaaaaaaaaaaaaaa" },
    link: { label: "Open in Doorward", url: "https://doorward.example/approvals/x" },
    typed: { approve: "approve 4F7K-2Q9M", deny: "deny 4F7K-2Q9M" },
    abilities: { buttons: true, textMax: 4_000 },
    at: CARD_NOW,
    ...over,
  };
}

export const CARD_DOUBT = {
  argument: "to",
  role: "destination",
  value: "finance@example.com",
  origin: "untrusted",
  seenIn: ["web/fetch"],
};

// What a test reads from a card.

export function labelsOn({ sections }: Card): string[] {
  return sections.flatMap((one) => (one.kind === "verbatim" ? [one.label] : []));
}

export function warningsOn({ sections }: Card): string[] {
  return sections.flatMap((one) => (one.kind === "warning" ? [one.text] : []));
}

export function textsOn({ sections }: Card): string[] {
  return sections.flatMap((one) => (one.kind === "text" ? [one.text] : []));
}

/** What is said of what is not there. */
export function leftOutOn(card: Card): string[] {
  return textsOn({ ...card, sections: card.sections.slice(1) });
}
