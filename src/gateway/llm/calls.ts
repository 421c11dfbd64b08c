import { canonicalJson, digestOfBytes, Fault, type JsonObject } from "#base";
import type { EntryDraft } from "#ledger";
import type { DeclaredTool, ToolCall } from "#llm";
import type { Action, ActionId, ServedModel, ToolFacts } from "#vocabulary";
import { attemptOf, type Principal } from "../attempt.ts";
import { actionIdOf } from "../columns.ts";
import { createDrafts, type Drafts } from "../drafts.ts";
import type { Delivery } from "../group.ts";
import { agentServer } from "../names.ts";
import type { Asker, Attempt, Outside, Refused } from "../outside.ts";
import type { Quota } from "../quota.ts";
import type { Road } from "../travel.ts";
import type { Offered, OfferedTool } from "./offered.ts";
import { agentIdentity, type OwnTools, UNREVIEWED } from "./own-tools.ts";
import type { LlmHearing } from "./hearing.ts";
import { argumentsOf } from "./reading.ts";
import { heldText, refusalText } from "./words.ts";

/** What a model asks its client to run, decided. */
export interface Calls {
  /** The agent's own tools, written down for review. Costs nothing where they are what they were last time. */
  readonly declare: (who: Principal, tools: readonly DeclaredTool[]) => Promise<void>;
  /**
   * Decides all calls of a turn together, waiting for people where it must. Throws `calls_too_many`, `rate_limited`,
   * `caller_gone`, `agent_revoked` and what the journal throws: nothing may be released then.
   */
  readonly rule: (asked: AskedTurn, asker: Asker) => Promise<Ruled>;
}

export interface AskedTurn {
  readonly who: Principal;
  /** As the client named it. */
  readonly model: string;
  /** The model call that the turn is the outcome of, which is on record. */
  readonly turnOf: ActionId;
  /** What asks for them; absent where the answer was kept and only a name was known of what made it. */
  readonly weights?: ServedModel;
  readonly calls: readonly ToolCall[];
  /** Those of the request. */
  readonly tools: readonly DeclaredTool[];
}

export type Ruled =
  | {
      readonly kind: "ruled";
      /** By index, what the agent reads in place of the call; every other call is released. */
      readonly refused: ReadonlyMap<number, string>;
      /**
       * To be called once, when the answer has left (`ok`), certainly has not (`not-sent`), or may have (`unknown`):
       * closes the intents, and remembers which ends were told.
       */
      readonly delivered: (how: Delivery) => Promise<void>;
    }
  /** Nothing of the turn is released. `text` names every approval, and says to ask again. */
  | { readonly kind: "held"; readonly text: string; readonly approvals: readonly string[] };

export interface CallsOutside {
  readonly outside: Outside;
  readonly road: Road;
  readonly quota: Quota;
  readonly offered: Offered;
  readonly own: OwnTools;
  readonly hearing: Pick<LlmHearing, "released">;
  /** Whether the model call's turn is kept, and so can wait for people. */
  readonly isKept: (turnOf: ActionId) => boolean;
}

const CALLS_PER_TURN_MAX = 128;
const NAME_CHARACTERS_MAX = 128;

export function createCalls(desk: CallsOutside): Calls {
  const { ambient, limits } = desk.outside;
  const drafts = createDrafts(ambient, limits.payloadBytesMax);
  return {
    declare: (who, tools) => {
      const { session } = who.identity;
      const ours = desk.offered.among(session, tools);
      const own = tools.filter(({ name }) => !ours.has(name));
      return desk.own.declare(who.identity, own);
    },
    rule: async (asked, asker) => {
      if (asked.calls.length > CALLS_PER_TURN_MAX) throw tooManyCalls(asked.calls.length);
      if (asked.calls.length === 0) return { kind: "ruled", refused: new Map(), delivered: async () => {} };
      takeQuota(desk, asked);
      return ruled(desk, asked, { asker, read: await readAll(desk, drafts, asked) });
    },
  };
}

/** Each call counts like one at the mcp door; none is under way after it. */
function takeQuota({ quota }: CallsOutside, { who, calls }: AskedTurn): void {
  const agent = who.identity.chain.agents.at(-1) ?? "";
  for (const call of calls) quota.take(agent, call.arguments.length)();
}

/** A call as it is decided: here, or at another door of ours. */
type Read =
  | { readonly action: Action; readonly attempt: Attempt }
  | { readonly action: Action; readonly proposal: EntryDraft };

