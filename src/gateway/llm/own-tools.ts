import { type Digest, digestOf, digestOfBytes, Fault, type JsonObject } from "#base";
import type { StateWrite } from "#ledger";
import { createDialectScanner, type DeclaredTool, DIALECTS } from "#llm";
import type { Store } from "#store";
import type { Identity, ServerName, ToolFacts } from "#vocabulary";
import { notAccepted } from "../attempt.ts";
import { digestColumn, effectsColumn } from "../columns.ts";
import { agentServer } from "../names.ts";
import { orLater } from "../rows.ts";
import { createToolWatch, type WatchLimits, type WatchOutside } from "../tool-watch.ts";
import { changedMeanwhile } from "../verdicts.ts";

/** The tools that agents run themselves: written down for review like those of a server, and known by what was accepted. */
export interface OwnTools {
  /**
   * Writes down what is new or changed of what an agent declares. Throws `llm_value_invalid` for two tools of one name or
   * too many, `llm_tools_refused` and `rate_limited` for more than people could ever review.
   */
  readonly declare: (identity: Identity, tools: readonly DeclaredTool[]) => Promise<void>;
  /** Writes down one tool that no request declares: a call in the model's text is all that is known of it. */
  readonly note: (identity: Identity, tool: DeclaredTool) => Promise<void>;
  /** What is known of a tool as it is declared now. `doubt`: why a person must look first; null where one has. */
  readonly review: (identity: Identity, tool: DeclaredTool) => Reviewed;
  /** Why a tool that was decided by `facts` is not that tool any more; null where it is. */
  readonly changed: (identity: Identity, name: string, facts: ToolFacts) => Fault | null;
}

export interface Reviewed {
  readonly facts: ToolFacts;
  readonly doubt: Fault | null;
}

/** An agent that describes its tools anew with every request stops itself (T21). */
const AGENT_WATCH_LIMITS: WatchLimits = {
  unreviewedMax: 512,
  seen: {
    callsPerSecond: 5,
    burst: 1_000,
    concurrentMax: 256,
    bytesPerMinute: 16 * 1024 * 1024,
    agentsMax: 10_000,
  },
};
const TOOLS_PER_REQUEST_MAX = 512;
const SESSIONS_MAX = 10_000;

/** What nobody has looked at may do anything. */
export const UNREVIEWED: ToolFacts = { fingerprint: null, effects: ["destructive", "outbound"] };
/** A custom tool takes free text. */
const FREE_TEXT: JsonObject = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
};

export function createOwnTools(outside: WatchOutside): OwnTools {
  const watch = createToolWatch(outside, AGENT_WATCH_LIMITS);
  const noteTools = toolsSeen(outside);
  const declared = new Map<string, Digest>();
  /** By agent: of two requests at once, the second compares with what the first wrote down. */
  const underWay = new Map<string, Promise<void>>();
  const write = async (identity: Identity, tools: readonly DeclaredTool[]): Promise<void> => {
    const server = agentServer(identity.agentName);
    if (!hasServer(outside.store, server)) await addServer(outside, identity, server);
    try {
      await watch(server, "tool", tools.map(definitionOf));
    } catch (error) {
      throw error instanceof Fault && error.code === "upstream_list_refused" ? tooMuch(error) : error;
    }
    noteTools(identity);
  };
  const inTurn = async (identity: Identity, tools: readonly DeclaredTool[]): Promise<void> => {
    const agent = agentIdOf(identity);
    const before = underWay.get(agent) ?? Promise.resolve();
    const own = before.catch(() => {}).then(() => write(identity, tools));
    underWay.set(agent, own);
    try {
      await own;
    } finally {
      if (underWay.get(agent) === own) underWay.delete(agent);
    }
  };
  return {
    note: (identity, tool) => inTurn(identity, [tool]),
    declare: async (identity, tools) => {
      if (tools.length === 0) return;
      const seen = digestOfBytes(JSON.stringify(tools));
      if (declared.get(identity.session) === seen) return;
      checkNames(tools);
      await inTurn(identity, tools);
      if (declared.size >= SESSIONS_MAX) declared.clear();
      declared.set(identity.session, seen);
    },
    review: (identity, tool) => review(outside, agentServer(identity.agentName), tool),
    changed: (identity, name, { fingerprint }) => {
      const row = outside.rows.tool(agentServer(identity.agentName), "tool", name);
      return row?.accepted_fingerprint === fingerprint ? null : changedMeanwhile();
    },
  };
}

