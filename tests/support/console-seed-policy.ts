import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

type Rule = OutputOf<"policy.show">["policies"][number];

const POLICY_SET = `sha256:${"4c1d".repeat(16)}`;
const TEXT = `@id("agents-read")
permit (principal is Doorward::Agent, action in Doorward::Action::"read", resource);`;

const rule = (id: string, effect: Rule["effect"], hold: string | null, reason: string): Rule => ({
  id,
  effect,
  hold,
  expires: null,
  escalation: null,
  glass: null,
  grantable: null,
  reason,
  broken: null,
});

const RULES: readonly Rule[] = [
  rule("agents-read", "permit", null, "Tools and resources that only read are open to every agent."),
  {
    ...rule("hold-writes", "forbid", "admins", "Whatever {tool} changes waits for an admin."),
    expires: "4h",
    escalation: ["15m leads", "1h admins"],
    glass: "oncall, not-owner",
    grantable: "session, pattern; 20 times; 8h",
  },
  rule("no-mail-outside", "forbid", null, "Mail leaves the house only to customers."),
  {
    ...rule("scribe-tags", "permit", null, ""),
    broken: "the tool wiki/tag has no argument `label` any more",
  },
];

const SHOWN: OutputOf<"policy.show"> = { digest: POLICY_SET, active: true, policies: [...RULES], text: TEXT };

const LEARNT: OutputOf<"policy.learn"> = {
  agent: "mailbot",
  since: ago(604_800),
  until: ago(0),
  actions: 118,
  learned: 97,
  skipped: [
    { reason: "a value of it stood in what others wrote (T18)", count: 17 },
    { reason: "it was refused or never released", count: 4 },
  ],
  check: { allowed: 61, held: 36, denied: 0 },
  deniedBy: [],
  rules: [],
  left: [
    {
      target: "tools/call mail/send",
      count: 81,
      because: "to: more than 64 different values, with no folder or host in common",
    },
  ],
  diff: [
    "@@ line 4 @@",
    "- // learned of agt_1: begin",
    "+ // Seen 41 times, 2026-11-14 to 2026-11-21: act_01m7, act_01m8, act_01m9",
    "+ //   path: anything below /srv/notes/ (12 different seen)",
    '+ @id("learned-mailbot-fs-read-file")',
    '+ @reason("{agent} was seen doing this 41 times.")',
    '+ permit (principal == Doorward::Agent::"agt_1", action == Doorward::Action::"fs/read_file", resource == Doorward::Tool::"fs/read_file")',
    "+ when {",
    '+   context.input["path"] like "/srv/notes/*" && !(context.input["path"] like "*..*")',
    "+ };",
  ].join("\n"),
  text: `${TEXT}\n`,
  tests: "tests: []\n",
  manifests: [],
};

const BACKTEST: OutputOf<"policy.backtest"> = {
  policySet: POLICY_SET,
  since: ago(2_592_000),
  until: ago(0),
  actions: 1_204,
  replayed: 1_189,
  same: 1_140,
  newlyAllowed: 3,
  newlyHeld: 34,
  newlyDenied: 12,
  notByPolicy: 9,
  unreplayable: 6,
  otherDefinition: 0,
  because: [
    {
      reason: "its arguments are not kept: they were too long, or the data of the person was destroyed",
      count: 6,
    },
  ],
  confirmation: `sha256:${"9b0e".repeat(16)}`,
  items: [
    change(34, "scribe", "tools/call fs/write_file", { from: "allow", to: "hold", rules: ["hold-writes"] }),
    change(12, "mailbot", "tools/call mail/send", { from: "hold", to: "deny", rules: ["no-mail-outside"] }),
    change(3, "deploy-agent", "resources/read wiki", { from: "deny", to: "allow", rules: ["agents-read"] }),
  ],
  changesLeftOut: 0,
};

type Change = OutputOf<"policy.backtest">["items"][number];

function change(
  count: number,
  agent: string,
  deed: string,
  said: Pick<Change, "from" | "to" | "rules">,
): Change {
  const examples = [idOf("act", 59), idOf("act", 58)];
  return { count, agent, deed, ...said, formerly: [], first: ago(90_000), last: ago(300), examples };
}

export const POLICY_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/policy/show", answering("policy.show", () => SHOWN)],
  ["/policy/learn", answering("policy.learn", () => LEARNT)],
  [
    "POST /policy/check",
    answering("policy.check", () => {
      return { ok: true, digest: POLICY_SET, policies: [...RULES], problems: [], warnings: [] };
    }),
  ],
  ["POST /policy/backtest", answering("policy.backtest", () => BACKTEST)],
];
