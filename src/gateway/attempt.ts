import { type Ambient, canonicalJson, type Digest, digestOfBytes, Fault, type JsonObject } from "#base";
import type { PrincipalFacts } from "#policy";
import type { Action, Effect, Identity, ServerName, ToolFacts, Verb } from "#vocabulary";
import { actionIdOf, digestColumn, effectsColumn } from "./columns.ts";
import type { Attempt } from "./outside.ts";
import type { Rows, ToolRow } from "./rows.ts";

export interface Wanted {
  readonly verb: Verb;
  readonly server: ServerName;
  /** As the server itself names it: tool, prompt, URI or server request. */
  readonly name: string;
  readonly arguments: JsonObject;
}

/** Who asks, with the facts policy needs of each principal in the chain. */
export interface Principal {
  readonly identity: Identity;
  readonly principals: readonly PrincipalFacts[];
}

/** Reads what was asked into an attempt. Throws a Fault where there is no such server, tool or prompt. */
export function attemptOf(ambient: Ambient, rows: Rows, who: Principal, wanted: Wanted): Attempt {
  const server = serverOf(rows, wanted.server);
  const { facts, blocked } = factsOf(rows, wanted);
  const action: Action = {
    door: "mcp",
    verb: wanted.verb,
    target: { server: wanted.server, name: wanted.name },
    arguments: wanted.arguments,
    destination: { kind: "mcp-server", server: wanted.server, identity: server.identity },
    chain: who.identity.chain,
    agentVersion: null,
    model: null,
  };
  const text = canonicalJson(action);
  return {
    id: actionIdOf(ambient.id("act")),
    identity: who.identity,
    principals: who.principals,
    action,
    digest: digestOfBytes(text),
    text,
    facts,
    blocked: server.held ?? blocked,
  };
}

/** Throws `server_unknown` or `server_held` unless the server may be connected to. */
export function assertActive(rows: Rows, name: ServerName): void {
  const { held } = serverOf(rows, name);
  if (held !== null) throw held;
}

interface KnownServer {
  readonly identity: Digest;
  readonly held: Fault | null;
}

function serverOf(rows: Rows, name: ServerName): KnownServer {
  const server = rows.serverIdentity(name);
  if (server === null || server.status === "removed") {
    throw new Fault(
      "server_unknown",
      `there is no server named ${name}`,
      "List them with `doorward servers list`.",
    );
  }
  const identity = digestColumn(server.identity);
  if (server.status === "active") return { identity, held: null };
  const held = new Fault(
    "server_held",
    `server ${name} is held: ${server.reason ?? "it changed since it was added"}`,
    `An admin reviews it with \`doorward servers get ${name}\` and accepts it with \`doorward servers refresh ${name}\`.`,
  );
  return { identity, held };
}

type UnreviewedVerb = Exclude<Verb, "tools/call" | "prompts/get">;

const BY_VERB: Readonly<Record<UnreviewedVerb, readonly [Effect, ...Effect[]]>> = {
  "resources/read": ["read"],
  "resources/subscribe": ["read"],
  "completion/complete": ["read"],
  "roots/list": ["read"],
  "elicitation/create": ["read"],
  "sampling/createMessage": ["outbound"],
  "models/generate": ["read"],
  "models/embed": ["read"],
  "models/host-tool": ["outbound"],
  "models/fetch-url": ["outbound"],
  "http/read": ["read"],
  "http/write": ["outbound", "write"],
  "http/delete": ["destructive", "outbound"],
  "http/open": ["outbound"],
  "http/message": ["outbound"],
  "http/tunnel": ["outbound"],
};

interface Reviewed {
  readonly facts: ToolFacts;
  readonly blocked: Fault | null;
}

function factsOf(rows: Rows, wanted: Wanted): Reviewed {
  if (wanted.verb === "tools/call") return reviewed(rows, "tool", wanted);
  if (wanted.verb === "prompts/get") return reviewed(rows, "prompt", wanted);
  return { facts: { fingerprint: null, effects: BY_VERB[wanted.verb] }, blocked: null };
}

function reviewed(rows: Rows, kind: "tool" | "prompt", wanted: Wanted): Reviewed {
  const row = rows.tool(wanted.server, kind, wanted.name);
  if (row === null || row.status === "gone") {
    throw new Fault(
      "tool_unknown",
      `server ${wanted.server} has no ${kind} named ${wanted.name}`,
      `List what it has with \`doorward tools list --server ${wanted.server}\`.`,
    );
  }
  const facts: ToolFacts = {
    fingerprint: row.accepted_fingerprint === null ? null : digestColumn(row.accepted_fingerprint),
    effects: effectsColumn(row.effects),
  };
  const isAccepted = row.status === "accepted" && row.fingerprint === row.accepted_fingerprint;
  return { facts, blocked: isAccepted ? null : notAccepted(kind, row) };
}

/** T14: a definition nobody has reviewed, or one that is not what was reviewed, is not used. */
export function notAccepted(kind: string, row: ToolRow): Fault {
  const what =
    row.status === "changed"
      ? `the ${kind} ${row.server}/${row.name} changed its definition since a person accepted it`
      : `the ${kind} ${row.server}/${row.name} is ${row.status === "refused" ? "refused" : "not yet accepted"}`;
  return new Fault(
    "tool_not_accepted",
    row.reason === null ? what : `${what}: ${row.reason}`,
    `A person reviews it with \`doorward tools get ${row.server}/${row.name}\` and accepts it with \`doorward tools accept ${row.server}/${row.name}\`.`,
  );
}
