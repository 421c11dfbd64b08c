import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf, SEED_NOW } from "./console-seed-base.ts";
import { DUTY_ANSWERS, NO_DUTIES } from "./console-seed-duties.ts";
import { NO_STOPS, STOP_ANSWERS } from "./console-seed-stops.ts";
import { heldFor, MAIL, REVIEWS, WAITING } from "./console-seed-held.ts";
import { GRANT_ANSWERS, NO_STATS } from "./console-seed-grants.ts";
import { FLEET_ANSWERS, NO_FLEET } from "./console-seed-fleet.ts";
import { HOUSE } from "./console-seed-house.ts";
import { NO_REGISTER } from "./console-seed-register.ts";
import { NO_WEB, WEB_ANSWERS } from "./console-seed-web.ts";

export { answering, idOf, SEED_NOW };

export type ActivityItem = OutputOf<"activity.list">["items"][number];

const TOOLS = [
  ["mailbot", "fs", "write_file", "hold", "hold-writes", ["write"]],
  ["scribe", "wiki", "search", "allow", "reads-are-fine", ["read"]],
  ["mailbot", "mail", "send", "deny", "no-mail-outside", ["outbound"]],
  ["scribe", "fs", "read_file", "allow", "reads-are-fine", ["read"]],
  ["deploy-agent", "ollama", "llama3.2:3b", "allow", "models-in-the-house", ["read"]],
  ["deploy-agent", "agent:deploy-agent", "bash", "deny", "no-shell", ["destructive"]],
] as const;

/** Entry `index` of an activity that repeats the same few actions; the newest has the highest index. */
export function activityItem(index: number, secondsAgo: number): ActivityItem {
  const [agent, server, name, verdict, policy, effects] = TOOLS[index % TOOLS.length] ?? TOOLS[0];
  const isModel = server === "ollama";
  return {
    index,
    at: ago(secondsAgo),
    action: idOf("act", index),
    agent,
    agentId: idOf("agt", 1),
    session: idOf("ses", 1),
    onBehalfOf: agent === "mailbot" ? "ben" : null,
    door: isModel || server.startsWith("agent:") ? "llm" : "mcp",
    verb: isModel ? "models/generate" : "tools/call",
    server,
    name,
    effects: [...effects],
    verdict,
    decided: verdict,
    policies: [policy],
    model: isModel ? "llama3.2:3b" : null,
    usage: isModel ? { inputTokens: 812, outputTokens: 164 } : null,
    ...endingOf(verdict, index),
  };
}

type Ending = Pick<ActivityItem, "kind" | "code" | "approval" | "status" | "durationMs">;

function endingOf(verdict: (typeof TOOLS)[number][3], index: number): Ending {
  const nothing = { kind: "verdict", code: null, approval: null, status: null, durationMs: null } as const;
  if (verdict === "allow")
    return { ...nothing, kind: "intent", status: "ok", durationMs: 12 + (index % 7) * 9 };
  if (verdict === "deny") return { ...nothing, code: "policy_denied" };
  return { ...nothing, approval: idOf("apr", index) };
}

const ACTIONS = 60;

/** What a house with a few agents answers, by address. */
export function seed(): ReadonlyMap<string, Answering> {
  const items = Array.from({ length: ACTIONS }, (_, n) => activityItem(ACTIONS - n, 4 + n * 37));
  return new Map<string, Answering>([
    [
      "/activity",
      answering("activity.list", (query) => ({
        items: items.filter(isAsked(query)),
        next: null,
        head: ACTIONS,
      })),
    ],
    ["/actions/get", answering("actions.get", actionFor)],
    ["/approvals", answering("approvals.list", () => ({ items: [...WAITING], next: null }))],
    ["/approvals/get", answering("approvals.get", heldFor)],
    ["/approvals/reviews", answering("approvals.reviews", () => ({ items: [...REVIEWS] }))],
    ...HOUSE,
    ...GRANT_ANSWERS,
    ...DUTY_ANSWERS,
    ...STOP_ANSWERS,
    ...WEB_ANSWERS,
    ...FLEET_ANSWERS,
  ]);
}

const isAsked =
  (query: URLSearchParams) =>
  ({ agent, server }: ActivityItem): boolean =>
    (query.get("agent") ?? agent) === agent && (query.get("server") ?? server) === server;