async function readAll(desk: CallsOutside, drafts: Drafts, asked: AskedTurn): Promise<readonly Read[]> {
  const tools = new Map(asked.tools.map((tool) => [tool.name, tool]));
  const ours = desk.offered.among(asked.who.identity.session, asked.tools);
  const read: Read[] = [];
  for (const call of asked.calls) {
    const tool = tools.get(call.name) ?? (await writtenAsText(desk, asked, call));
    read.push(readCall(desk, drafts, asked, { call, tool, ours: ours.get(call.name) ?? null }));
  }
  return read;
}

/**
 * A tool that only the prompt describes is called in the model's text (T5): it is written down for review by its name,
 * which is all there is. Null where that is no name, or too many were made up.
 */
async function writtenAsText(
  { own }: CallsOutside,
  { who }: AskedTurn,
  call: ToolCall,
): Promise<DeclaredTool | null> {
  if (call.kind !== "text" || !isPlain(call.name) || argumentsOf(call) instanceof Fault) return null;
  const tool: DeclaredTool = { name: call.name, description: "", inputSchema: { type: "object" } };
  try {
    if (own.review(who.identity, tool).doubt !== null) await own.note(who.identity, tool);
    return tool;
  } catch (error) {
    if (error instanceof Fault && FLOOD.has(error.code)) return null;
    throw error;
  }
}

const FLOOD: ReadonlySet<string> = new Set(["llm_tools_refused", "rate_limited"]);

interface Called {
  readonly call: ToolCall;
  readonly tool: DeclaredTool | null;
  /** What it is at the mcp door. */
  readonly ours: OfferedTool | null;
}

function readCall(
  desk: CallsOutside,
  drafts: Drafts,
  asked: AskedTurn,
  { call: given, tool, ours }: Called,
): Read {
  const read = argumentsOf(given);
  const call = tool === null ? { ...given, name: plainName(given.name) } : given;
  if (read instanceof Fault) {
    // As it was written, for whoever looks at the record; half a character is replaced, for there JSON has no place for it.
    const text = { unreadable: call.arguments.toWellFormed() };
    return decidedHere(ownAttempt(desk, asked, { call, arguments: text, facts: UNREVIEWED, blocked: read }));
  }
  if (tool === null) {
    const why = undeclared(call.name);
    // Approved under another name than it has, it would be released under its own.
    const ground = call.name === given.name ? { doubt: why } : { blocked: why };
    return decidedHere(ownAttempt(desk, asked, { call, arguments: read, facts: UNREVIEWED, ...ground }));
  }
  if (call.kind === "custom" && tool.inputSchema !== null)
    return decidedHere(
      ownAttempt(desk, asked, { call, arguments: read, facts: UNREVIEWED, blocked: otherForm() }),
    );
  if (ours !== null) return proposed(desk, drafts, asked, { call, ours, arguments: read });
  const { facts, doubt } = desk.own.review(asked.who.identity, tool);
  return decidedHere(ownAttempt(desk, asked, { call, arguments: read, facts, doubt }));
}

function decidedHere(attempt: Attempt): Read {
  return { action: attempt.action, attempt };
}

interface OurCall {
  readonly call: ToolCall;
  readonly ours: OfferedTool;
  readonly arguments: JsonObject;
}

/** On record, and decided only where it arrives: at the mcp door. */
function proposed(
  desk: CallsOutside,
  drafts: Drafts,
  asked: AskedTurn,
  { call, ours, ...rest }: OurCall,
): Read {
  const wanted = { verb: "tools/call" as const, ...ours, ...rest };
  try {
    const attempt = attemptOf(desk.outside.ambient, desk.outside.rows, asked.who, wanted);
    return { action: attempt.action, proposal: drafts.proposal(atLlm(attempt, asked)) };
  } catch (error) {
    // Removed since it was offered.
    if (!(error instanceof Fault)) throw error;
    return decidedHere(ownAttempt(desk, asked, { call, ...rest, facts: UNREVIEWED, blocked: error }));
  }
}

interface OwnCall {
  readonly call: ToolCall;
  readonly arguments: JsonObject;
  readonly facts: ToolFacts;
  readonly blocked?: Fault;
  readonly doubt?: Fault | null;
}

function ownAttempt({ outside }: CallsOutside, asked: AskedTurn, own: OwnCall): Attempt {
  const { identity, principals } = asked.who;
  const server = agentServer(identity.agentName);
  const name = isName(own.call.name) ? own.call.name : own.call.name.slice(0, NAME_CHARACTERS_MAX);
  const action: Action = {
    door: "llm",
    verb: "tools/call",
    target: { server, name: name.toWellFormed() },
    arguments: own.arguments,
    destination: { kind: "agent", server, identity: agentIdentity(identity) },
    chain: identity.chain,
    agentVersion: null,
    model: asked.model,
  };
  const text = canonicalJson(action);
  return {
    id: actionIdOf(outside.ambient.id("act")),
    identity,
    principals,
    action,
    digest: digestOfBytes(text),
    text,
    facts: own.facts,
    blocked: own.blocked ?? null,
    ...(own.doubt === undefined || own.doubt === null ? {} : { unreviewed: own.doubt }),
    turn: asked.turnOf,
    ...askedBy(asked),
  };
}

