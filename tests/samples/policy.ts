import type { JsonObject } from "#base";
import type { Action, AgentId, Effect, PolicyId, ServerName, UserId, Verb } from "#vocabulary";
import {
  type AgentFacts,
  compilePolicies,
  type PolicySet,
  type PrincipalFacts,
  type Question,
  type ToolShape,
  type UserFacts,
} from "#policy";

// Samples for tests of policy: one server, three tools, one agent, one user.

const FS = "fs" as ServerName;

const PATH_SCHEMA: JsonObject = {
  type: "object",
  properties: {
    path: { type: "string" },
    depth: { type: "integer" },
    tags: { type: "array", items: { type: "string" } },
    force: { type: "boolean" },
  },
  required: ["path"],
};

export function tool(
  name: string,
  effects: Effect[],
  inputSchema: JsonObject | null = PATH_SCHEMA,
): ToolShape {
  return { server: FS, kind: "tool", name, effects, inputSchema };
}

export const TOOLS: readonly ToolShape[] = [
  tool("read_file", ["read"]),
  tool("create_directory", ["write"]),
  tool("write_file", ["destructive"]),
];

export const NOTES: AgentFacts = {
  type: "Agent",
  id: "agt_1",
  name: "notes",
  grantedTools: [],
  owner: "usr_1",
};
export const HELPER: AgentFacts = {
  type: "Agent",
  id: "agt_2",
  name: "helper",
  grantedTools: [],
  owner: "usr_2",
};
export const ANN: UserFacts = {
  type: "User",
  id: "usr_1",
  name: "Ann",
  groups: ["finance"],
  roles: ["owner"],
};

export interface Asking {
  readonly verb?: Verb;
  readonly name?: string;
  readonly effects?: readonly [Effect, ...Effect[]];
  readonly values?: JsonObject;
  readonly principals?: readonly PrincipalFacts[];
}

/** Agent "notes" reads /tmp/x with fs/read_file, unless told otherwise. */
export function ask(over: Asking = {}): Question {
  const { verb = "tools/call", name = "read_file", effects = ["read"], values = { path: "/tmp/x" } } = over;
  const { principals = [NOTES] } = over;
  const user = principals.find((one) => one.type === "User")?.id ?? null;
  const agents = principals.filter((one) => one.type === "Agent").map((one) => one.id);
  const action: Action = {
    door: "mcp",
    verb,
    target: { server: FS, name },
    arguments: values,
    destination: { kind: "mcp-server", server: FS, identity: "sha256:00" },
    chain: { user: user as UserId | null, agents: agents as unknown as [AgentId] },
    agentVersion: null,
    model: null,
  };
  return { action, facts: { fingerprint: null, effects }, principals, stage: "enforce" };
}

export function compiled(text: string, tools: readonly ToolShape[] = TOOLS): PolicySet {
  const result = compilePolicies(text, tools);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.set;
}

export function ids(...names: string[]): PolicyId[] {
  return names as PolicyId[];
}
