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

/** As cards count them: the seed's moment less a time. */
const ms = (secondsAgo: number): number => SEED_NOW - secondsAgo * 1_000;

const NOTE = { path: "/srv/notes/weekly.md", content: "Build is green.\nTwo issues are open." };
const WRITE: Omit<Shown, "arguments"> = {
  agent: { name: "scribe", owner: "ben", stage: "enforce", isBypassable: false },
  onBehalfOf: "ben",
  server: "fs",
  target: "write_file",
  effects: ["write"],
  manifest: {
    ...MAIL_MANIFEST,
    effect: "write",
    roles: { path: "path", content: "content" },
    summary: "Write {path}",
  },
  reason: "Whatever write_file changes waits for an admin.",
  policies: ["hold-writes"],
  groups: ["admins"],
  missing: ["admins"],
};

const DEPLOY = { ref: "main", environment: "production" };

type Shown = Partial<CardFacts> & { readonly arguments: NonNullable<CardFacts["arguments"]> };

/** By the number of the request: what is asked for, and what is known of it. */
const FACTS: Readonly<Record<number, Shown>> = {
  60: {
    arguments: MAIL,
    groups: ["finance, 2, not-owner"],
    missing: ["finance, 2, not-owner"],
    decisions: [{ by: "petra", answer: "approve", at: ms(40), via: "channel:slack", note: null }],
  },
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
  63: { ...WRITE, arguments: { path: "/srv/notes/todo.md", content: "Ask Ana about the invoice." } },
  64: { ...WRITE, arguments: NOTE },
  65: { ...WRITE, arguments: NOTE },
};

type Held = OutputOf<"approvals.get">;
type Listed = OutputOf<"approvals.list">["items"][number];

/** How far each is, and what its rules allow besides. */
const STANDING: Readonly<Record<number, Partial<Held>>> = {
  60: {
    escalation: [
      { of: "finance, 2, not-owner", group: "leads", from: ago(20) },
      { of: "finance, 2, not-owner", group: "admins", from: ago(-600) },
    ],
    glass: ["oncall"],
    phase: "escalated",
    decisions: [
      {
        by: idOf("usr", 2),
        answer: "approve",
        at: ago(40),
        via: "channel:slack",
        note: null,
        stopped: null,
        standsInFor: [idOf("usr", 3)],
        from: {
          channel: "slack",
          tenant: "T01",
          platformUser: "U01",
          message: "1732201440.000100",
          post: null,
        },
      },
    ],
    seen: [
      { by: idOf("usr", 2), at: ago(50), via: "channel:slack" },
      { by: idOf("usr", 4), at: ago(12), via: "console" },
    ],
    progress: [
      { group: "finance, 2, not-owner", needed: 2, given: 1, since: [{ group: "leads", from: ago(20) }] },
    ],
    people: { [idOf("usr", 2)]: "petra", [idOf("usr", 3)]: "carla", [idOf("usr", 4)]: "ana" },
    asked: ["ana", "leo"],
    askedUntil: ago(-600),
    youMayBreakGlass: true,
    youMayStop: true,
  },
  63: {
    mayGrant: {
      scopes: ["session", "pattern"],
      timesMax: 20,
      expiresAfter: "8h",
      varies: ["path", "content"],
    },
  },
};

/** A request and its card, by the end of its id. */
export function heldFor(query: URLSearchParams): Held {
  const id = query.get("approval") ?? "";
  const count =
    Object.keys(FACTS)
      .map(Number)
      .find((one) => idOf("apr", one) === id) ?? 60;
  const facts = cardFacts({ ...FACTS[count], approval: idOf("apr", count) });
  return {
    ...heldAction(count),
    progress: facts.groups.map((group) => ({ group, needed: 1, given: 0, since: [] })),
    asked: ["ana"],
    askedUntil: ago(-840),
    youMayAnswer: true,
    youMayBreakGlass: false,
    youMayStop: true,
    mayGrant: null,
    people: {},
    ...STANDING[count],
    ...cardView(ownCard(facts, SEED_NOW)),
    flow: null,
    doubts: [],
    arguments: facts.arguments,
  };
}

function heldAction(count: number): Omit<Listed, "gravity" | "doubted" | "identical"> {
  const facts = cardFacts(FACTS[count]);
  const { server, target, effects, reason, policies, agent, onBehalfOf, groups } = facts;
  return {
    id: idOf("apr", count),
    action: idOf("act", count),
    status: "requested",
    agent: agent.name,
    stage: "enforce",
    bypassable: "not seen",
    owner: agent.owner,
    onBehalfOf,
    session: idOf("ses", count < 63 ? count : 63),
    verb: "tools/call",
    server,
    target,
    effects: [...effects],
    reason,
    policies: [...policies],
    phase: "requested",
    groups: [...groups],
    escalation: [],
    glass: [],
    decisions: [],
    seen: [],
    withdrawnWhy: null,
    requestedAt: ago(64),
    expiresAt: ago(-840),
  };
}

const twin = (nth: number) => ({ nth, of: 2, first: idOf("apr", 64) });

/** Newest first: three of one session, two of which are the same call. */
export const WAITING: readonly Listed[] = [
  { ...heldAction(65), gravity: 2, doubted: false, identical: twin(2) },
  { ...heldAction(64), gravity: 2, doubted: false, identical: twin(1) },
  { ...heldAction(63), gravity: 2, doubted: false, identical: null },
  { ...heldAction(60), gravity: 6, doubted: false, identical: null },
];

export const REVIEWS: OutputOf<"approvals.reviews">["items"] = [
  {
    approval: idOf("apr", 41),
    agent: "deploy-agent",
    server: "ci",
    target: "rollback",
    status: "consumed",
    brokenBy: "leo",
    reason: "The pager fires, checkout is down, and nobody of release answers.",
    at: ago(7_200),
    reviewedBy: null,
    reviewedAt: null,
    note: null,
  },
];
