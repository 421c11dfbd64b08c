import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

type Grant = OutputOf<"grants.list">["items"][number];

const given = (count: number, over: Partial<Grant>): Grant => ({
  id: idOf("gra", count),
  status: "active",
  why: null,
  agent: "mailbot",
  owner: "ben",
  server: "fs",
  tool: "write_file",
  scope: "session",
  varies: [],
  used: 2,
  left: 3,
  policies: ["hold-writes"],
  session: idOf("ses", 1),
  approval: idOf("apr", 60),
  by: "ada",
  grantedAt: ago(1_200),
  expiresAt: ago(-5_400),
  ...over,
});

const GRANTS: readonly Grant[] = [
  given(1, {}),
  given(2, {
    agent: "scribe",
    server: "notes",
    tool: "save_note",
    scope: "pattern",
    varies: ["title", "text"],
    session: null,
    used: 11,
    left: 9,
  }),
  given(3, { agent: "scribe", scope: "destination", session: null, used: 0, left: 1, by: "petra" }),
];

const STATS: OutputOf<"approvals.stats"> = {
  from: ago(30 * 86_400),
  until: ago(0),
  requests: 268,
  approved: 239,
  denied: 12,
  expired: 9,
  withdrawn: 4,
  open: 4,
  medianMs: 41_000,
  p90Ms: 1_560_000,
  approvalRate: 239 / 251,
  answers: 254,
  fast: 31,
  tools: [
    { tool: "fs/write_file", requests: 219, approved: 214, denied: 0, repeats: 38 },
    { tool: "mail/send", requests: 41, approved: 22, denied: 9, repeats: 2 },
    { tool: "bank/pay", requests: 8, approved: 3, denied: 3, repeats: 0 },
  ],
  approvers: [
    {
      user: "petra",
      answers: 121,
      yes: 121,
      fast: 29,
      medianMs: 6_200,
      cardsPerDay: 8.4,
      warnings: ["always-yes", "drill-approved"],
    },
    { user: "ada", answers: 97, yes: 88, fast: 1, medianMs: 64_000, cardsPerDay: 5.1, warnings: [] },
    { user: "ben", answers: 36, yes: 33, fast: 1, medianMs: 480_000, cardsPerDay: 1.2, warnings: [] },
  ],
  rules: [
    { policy: "hold-writes", decided: 214, approved: 214 },
    { policy: "hold-mail-outside", decided: 31, approved: 22 },
    { policy: "hold-money", decided: 6, approved: 3 },
  ],
  drills: { asked: 4, denied: 3, approved: 1, unanswered: 0 },
  suggestions: [
    "Rule hold-writes was approved 214 of 214 times: consider a grant for fs/write_file (@grantable on the rule, --grant with the next yes), or a rule that asks less.",
  ],
  warnings: [
    "petra said yes to all 121 (from 20 on, that is worth a look): ask less, or ask somebody else too.",
    "petra approved a drill: a request that nobody should say yes to.",
  ],
  whole: true,
};

const NOTHING: OutputOf<"approvals.stats"> = {
  ...STATS,
  requests: 0,
  approved: 0,
  denied: 0,
  expired: 0,
  withdrawn: 0,
  open: 0,
  answers: 0,
  fast: 0,
  medianMs: null,
  p90Ms: null,
  approvalRate: null,
  tools: [],
  approvers: [],
  rules: [],
  drills: { asked: 0, denied: 0, approved: 0, unanswered: 0 },
  suggestions: [],
  warnings: [],
};

/** What grants and the statistics of approvals answer. */
export const GRANT_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/grants", answering("grants.list", () => ({ items: [...GRANTS], next: null }))],
  ["/approvals/stats", answering("approvals.stats", () => STATS)],
];
export const NO_STATS: readonly [string, Answering] = [
  "/approvals/stats",
  answering("approvals.stats", () => NOTHING),
];