/** As an MCP tool definition, whose digest is what people accept (T14). */
export function definitionOf({ name, description, inputSchema }: DeclaredTool): JsonObject {
  return { name, description, inputSchema: inputSchema ?? FREE_TEXT };
}

/** Digest of what runs the tools: the agent. */
export function agentIdentity(identity: Identity): Digest {
  return digestOf(agentIdOf(identity));
}

function agentIdOf({ chain }: Identity): string {
  return chain.agents.at(-1) ?? "";
}

/** By what was accepted, not by what was seen last: a client of the same agent may have declared another meanwhile. */
function review({ rows }: WatchOutside, server: ServerName, tool: DeclaredTool): Reviewed {
  const row = rows.tool(server, "tool", tool.name);
  if (row === null) return { facts: UNREVIEWED, doubt: neverSeen(server, tool.name) };
  const accepted = row.accepted_fingerprint === null ? null : digestColumn(row.accepted_fingerprint);
  const facts: ToolFacts = { fingerprint: accepted, effects: effectsColumn(row.effects) };
  if (accepted !== null && accepted === digestOf(definitionOf(tool))) return { facts, doubt: null };
  return { facts, doubt: notAccepted("tool", accepted === null ? row : { ...row, status: "changed" }) };
}

function neverSeen(server: ServerName, name: string): Fault {
  return new Fault(
    "tool_not_accepted",
    `the tool ${server}/${name} is not yet accepted`,
    `A person looks with \`doorward tools list --server ${server}\` and accepts with \`doorward tools accept ${server}/${name}\`.`,
  );
}

function hasServer({ connection }: Store, server: ServerName): boolean {
  return connection.prepare("SELECT 1 FROM servers WHERE name = ?").get(server) !== undefined;
}

/** On record by the agent's owner, who answers for what it declares. Two at once: the second finds it there. */
async function addServer(
  { ambient, journal }: WatchOutside,
  identity: Identity,
  server: ServerName,
): Promise<void> {
  const at = ambient.now();
  const agent = agentIdOf(identity);
  const digest = agentIdentity(identity);
  const body = { by: identity.ownerId, via: "llm-door", transport: "agent", agent, identity: digest };
  const row: StateWrite = {
    sql: `INSERT INTO servers (name, transport, configuration, pin, identity, status, status_reason, added_by, created_at)
      VALUES (?, 'agent', ?, ?, ?, 'active', NULL, ?, ?) ON CONFLICT (name) DO NOTHING`,
    parameters: [
      server,
      JSON.stringify({ transport: "agent", agent }),
      JSON.stringify({ kind: "agent", agent }),
      digest,
      identity.ownerId,
      at,
    ],
    changes: 1,
  };
  await journal.append({ entries: [{ kind: "server.added", subject: server, at, body }], writes: [row] });
}

/** T5: an agent whose tools are declared is one whose local tools are governed. */
function toolsSeen({ ambient, store }: WatchOutside): (identity: Identity) => void {
  const update = store.connection.prepare("UPDATE agents SET seen_tools_at = ? WHERE id = ?");
  return (identity) => orLater(() => update.run(ambient.now(), agentIdOf(identity)));
}

function checkNames(tools: readonly DeclaredTool[]): void {
  if (tools.length > TOOLS_PER_REQUEST_MAX) {
    throw new Fault(
      "llm_value_invalid",
      `the field \`tools\` has ${tools.length} tools; at most ${TOOLS_PER_REQUEST_MAX} are taken`,
      "Declare fewer tools in one request.",
    );
  }
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name)) {
      throw new Fault(
        "llm_value_invalid",
        `the field \`tools\` has two tools named ${JSON.stringify(name.slice(0, 128))}`,
        "Give each tool a name of its own: a call names its tool and nothing else.",
      );
    }
    if (createDialectScanner(DIALECTS).push(name) === "call") throw dialectName(name);
    names.add(name);
  }
}

/** A refusal names the tool, and a client that reads calls out of text would find one there (T5). */
function dialectName(name: string): Fault {
  return new Fault(
    "llm_value_invalid",
    `the field \`tools\` has a tool whose name begins a tool call as models write them: ${JSON.stringify(name.slice(0, 20))}`,
    "Name it with letters, digits, `_`, `-`, `.` and `/`.",
  );
}

function tooMuch(cause: Fault): Fault {
  return new Fault(
    "llm_tools_refused",
    `the tools that this agent declares were refused: ${cause.message}`,
    "Nothing was asked of the model. Declare fewer or smaller tools, and describe them the same way every time; people review each change.",
    cause,
  );
}
