import { operationNamed, type OperationName, type OutputOf } from "#operations";
import type { Json } from "#base";
import type { Answering } from "../journeys/console-harness.ts";

/** When every picture of the console is taken. */
export const SEED_NOW = Date.UTC(2026, 10, 21, 14, 30);

/** One id of each kind: `idOf("act", 7)`. */
export function idOf(kind: string, count: number): string {
  return `${kind}_${String(count).padStart(26, "0")}`;
}

/** What a reading operation answers; a seed that its own output schema refuses fails here. */
export function answering<Name extends OperationName>(
  name: Name,
  answer: (query: URLSearchParams) => OutputOf<Name>,
): Answering {
  const { output } = operationNamed(name);
  return (query) => output.parse(answer(query)) as Json;
}

export type ActivityItem = OutputOf<"activity.list">["items"][number];

const ago = (seconds: number): string => new Date(SEED_NOW - seconds * 1_000).toISOString();

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
    kind: verdict === "allow" ? "intent" : "verdict",
    action: idOf("act", index),
    agent,
    agentId: idOf("agt", 1),
    session: idOf("ses", 1),
    door: isModel || server.startsWith("agent:") ? "llm" : "mcp",
    verb: isModel ? "models/generate" : "tools/call",
    server,
    name,
    effects: [...effects],
    verdict,
    code: verdict === "deny" ? "policy_denied" : null,
    policies: [policy],
    approval: verdict === "hold" ? idOf("apr", index) : null,
    status: verdict === "allow" ? "ok" : null,
    durationMs: verdict === "allow" ? 12 + (index % 7) * 9 : null,
    model: isModel ? "llama3.2:3b" : null,
    usage: isModel ? { inputTokens: 812, outputTokens: 164 } : null,
  };
}

const ACTIONS = 60;

/** What a house with a few agents answers, by address. */
export function seed(): ReadonlyMap<string, Answering> {
  const items = Array.from({ length: ACTIONS }, (_, n) => activityItem(ACTIONS - n, 4 + n * 37));
  return new Map<string, Answering>([
    ["/activity", answering("activity.list", () => ({ items, next: null, head: ACTIONS }))],
    ["/actions/get", answering("actions.get", () => ACTION)],
    ["/approvals", answering("approvals.list", () => ({ items: [heldAction()], next: null }))],
    ["/approvals/get", answering("approvals.get", () => ({ ...heldAction(), arguments: MAIL }))],
    ["/agents", answering("agents.list", () => ({ items: [...AGENTS], next: null }))],
    ["/servers", answering("servers.list", () => ({ items: [...SERVERS], next: null }))],
    ["/tools", answering("tools.list", () => ({ items: [], next: null }))],
    ["/upstreams", answering("upstreams.list", () => ({ items: [], next: null }))],
    ["/models", answering("models.list", () => ({ items: [], next: null }))],
    ["/budgets", answering("budgets.list", () => ({ items: [], next: null }))],
  ]);
}

/** A house in which nothing has happened yet. */
export function emptySeed(): ReadonlyMap<string, Answering> {
  const empty = answering("agents.list", () => ({ items: [], next: null }));
  const lists = ["/approvals", "/agents", "/servers", "/tools", "/upstreams", "/models", "/budgets"];
  return new Map<string, Answering>([
    ...lists.map((path) => [path, empty] as const),
    ["/activity", answering("activity.list", () => ({ items: [], next: null, head: -1 }))],
  ]);
}

const MAIL = {
  to: "finance@example.com",
  subject: "Invoice 4711",
  body: "Please pay by Friday.\nThe account is in the attachment.",
  attachments: ["invoice-4711.pdf"],
  copies: 2,
};

function heldAction(): OutputOf<"approvals.list">["items"][number] {
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
    groups: ["finance"],
    decisions: [],
    requestedAt: ago(64),
    expiresAt: ago(-840),
  };
}

const ACTION: OutputOf<"actions.get"> = {
  id: idOf("act", 60),
  at: ago(64),
  agent: "mailbot",
  session: idOf("ses", 1),
  stage: "enforce",
  bypassable: "not seen",
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
  entries: [
    { index: 118, kind: "verdict", at: ago(64) },
    { index: 119, kind: "approval.requested", at: ago(64) },
  ],
  arguments: MAIL,
  result: null,
};

const agent = (count: number, name: string, purpose: string): OutputOf<"agents.list">["items"][number] => ({
  id: idOf("agt", count),
  name,
  owner: idOf("usr", 1),
  purpose,
  stage: "enforce",
  bypassable: "not seen",
  observeUntil: null,
  grantedTools: ["mail/send"],
  ownTools: "not governed",
  dialects: [],
  createdAt: ago(86_400),
  revokedAt: null,
});

const AGENTS = [
  agent(1, "mailbot", "answers support mail"),
  {
    ...agent(2, "scribe", "keeps the wiki in order"),
    stage: "observe" as const,
    observeUntil: ago(-864_000),
  },
  { ...agent(3, "deploy-agent", "ships what was merged"), bypassable: "yes" as const, grantedTools: [] },
  { ...agent(4, "old-crawler", ""), revokedAt: ago(3_600), grantedTools: [] },
];

const server = (name: string, runs: string): OutputOf<"servers.list">["items"][number] => ({
  name,
  transport: runs.startsWith("http") ? "http" : "stdio",
  status: "active",
  reason: null,
  runs,
  pinned: "sha256:77aa01",
  identity: "sha256:77aa01",
  connections: 2,
  lastFailure: null,
  authorizationUrl: null,
  addedAt: ago(86_400),
});

const SERVERS = [
  server("fs", "npx -y @modelcontextprotocol/server-filesystem /srv/files"),
  { ...server("mail", "https://mail.example.com/mcp"), connections: 1 },
  {
    ...server("wiki", "https://wiki.example.com/mcp"),
    status: "held",
    reason: "what it runs has changed",
    connections: 0,
  },
];
