import type { Json, JsonObject } from "#base";
import {
  effectsFor,
  type Flow,
  type FlowSettings,
  type FlowSnapshot,
  openFlow,
  type SaidLabel,
  type ToolManifest,
} from "#flow";
import { compilePolicies, decide, type PolicySet, STARTER_POLICY } from "#policy";
import type { AgentId, FlowFacts, ServerName } from "#vocabulary";

/** An office that no benchmark knows: mail, notes, payments, a chat, a shell, the web. Labels as a careful person would write them. */
const OUTSIDE = { integrity: "untrusted" } as const;
const OURS = { integrity: "trusted" } as const;

export const OFFICE: readonly ToolManifest[] = [
  { tool: "office/find_letters", effect: "read", roles: { text: "query", sender: "query" }, output: OUTSIDE },
  {
    tool: "office/write_letter",
    effect: "send",
    roles: { recipients: "destination", subject: "content", body: "content", enclosures: "selector" },
    output: OURS,
  },
  { tool: "office/shred_letter", effect: "destroy", roles: { letter_id: "selector" }, output: OURS },
  {
    tool: "office/look_up_person",
    effect: "read",
    roles: { name: "query" },
    output: { ...OURS, directory: true },
  },
  { tool: "office/add_person", effect: "write", roles: { name: "content", email: "content" }, output: OURS },
  { tool: "web/search", effect: "read", roles: { query: "content", count: "control" }, output: OUTSIDE },
  { tool: "office/find_notes", effect: "read", roles: { text: "query" }, output: OUTSIDE },
  { tool: "office/open_handbook", effect: "read", roles: { page: "query" }, output: OURS },
  { tool: "office/make_note", effect: "write", roles: { title: "content", text: "content" }, output: OURS },
  {
    tool: "office/extend_note",
    effect: "write",
    roles: { note_id: "selector", text: "content" },
    output: OUTSIDE,
  },
  { tool: "office/shred_note", effect: "destroy", roles: { note_id: "selector" }, output: OURS },
  {
    tool: "office/share_note",
    effect: "send",
    roles: { note_id: "selector", with: "destination" },
    output: OURS,
  },
  { tool: "office/read_payslip", effect: "read", roles: {}, output: { ...OURS, confidential: true } },
  { tool: "office/list_rooms", effect: "read", roles: {}, output: OUTSIDE },
  {
    tool: "office/say_in_room",
    effect: "send",
    roles: { room: "destination", text: "content" },
    output: OURS,
  },
  { tool: "bank/list_payments", effect: "read", roles: {}, output: OUTSIDE },
  {
    tool: "bank/pay",
    effect: "money",
    roles: { to: "account", amount: "amount", reference: "content" },
    output: OURS,
  },
  { tool: "web/open_page", effect: "fetch", roles: { url: "destination" }, output: OUTSIDE },
  { tool: "login/set_password", effect: "account", roles: { password: "credential" }, output: OURS },
  { tool: "shell/run", effect: "execute", roles: { command: "command" }, output: OUTSIDE },
];

export const OWN = "ada@lovelace.example";
const AGENT = "agt_flow" as AgentId;
const BY_NAME = new Map(OFFICE.map((manifest) => [manifest.tool, manifest]));

export function manifestOf(tool: string): ToolManifest {
  const manifest = BY_NAME.get(tool);
  if (manifest === undefined) throw new Error(`no tool ${tool}`);
  return manifest;
}

let compiled: PolicySet | null = null;

function policySet(): PolicySet {
  const tools = OFFICE.map(({ tool, effect }) => {
    const [server = "", name = ""] = tool.split("/");
    return {
      server: server as ServerName,
      kind: "tool" as const,
      name,
      effects: effectsFor(effect),
      inputSchema: {},
    };
  });
  const read = compilePolicies(STARTER_POLICY, tools);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return (compiled ??= read.set);
}

export interface House {
  readonly flow: Flow;
  /** The agent gets to see this. */
  readonly sees: (
    tool: string,
    args: JsonObject,
    result: Json,
    extra?: { isError?: boolean; said?: SaidLabel },
  ) => void;
  readonly facts: (tool: string, args: JsonObject) => FlowFacts;
  /** `allow`, or the policies that hold or deny it. */
  readonly tries: (tool: string, args: JsonObject) => string;
}

/** A session in the house, with the user's words from a channel that the agent cannot write. */
export function openHouse(
  words: string | null,
  settings: Partial<FlowSettings> = {},
  snapshot?: FlowSnapshot,
): House {
  const flow = openFlow({ own: [OWN], ...settings }, snapshot);
  if (words !== null) flow.say({ standing: "attested", text: words });
  const facts: House["facts"] = (tool, args) => flow.judge({ manifest: manifestOf(tool), arguments: args });
  return {
    flow,
    facts,
    sees: (tool, args, result, extra = {}) => {
      flow.observe({ manifest: manifestOf(tool), arguments: args, result, ...extra });
    },
    tries: (tool, args) => verdictOn(tool, args, facts(tool, args)),
  };
}

export function verdictOn(tool: string, args: JsonObject, flow: FlowFacts): string {
  const set = policySet();
  const [server = "", name = ""] = tool.split("/");
  const verdict = decide(set, {
    action: {
      door: "mcp",
      verb: "tools/call",
      target: { server: server as ServerName, name },
      arguments: args,
      destination: { kind: "mcp-server", server: server as ServerName, identity: "sha256:0" },
      chain: { user: null, agents: [AGENT] },
      agentVersion: null,
      model: null,
    },
    facts: { fingerprint: null, effects: effectsFor(flow.effect) },
    principals: [
      {
        type: "Agent",
        id: AGENT,
        name: "clerk",
        owner: "usr_ada",
        grantedTools: OFFICE.map((one) => one.tool),
      },
    ],
    stage: "enforce",
    flow,
  });
  return verdict.kind === "allow" ? "allow" : verdict.grounds.map((ground) => ground.policy).join(" ");
}