/** A house in which nothing has happened yet. */
export function emptySeed(): ReadonlyMap<string, Answering> {
  const empty = answering("agents.list", () => ({ items: [], next: null }));
  const lists = [
    "/approvals",
    "/approvals/reviews",
    "/agents",
    "/servers",
    "/tools",
    "/upstreams",
    "/models",
    "/models/routes",
    "/budgets",
    "/delegations",
    "/grants",
    "/channels",
    "/channels/links",
    "/channels/routes",
    "/channels/platforms",
  ];
  return new Map<string, Answering>([
    ...lists.map((path) => [path, empty] as const),
    NO_STATS,
    ...NO_DUTIES,
    ...NO_STOPS,
    ...NO_WEB,
    ...NO_FLEET,
    ...NO_REGISTER,
    ["/activity", answering("activity.list", () => ({ items: [], next: null, head: -1 }))],
  ]);
}

/** A held, a refused or an allowed action, by the end of its id. */
function actionFor(query: URLSearchParams): OutputOf<"actions.get"> {
  const wanted = query.get("action");
  return [REFUSED, ALLOWED].find(({ id }) => id === wanted) ?? ACTION;
}

const ended = { verdict: null, policies: [], code: null, status: null, by: null };

const ACTION: OutputOf<"actions.get"> = {
  id: idOf("act", 60),
  at: ago(64),
  agent: "mailbot",
  onBehalfOf: "ben",
  session: idOf("ses", 1),
  stage: "enforce",
  bypassable: "not seen",
  door: "mcp",
  verb: "tools/call",
  server: "mail",
  name: "send",
  effects: ["write", "outbound"],
  verdict: "hold",
  code: null,
  policies: ["hold-mail-outside"],
  policySet: "sha256:5f2b7a90c1",
  approval: idOf("apr", 60),
  outcome: null,
  model: null,
  usage: null,
  costMicroUsd: null,
  durationMs: null,
  grant: null,
  reason: "Mail that leaves the house waits for a person.",
  remedy: "Someone of finance has to approve it; ask again with the same arguments.",
  entries: [
    { ...ended, index: 118, kind: "verdict", at: ago(64), verdict: "hold", policies: ["hold-mail-outside"] },
    { ...ended, index: 119, kind: "approval.requested", at: ago(64) },
  ],
  flow: null,
  doubts: [],
  arguments: MAIL,
  result: null,
};

const REFUSED: OutputOf<"actions.get"> = {
  ...ACTION,
  id: idOf("act", 59),
  agent: "deploy-agent",
  onBehalfOf: null,
  bypassable: "yes",
  door: "llm",
  server: "agent:deploy-agent",
  name: "bash",
  effects: ["destructive"],
  verdict: "deny",
  code: "policy_denied",
  policies: ["no-shell"],
  approval: null,
  model: "llama3.2:3b",
  reason: "Shell commands of this agent are not allowed.",
  remedy: "Use the deploy tool of the server ci.",
  entries: [{ ...ended, index: 116, kind: "verdict", at: ago(99), verdict: "deny", policies: ["no-shell"] }],
  arguments: { command: "rm -rf /var/lib/releases/old && ./deploy.sh" },
};

const ALLOWED: OutputOf<"actions.get"> = {
  ...ACTION,
  id: idOf("act", 58),
  agent: "deploy-agent",
  onBehalfOf: null,
  door: "llm",
  verb: "models/generate",
  server: "ollama",
  name: "llama3.2:3b",
  effects: ["read"],
  verdict: "allow",
  policies: ["models-in-the-house"],
  approval: idOf("apr", 58),
  outcome: "ok",
  model: "llama3.2:3b",
  usage: { inputTokens: 812, outputTokens: 164 },
  costMicroUsd: 1_240,
  durationMs: 2_431,
  reason: "A model outside the house waits for a person.",
  remedy: "Someone of finance has to approve it.",
  entries: [
    { ...ended, index: 109, kind: "verdict", at: ago(190), verdict: "hold", policies: ["ask-first"] },
    { ...ended, index: 110, kind: "approval.requested", at: ago(190) },
    { ...ended, index: 111, kind: "approval.decided", at: ago(121), status: "approved", by: "ana" },
    {
      ...ended,
      index: 112,
      kind: "intent",
      at: ago(121),
      verdict: "allow",
      policies: ["models-in-the-house"],
    },
    { ...ended, index: 113, kind: "outcome", at: ago(119), status: "ok" },
  ],
  arguments: { model: "llama3.2:3b", messages: [{ role: "user", content: "Summarise the release notes." }] },
  result: { text: "Three fixes and one new page." },
};
