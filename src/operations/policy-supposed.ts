import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { effectsFor, type FlowCall, judgeUnknown } from "#flow";
import type { Question } from "#policy";
import type {
  Action,
  DelegationId,
  Destination,
  Effect,
  FlowFacts,
  ServerName,
  SessionId,
  Verb,
} from "#vocabulary";
import { type AgentRow, agentView, findAgent } from "./agent-rows.ts";
import { effectsOfColumn, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { pathTo } from "./delegation-rows.ts";
import { labelledOne, manifestsOf } from "./manifest-rows.ts";
import { type Chain, chainOf, chainUnder, heldBy } from "./policy-chain.ts";
import { findUpstream } from "./upstreams-view.ts";

/** An action that nobody took. */
export interface Supposing {
  readonly agent?: string | undefined;
  readonly tool?: string | undefined;
  readonly model?: string | undefined;
  readonly delegation?: string | undefined;
  readonly session?: string | undefined;
  readonly arguments: Record<string, unknown>;
}

export interface Supposed {
  readonly question: Question;
  /** What is to be said before the reason, where no session was given and one would count; else null. */
  readonly caveat: string | null;
}

const NO_SESSION =
  "No session was given, so the user's words and where values came from are unknown, and the strictest is assumed.";

/** The question that an action would ask. In a session, with all that is known there; else with nothing known. */
export async function supposed(context: ReadContext, input: Supposing): Promise<Supposed> {
  const session = input.session === undefined ? null : await findSession(context, input.session);
  const agent = await agentOf(context, input, session);
  const deed = await deedOf(context, input);
  const who = await chainFor(context, agent, { session, delegation: input.delegation });
  const flow = await flowOf(context, deed, session);
  const { stage } = agentView(agent, context.ambient.now());
  const question: Question = {
    action: actionOf(deed, who, input),
    facts: { fingerprint: null, effects: flow === null ? deed.effects : effectsFor(flow.effect) },
    principals: who.principals,
    stage,
    ...(session === null ? {} : { session: session.id }),
    ...(flow === null ? {} : { flow }),
  };
  const isUnknown = session === null && flow !== null && flow.effect !== "read";
  return { question, caveat: isUnknown ? NO_SESSION : null };
}

async function agentOf(context: ReadContext, input: Supposing, session: Session | null): Promise<AgentRow> {
  const named = input.agent ?? session?.agent_id;
  if (named === undefined) throw ofNothing();
  const agent = await findAgent(context, named, "agents.read");
  if (session !== null && session.agent_id !== agent.id) throw sessionUnknown(session.id);
  return agent;
}

async function deedOf(context: ReadContext, { tool, model, arguments: values }: Supposing): Promise<Deed> {
  if (tool !== undefined && model === undefined) return toolNamed(context, tool, argumentsAsJson(values));
  if (model !== undefined && tool === undefined) return modelNamed(context, model);
  throw ofNothing();
}

function actionOf({ verb, kind, server, name }: Deed, { chain }: Chain, input: Supposing): Action {
  return {
    door: kind === "mcp-server" ? "mcp" : "llm",
    verb,
    target: { server, name },
    arguments: argumentsAsJson(input.arguments),
    destination: { kind, server, identity: `sha256:${"0".repeat(64)}` },
    chain,
    agentVersion: null,
    model: verb === "tools/call" ? null : name,
  };
}

interface Deed {
  readonly verb: Verb;
  readonly kind: Destination["kind"];
  readonly server: ServerName;
  readonly name: string;
  /** As the tool was accepted. */
  readonly effects: readonly [Effect, ...Effect[]];
  /** Under the manifest in force; null where there is none. */
  readonly call: FlowCall | null;
}

type Session = NonNullable<Awaited<ReturnType<typeof sessionRow>>>;

/** Null where no manifest is in force: then policy goes by what the tool was accepted as. */
async function flowOf(
  context: ReadContext,
  { call }: Deed,
  session: Session | null,
): Promise<FlowFacts | null> {
  if (call === null) return null;
  if (session === null) return judgeUnknown(call.manifest, call.arguments);
  const path = session.delegation_id === null ? [] : await pathTo(context, session.delegation_id);
  const delegations = path.map(({ id }) => delegationId.parse(id));
  return context.supposed({ session: sessionId.parse(session.id), delegations }, call);
}

interface ActingAs {
  readonly session: Session | null;
  readonly delegation: string | undefined;
}

/** A session has the delegation that it was opened under. */
async function chainFor(
  context: ReadContext,
  agent: AgentRow,
  { session, delegation }: ActingAs,
): Promise<Chain> {
  if (session === null)
    return delegation === undefined
      ? await chainOf(context, agent)
      : chainUnder(context, await heldBy(context, agent, delegation));
  if (delegation !== undefined && delegation !== session.delegation_id)
    throw notUnder(session.id, delegation);
  return session.delegation_id === null
    ? await chainOf(context, agent)
    : chainUnder(context, session.delegation_id);
}

function notUnder(session: string, delegation: string): Fault {
  return new Fault(
    "delegation_unknown",
    `the session ${session} is not under the delegation ${delegation}`,
    "Leave --delegation out: a session has the one that it was opened under.",
  );
}

/** Asking what a session knows of values reads what it read: it takes the same right. */
async function findSession(context: ReadContext, session: string): Promise<Session> {
  const row = await sessionRow(context, session);
  if (row === undefined) throw sessionUnknown(session);
  await findAgent(context, row.agent_id, "payloads.read").catch((cause: unknown) => {
    throw cause instanceof Fault && cause.code === "agent_unknown" ? sessionUnknown(session) : cause;
  });
  return row;
}

function sessionRow({ store }: ReadContext, session: string) {
  return store.query
    .selectFrom("sessions")
    .select(["id", "agent_id", "delegation_id"])
    .where("id", "=", session)
    .executeTakeFirst();
}

/** Where a reference ends its first part: a name after it may hold slashes of its own. */
function partsOf(reference: string): { readonly server: ServerName; readonly name: string } {
  const slash = reference.indexOf("/");
  return { server: serverNameOf(reference.slice(0, slash)), name: reference.slice(slash + 1) };
}

async function toolNamed(context: ReadContext, reference: string, values: JsonObject): Promise<Deed> {
  const { server, name } = partsOf(reference);
  const row = await context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault("tool_unknown", `there is no tool ${reference}`, "List them: `doorward tools list`.");
  const kind = server.startsWith("agent:") ? "agent" : "mcp-server";
  const manifest = manifestsOf([await labelledOne(context, row)])[`${server}/${name}`];
  const isLabelled = manifest !== undefined && manifest.effect !== "unknown";
  const call = isLabelled ? { manifest, arguments: values } : null;
  return { verb: "tools/call", kind, server, name, effects: effectsIn(effectsOfColumn(row.effects)), call };
}

/** Any model of an upstream: which it has is the upstream's to say, and policy is asked before it is. */
async function modelNamed(context: ReadContext, reference: string): Promise<Deed> {
  const { server, name } = partsOf(reference);
  const row = await findUpstream(context, server);
  const effects: Deed["effects"] = row.allow_private === 1 ? ["read"] : ["outbound", "read"];
  return { verb: "models/generate", kind: "model-upstream", server, name, effects, call: null };
}

const sessionId = z.custom<SessionId>((value) => typeof value === "string");
const delegationId = z.custom<DelegationId>((value) => typeof value === "string");
const json = z.custom<JsonObject>((value) => z.json().safeParse(value).success);
const effectsShape = z.tuple(
  [z.enum(["read", "write", "destructive", "outbound"])],
  z.enum(["read", "write", "destructive", "outbound"]),
);

function argumentsAsJson(value: Record<string, unknown>): JsonObject {
  return json.parse(value);
}

/** As they were reviewed or recorded: at least one. */
export function effectsIn(value: readonly string[]): [Effect, ...Effect[]] {
  return effectsShape.parse(value);
}

function ofNothing(): Fault {
  return new Fault(
    "why_of_nothing",
    "neither an action nor an agent or session and either a tool or a model were given",
    "Give an action's id, or --agent (or --session) and one of --tool and --model.",
  );
}

function sessionUnknown(session: string): Fault {
  return new Fault(
    "session_unknown",
    `there is no such session ${session} of that agent`,
    "List them: `doorward sessions list`.",
  );
}
