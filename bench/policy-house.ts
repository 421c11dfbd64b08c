import type { JsonObject } from "#base";
import type { AgentFacts, Question, ToolShape, UserFacts } from "#policy";
import type { Action, AgentId, Effect, ServerName, UserId } from "#vocabulary";

// A house of 30 entities and a policy set of any size, as sets grow: a few rules for all, and ever more grants to one
// agent, conditions on one tool, and exceptions for one group or server.
export const AGENTS = 10;
const USERS = 6;
const SERVERS = 4;
const EFFECTS: readonly (readonly [Effect, ...Effect[]])[] = [
  ["read"],
  ["write"],
  ["destructive", "outbound"],
];
const GROUPS = ["finance", "engineering", "support"];

const SCHEMA: JsonObject = {
  type: "object",
  properties: {
    path: { type: "string" },
    recipient: { type: "string" },
    amount: { type: "integer" },
    tags: { type: "array", items: { type: "string" } },
    force: { type: "boolean" },
  },
  required: ["path"],
};

const names = (stem: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${stem}${at}`);
const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index % list.length];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

/** A name of the benchmark's own making, for whichever kind of id is wanted. */
function branded(name: string): ServerName & UserId & AgentId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing outside this file makes these names
  return name as ServerName & UserId & AgentId;
}

const SERVER_NAMES = names("server", SERVERS);
const TOOLS: readonly (ToolShape & { readonly effects: readonly [Effect, ...Effect[]] })[] =
  SERVER_NAMES.flatMap((server) =>
    EFFECTS.map((effects, index) => ({
      server: branded(server),
      kind: "tool" as const,
      name: `tool${index}`,
      effects,
      inputSchema: SCHEMA,
    })),
  );
export const TOOL_SHAPES: readonly ToolShape[] = TOOLS;
const TOOL_IDS = TOOLS.map(({ server, name }) => `${server}/${name}`);

/** Cedar text of so many policies. */
export function policyText(count: number): string {
  const common = COMMON.slice(0, count);
  const rest = Array.from({ length: count - common.length }, (_, index) => grown(index));
  return [...common, ...rest].map((text, index) => `@id("p${index}") ${text}`).join("\n");
}

const ACTION = "Doorward::Action";
const COMMON = [
  `permit (principal is Doorward::User, action, resource);`,
  `permit (principal is Doorward::Agent, action in ${ACTION}::"read", resource);`,
  `permit (principal is Doorward::Agent, action in [${ACTION}::"write", ${ACTION}::"destructive", ${ACTION}::"outbound"], resource);`,
  `@hold("admins") forbid (principal is Doorward::Agent, action in ${ACTION}::"write", resource is Doorward::Tool) when { context.stage == "enforce" && principal.name like "guest*" };`,
  `forbid (principal is Doorward::Agent, action in ${ACTION}::"destructive", resource is Doorward::Tool) unless { principal.grantedTools.contains(resource) };`,
  `forbid (principal is Doorward::Agent, action in ${ACTION}::"outbound", resource is Doorward::Tool) unless { principal.grantedTools.contains(resource) };`,
];

/**
 * One of the many: of ten, four grants, three conditions on a tool, one on an
 * agent, one on a group, and one on a server or, every fifth time, for everybody.
 */
function grown(index: number): string {
  const agent = `principal == Doorward::Agent::"agent${index % (AGENTS * 8)}"`;
  const known = at(TOOL_IDS, index * 7);
  const tool = `action == ${ACTION}::"${known}"`;
  const of = Math.floor(index / 10);
  switch (index % 10) {
    case 0:
    case 1:
    case 2:
    case 3:
      return `permit (${agent}, ${tool}, resource);`;
    case 4:
      return `forbid (${agent}, ${tool}, resource) when { context.input.path like "/secret/${of}/*" };`;
    case 5:
      return `@hold("admins") forbid (${agent}, ${tool}, resource) when { context.input has amount && context.input.amount > ${1000 + of} };`;
    case 6:
      return `forbid (${agent}, ${tool}, resource) when { context.input has tags && context.input.tags.containsAny(["secret", "case-${of}"]) };`;
    case 7:
      return `forbid (${agent}, action, resource) when { context.stage == "observe" && context.door == "http" };`;
    case 8:
      return `forbid (principal in Doorward::Group::"group${of}", action, resource) when { context.effects.contains("destructive") };`;
    default:
      return of % 5 === 0
        ? `forbid (principal, action in ${ACTION}::"outbound", resource) when { context.door == "http" || context has session && context.session like "case-${of}-*" };`
        : `forbid (principal, action, resource in Doorward::Server::"other${of}") when { context has session && context.session == "case-${of}" };`;
  }
}

/** The set of `bench:gateway`: three quarters of its policies apply to every model call, and each looks at it. */
export function broadPolicyText(count: number): string {
  const forbids = Array.from({ length: count - 1 }, (_, index) => `@id("p${index + 1}") ${broad(index + 1)}`);
  return [
    `@id("p0") permit (principal is Doorward::Agent, action == ${ACTION}::"models/generate", resource);`,
    ...forbids,
  ].join("\n");
}

function broad(index: number): string {
  const generate = `action == ${ACTION}::"models/generate"`;
  switch (index % 4) {
    case 0:
      return `forbid (principal, ${generate}, resource == Doorward::Model::"bench/closed-${index}");`;
    case 1:
      return `forbid (principal, ${generate}, resource) when { context.budget.usedPercent > ${100 + index} };`;
    case 2:
      return `forbid (principal is Doorward::Agent, ${generate}, resource) when { principal.name == "nobody-${index}" };`;
    default:
      return `forbid (principal, ${generate}, resource) when { context.effects.contains("destructive") && context.door == "llm" };`;
  }
}

const agentFacts = (index: number): AgentFacts => ({
  type: "Agent",
  id: `agent${index}`,
  name: `agent-${index}`,
  grantedTools: TOOL_IDS.filter((_, tool) => (tool + index) % 2 === 0),
  owner: `user${index % USERS}`,
});

const userFacts = (index: number): UserFacts => ({
  type: "User",
  id: `user${index % USERS}`,
  name: `User ${index % USERS}`,
  groups: [at(GROUPS, index)],
  roles: ["member"],
});

export const AGENT_FACTS = Array.from({ length: AGENTS }, (_, index) => agentFacts(index));
export const USER_FACTS = Array.from({ length: USERS }, (_, index) => userFacts(index));

/** The nth of as many different questions as one likes: no two have the same arguments. */
export function question(index: number): Question {
  const tool = at(TOOLS, index);
  const agent = at(AGENT_FACTS, index * 7);
  const user = at(USER_FACTS, index);
  return {
    action: actionOf(tool, index, { user: user.id, agent: agent.id }),
    facts: { effects: tool.effects, fingerprint: null },
    principals: [user, agent],
    stage: "enforce",
    session: `session-${index}`,
  };
}

/** As `question`, of a model. */
export function modelQuestion(index: number): Question {
  const { action, ...asked } = question(index);
  const server = branded("bench");
  const name = `model-${index % 50}`;
  return {
    ...asked,
    action: {
      ...action,
      door: "llm",
      verb: "models/generate",
      target: { server, name },
      destination: { kind: "model-upstream", server, identity: "sha256:00" },
      model: name,
    },
    facts: { effects: ["read"], fingerprint: null },
    budget: { exceeded: [], usedPercent: index % 100 },
  };
}

function actionOf(
  { server, name }: ToolShape,
  index: number,
  who: { readonly user: string; readonly agent: string },
): Action {
  return {
    door: "mcp",
    verb: "tools/call",
    target: { server, name },
    arguments: {
      path: `/work/${index}/notes.txt`,
      recipient: `person-${index}@example.org`,
      amount: index % 900,
      tags: ["draft", `tag-${index}`],
    },
    destination: { kind: "mcp-server", server, identity: "sha256:00" },
    chain: { user: branded(who.user), agents: [branded(who.agent)] },
    agentVersion: null,
    model: null,
  };
}

const uid = (type: string, id: string): Uid => ({ type: `Doorward::${type}`, id });

/** Every agent, user, tool, server and group of actions, as Cedar's own entities: 30 and the actions. */
export function entitiesJson(): readonly EntityJson[] {
  return [
    ...AGENT_FACTS.map(({ id, name, owner, grantedTools }) => ({
      uid: uid("Agent", id),
      attrs: { name, owner, grantedTools: grantedTools.map((tool) => ({ __entity: uid("Tool", tool) })) },
      parents: [],
    })),
    ...USER_FACTS.map(({ id, name, roles, groups }) => ({
      uid: uid("User", id),
      attrs: { name, roles: [...roles] },
      parents: groups.map((group) => uid("Group", group)),
    })),
    ...TOOLS.map(({ server, name }) => ({
      uid: uid("Tool", `${server}/${name}`),
      attrs: { name },
      parents: [uid("Server", server)],
    })),
    ...TOOLS.map(({ server, name, effects }) => ({
      uid: uid("Action", `${server}/${name}`),
      attrs: {},
      parents: ["tools/call", ...effects].map((group) => uid("Action", group)),
    })),
    ...["finance", "engineering"].map((group) => ({ uid: uid("Group", group), attrs: {}, parents: [] })),
  ];
}

type Uid = { readonly type: string; readonly id: string };
export interface EntityJson {
  readonly uid: Uid;
  readonly attrs: { readonly [name: string]: string | string[] | { readonly __entity: Uid }[] };
  readonly parents: Uid[];
}
