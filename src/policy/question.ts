import type { Digest, JsonObject } from "#base";
import type { Action, Effect, FlowFacts, ServedModel, ServerName, Stage, ToolFacts, Verb } from "#vocabulary";
import type { DelegationFacts } from "./delegation.ts";

/** A tool or prompt that people accepted, as far as policy needs to know it. */
export interface ToolShape {
  readonly server: ServerName;
  readonly kind: "tool" | "prompt";
  readonly name: string;
  readonly effects: readonly Effect[];
  readonly inputSchema: JsonObject | null;
}

/** What is known of one member of the principal chain when it is decided. */
export type PrincipalFacts = UserFacts | AgentFacts;

export interface UserFacts {
  readonly type: "User";
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
}

export interface AgentFacts {
  readonly type: "Agent";
  readonly id: string;
  readonly name: string;
  /** `server/tool`, one each. */
  readonly grantedTools: readonly string[];
  /** Hosts of the http door that an admin let it reach: `web:api.github.com`, `web:*.github.com`, `web:*`. Absent: none. */
  readonly readHosts?: readonly string[];
  /** Those of them that it may send to as well. */
  readonly writeHosts?: readonly string[];
  /** Id of the user who answers for it. */
  readonly owner: string;
  /** Digest of what else people set about it: no policy sees it, and an approval is bound to it (T10). */
  readonly version?: Digest;
  /** Under which it acts for the principal before it in the chain; absent where it acts for nobody. */
  readonly delegation?: DelegationFacts;
}

/** How the budgets stand that count the action; see `context.budget` in `docs/guide/policy.md`. */
export interface BudgetFacts {
  /** Names of those that the action would take over their amount. */
  readonly exceeded: readonly string[];
  /** The fullest one, the action included; 100 is full. */
  readonly usedPercent: number;
}

/** One action and all that policy may know about it. `principals` follow `action.chain`: the user if any, then agents. */
export interface Question {
  readonly action: Action;
  readonly facts: ToolFacts;
  readonly principals: readonly PrincipalFacts[];
  readonly stage: Stage;
  readonly session?: string;
  /** Only `models/…` are counted; absent: no budget counts it. */
  readonly budget?: BudgetFacts;
  /** Where the values come from; absent where nothing is traced, and then no rule on flow applies. */
  readonly flow?: FlowFacts;
  /** The model that would answer; absent where nobody looked: then it is one of which a name is known alone. */
  readonly weights?: ServedModel;
}

/** A Cedar entity's name. */
export type Uid = { readonly type: string; readonly id: string };

export const NAMESPACE = "Doorward";

export function uid(type: string, id: string): Uid {
  return { type: `${NAMESPACE}::${type}`, id };
}

export function actionUid(id: string): Uid {
  return uid("Action", id);
}

/** `server/tool`: how policies, grants and people name a tool. */
export function toolId(server: string, name: string): string {
  return `${server}/${name}`;
}

/** Every verb that is one Cedar action whatever its target. `tools/call` has an action per tool, and is their group. */
export const VERB_ACTIONS: Readonly<
  Record<Exclude<Verb, "tools/call">, { readonly resource: string; readonly groups: readonly Effect[] }>
> = {
  "resources/read": { resource: "Resource", groups: ["read"] },
  "resources/subscribe": { resource: "Resource", groups: ["read"] },
  "prompts/get": { resource: "Prompt", groups: ["read"] },
  "completion/complete": { resource: "Server", groups: ["read"] },
  "sampling/createMessage": { resource: "Server", groups: [] },
  "elicitation/create": { resource: "Server", groups: [] },
  "roots/list": { resource: "Server", groups: [] },
  "models/generate": { resource: "Model", groups: [] },
  "models/embed": { resource: "Model", groups: [] },
  "models/host-tool": { resource: "HostedTool", groups: [] },
  "models/fetch-url": { resource: "Resource", groups: [] },
  // In no group: a text that permits every read of tools was not written for the whole web.
  "http/read": { resource: "Url", groups: [] },
  "http/write": { resource: "Url", groups: [] },
  "http/delete": { resource: "Url", groups: [] },
  "http/open": { resource: "Url", groups: [] },
  "http/message": { resource: "Url", groups: [] },
  "http/tunnel": { resource: "Url", groups: [] },
};

export const EFFECTS: readonly Effect[] = ["read", "write", "destructive", "outbound"];

export const TOOLS_CALL = "tools/call";

/** Actions at the llm door that an upstream of models carries out: what budgets count. */
export function isModelVerb(verb: string): boolean {
  return verb.startsWith("models/");
}

/** Actions at the http door that no API's document names. */
export function isWebVerb(verb: string): boolean {
  return verb.startsWith("http/");
}

/** The server that stands for every host reached through the http door. */
export const WEB_SERVER = "web:*";

/** Whether a server is no server but a host of the http door, `web:<host>`; no admin can name a server so. */
export function isWebHost(server: string): boolean {
  return server.startsWith("web:");
}

/** The server that stands for the agents' own tools, whoever's they are. */
export const ALL_AGENTS_SERVER = "agents";

/** Whether a server is no server but the tools that one agent runs itself; no admin can name a server so. */
export function isAgentServer(server: string): boolean {
  return server.startsWith("agent:");
}

/**
 * The servers a server belongs to, itself first. The tools that agent `mailbot` runs itself are those of a server
 * `agent:mailbot`, which is one of `agents`; `web:api.github.com` is one of `web:*.github.com`, `web:*.com` and `web:*`.
 */
export function serversOf(server: string): readonly Uid[] {
  const own = uid("Server", server);
  if (isAgentServer(server)) return [own, uid("Server", ALL_AGENTS_SERVER)];
  return isWebHost(server) ? [own, ...domainsOf(server), uid("Server", WEB_SERVER)] : [own];
}

/** The domains that a host's name lies in; an address lies in none. */
function domainsOf(server: string): readonly Uid[] {
  const host = hostOf(server);
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return [];
  const labels = host.split(".");
  return labels.slice(1).map((_, index) => uid("Server", `web:*.${labels.slice(index + 1).join(".")}`));
}

/** `api.github.com` of `web:api.github.com:8443`; an IPv6 address with its brackets. */
export function hostOf(server: string): string {
  return server.replace(/^web:/, "").replace(/:\d+$/, "");
}

/**
 * Names that no server may have: `tools/call` and its like are actions of their own, and a tool `call` of a server
 * `tools` would be mistaken for it.
 */
export const RESERVED_SERVER_NAMES: ReadonlySet<string> = new Set([
  ...[TOOLS_CALL, ...Object.keys(VERB_ACTIONS)].map((verb) => verb.split("/")[0] ?? verb),
  ALL_AGENTS_SERVER,
]);
