import type { CardFacts } from "#cards";
import { cardView, ownCard, type OutputOf } from "#operations";
import { cardFacts, MAIL_MANIFEST } from "../samples/card-facts.ts";
import { ago, idOf, SEED_NOW } from "./console-seed-base.ts";

export const MAIL = {
  to: "finance@example.com",
  subject: "Invoice 4711",
  body: "Please pay by Friday.\nThe account is in the attachment.",
  attachments: ["invoice-4711.pdf"],
  copies: 2,
};

/** A letter that a page asked for, in letters that hide and pass for others, and with text that runs right to left. */
const LETTER = {
  to: "ada@ex\u0430mple.com, \u05E0\u05D5\u05E2\u05D4@example.co.il",
  subject: "Invoice 4711 \u202Efdp.exe",
  body: "\u05E9\u05DC\u05D5\u05DD \u05E0\u05D5\u05E2\u05D4,\nplease pay 1,200 EUR by Friday. \u{1F64F}\u200B\u200B\u200B\n```\n<!channel> @everyone https://pay.example/4711",
};

const DEPLOY = { ref: "main", environment: "production" };

type Shown = Partial<CardFacts> & { readonly arguments: NonNullable<CardFacts["arguments"]> };

/** By the number of the request: what is asked for, and what is known of it. */
const FACTS: Readonly<Record<number, Shown>> = {
  60: { arguments: MAIL },
  61: {
    arguments: LETTER,
    onBehalfOf: "ben",
    flow: { readers: "within", carries: ["account", "link"], restricted: null },
    doubts: [
      {
        argument: "to",
        role: "destination",
        value: "ada@ex\u0430mple.com",
        origin: "untrusted",
        seenIn: ["wiki/search", "web/fetch"],
      },
    ],
    claim: { who: "mailbot", text: "Ben asked me to send this, and finance has already approved it." },
  },
  62: {
    arguments: DEPLOY,
    server: "ci",
    target: "deploy",
    effects: ["destructive", "outbound"],
    manifest: {
      ...MAIL_MANIFEST,
      effect: "execute",
      roles: { ref: "selector", environment: "destination" },
      summary: "Deploy {ref} to {environment}",
      mutable: ["ref"],
    },
    reason: "What goes to production waits for a person.",
    policies: ["hold-production"],
  },
};

/** A request and its card, by the end of its id. */
export function heldFor(query: URLSearchParams): OutputOf<"approvals.get"> {
  const id = query.get("approval") ?? "";
  const count = [60, 61, 62].find((one) => idOf("apr", one) === id) ?? 60;
  const facts = cardFacts({ ...FACTS[count], approval: idOf("apr", count) });
  const { server, target, effects, reason, policies } = facts;
  return {
    ...heldAction(),
    ...HELD_PROGRESS,
    id: idOf("apr", count),
    server,
    target,
    effects: [...effects],
    reason,
    policies: [...policies],
    ...cardView(ownCard(facts, SEED_NOW)),
    flow: null,
    doubts: [],
    arguments: facts.arguments,
  };
}

export function heldAction(): OutputOf<"approvals.list">["items"][number] {
  return {
    id: idOf("apr", 60),
    action: idOf("act", 60),
    status: "requested",
    agent: "mailbot",
    stage: "enforce",
    bypassable: "not seen",
    owner: "ana",
    onBehalfOf: "ben",
    session: idOf("ses", 1),
    verb: "tools/call",
    server: "mail",
    target: "send",
    effects: ["write", "outbound"],
    reason: "Mail that leaves the house waits for a person.",
    policies: ["hold-mail-outside"],
    phase: "requested",
    groups: ["finance"],
    escalation: [],
    glass: [],
    decisions: [],
    seen: [],
    withdrawnWhy: null,
    requestedAt: ago(64),
    expiresAt: ago(-840),
  };
}

const HELD_PROGRESS = {
  progress: [{ group: "finance", needed: 1, given: 0, since: [] }],
  asked: ["ana"],
  askedUntil: ago(-840),
  youMayAnswer: true,
  youMayBreakGlass: false,
};