function askedBy({ weights }: AskedTurn): Pick<Attempt, "weights"> {
  return weights === undefined ? {} : { weights };
}

/** What the model proposes, as it stands at this door. */
function atLlm(attempt: Attempt, asked: AskedTurn): Attempt {
  const { model, turnOf } = asked;
  const action: Action = { ...attempt.action, door: "llm", model };
  const text = canonicalJson(action);
  return { ...attempt, action, text, digest: digestOfBytes(text), turn: turnOf, ...askedBy(asked) };
}

interface Reading {
  readonly asker: Asker;
  readonly read: readonly Read[];
}

async function ruled(desk: CallsOutside, asked: AskedTurn, { asker, read }: Reading): Promise<Ruled> {
  const here = read.flatMap((one, index) => ("attempt" in one ? [{ index, attempt: one.attempt }] : []));
  const { identity } = asked.who;
  const end = await desk.road.together({
    attempts: here.map(({ attempt }) => attempt),
    asker,
    canWait: () => desk.isKept(asked.turnOf),
    beside: read.flatMap((one) => ("proposal" in one ? [one.proposal] : [])),
    changed: ({ action, facts, unreviewed }) =>
      unreviewed === undefined ? desk.own.changed(identity, action.target.name, facts) : null,
  });
  /** What counts attempts becomes what counts calls. */
  const byCall = (answers: ReadonlyMap<number, Refused>): Map<number, Refused> =>
    new Map([...answers].map(([at, answer]) => [here[at]?.index ?? at, answer]));
  if (end.kind === "held") {
    const held = byCall(end.held);
    const approvals = [...held.values()].flatMap(({ approval }) => (approval === null ? [] : [approval]));
    const names = asked.calls.map(({ name }) => `${agentServer(identity.agentName)}/${name}`);
    return { kind: "held", text: heldText(held, names), approvals };
  }
  const byIndex = byCall(end.refused);
  noteReleased(desk, asked, { read, refused: byIndex });
  const refused = [...byIndex].map(([index, one]) => [index, refusalText(one)] as const);
  return { kind: "ruled", refused: new Map(refused), delivered: end.delivered };
}

interface Released {
  readonly read: readonly Read[];
  readonly refused: ReadonlyMap<number, Refused>;
}

/** Results come back by the ids of calls; of a call that stands in text there is none. */
function noteReleased({ hearing }: CallsOutside, asked: AskedTurn, { read, refused }: Released): void {
  for (const [index, one] of read.entries()) {
    const call = asked.calls[index];
    if (call === undefined || call.kind === "text" || refused.has(index)) continue;
    const { target, arguments: args } = one.action;
    // Ollama has no ids: a result names its tool.
    for (const key of new Set([call.id, call.name]))
      hearing.released(
        asked.who.identity,
        key,
        { ...target, arguments: args },
        { turn: asked.turnOf, id: call.id },
      );
  }
}

/**
 * The name of a tool that nobody declared is the model's own text, and goes back to the agent with the refusal: it must
 * not be a call that some dialect reads there (T5).
 */
function isPlain(name: string): boolean {
  return /^[\w.:/@-]{1,128}$/.test(name);
}

function plainName(name: string): string {
  return isPlain(name) ? name : name.slice(0, NAME_CHARACTERS_MAX).replaceAll(/[^\w.:/@-]/g, "_") || "_";
}

function isName(name: string): boolean {
  return name !== "" && name.length <= NAME_CHARACTERS_MAX && /^[\x21-\x7e]+$/.test(name);
}

function undeclared(name: string): Fault {
  return new Fault(
    "tool_undeclared",
    `the model asked for ${JSON.stringify(name.slice(0, NAME_CHARACTERS_MAX))}, which is none of the tools in the request`,
    "Use a tool that the request declares, or declare this one.",
  );
}

/** A tool whose arguments are an object would be run with what policy saw as one text. */
function otherForm(): Fault {
  return new Fault(
    "tool_call_unreadable",
    "the arguments of this call are free text, where the tool was declared to take a JSON object",
    "Write them as one JSON object: each key once, whole characters, integers within 2^53.",
  );
}

function tooManyCalls(count: number): Fault {
  return new Fault(
    "calls_too_many",
    `the model asked for ${count} tools in one turn; at most ${CALLS_PER_TURN_MAX} are decided together`,
    "Ask again: nothing of the turn was released.",
  );
}
