import type { JsonObject } from "#base";
import type { DeclaredTool, ToolCall, Turn } from "#llm";
import type { ActionId, AgentId, Identity, ServerName, SessionId, UserId, Verdict } from "#vocabulary";
import type { Exchange } from "../../src/gateway/door/road.ts";
import { createCalls } from "../../src/gateway/llm/calls.ts";
import { createOffered } from "../../src/gateway/llm/offered.ts";
import { createOwnTools, definitionOf } from "../../src/gateway/llm/own-tools.ts";
import { createTurns } from "../../src/gateway/llm/turns.ts";
import type { Outside } from "../../src/gateway/outside.ts";
import { createQuota } from "../../src/gateway/quota.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, house } from "../faults/road-harness.ts";
import { digestOf } from "#base";

export const BASH: DeclaredTool = {
  name: "bash",
  description: "Runs a command",
  inputSchema: { type: "object", properties: { command: { type: "string" } } },
};

export const identityOf = (over: Partial<Identity> = {}): Identity => ({
  chain: { user: null, agents: ["agt_1" as AgentId] },
  session: "ses_1" as SessionId,
  stage: "enforce",
  agentName: "mailbot",
  ownerId: "usr_1" as UserId,
  credential: "key_1",
  ...over,
});

export const callOf = (name: string, args: string, over: Partial<ToolCall> = {}): ToolCall => ({
  id: "call_1",
  name,
  arguments: args,
  kind: "function",
  ...over,
});

export const turnOf = (calls: readonly ToolCall[]): Turn => ({
  id: "chatcmpl-1",
  model: "m",
  parts: calls.map((call) => ({ kind: "call" as const, call })),
  finish: "calls",
  usage: null,
});

/** The calls of models with everything of ours behind them; verdicts by tool, lifted ones allowed. */
export function openCalls(verdicts: Readonly<Record<string, Verdict>> = {}, over: Partial<Outside> = {}) {
  const now = { verdicts };
  const own = house({
    decide: ({ action }, lift) => {
      const verdict = now.verdicts[action.target.name] ?? allow;
      return verdict.kind === "hold" && lift !== undefined ? allow : verdict;
    },
    ...over,
  });
  const { outside, store } = own;
  const road = createRoad(outside);
  const offered = createOffered(outside.rows);
  const quota = createQuota(outside.ambient);
  const ownTools = createOwnTools({ ...outside, store });
  const turns = createTurns(outside, store);
  // Flows have tests of their own.
  const hearing = { released: () => {} };
  const calls = createCalls({ outside, road, quota, offered, own: ownTools, hearing, isKept: turns.isKept });
  const accept = (tool: DeclaredTool, effects: readonly string[] = ["write"]): void => {
    const definition = JSON.stringify(definitionOf(tool));
    store.connection
      .prepare(
        `UPDATE tools SET status = 'accepted', accepted_fingerprint = ?, accepted_definition = ?, effects = ? WHERE name = ?`,
      )
      .run(digestOf(definitionOf(tool)), definition, JSON.stringify(effects), tool.name);
  };
  /** A model call with its turn on record, as the llm door leaves it. */
  const asked = async (
    turn: Turn,
    identity = identityOf(),
    request: JsonObject = { model: "gpt" },
  ): Promise<ActionId> => {
    const base = attemptBy(outside.ambient);
    const action = {
      ...base.action,
      door: "llm" as const,
      verb: "models/generate" as const,
      model: "gpt",
      arguments: request,
    };
    const attempt = { ...base, identity, action, text: JSON.stringify(action), digest: digestOf(action) };
    const always = { ...outside, decide: () => allow };
    const end = await createRoad(always).travel(attempt, own.asker, {
      prepare: async () => async () => ({ turn, stopped: null }),
    });
    return end.action;
  };
  const rule = async (
    list: readonly ToolCall[],
    more: { tools?: readonly DeclaredTool[]; identity?: Identity } = {},
  ) => {
    const { tools = [BASH], identity = identityOf() } = more;
    const who = { identity, principals: [] };
    await calls.declare(who, tools);
    // The faces refuse an answer with half a character in it; this one was let through by a mistake, or came otherwise.
    const whole = list.map((call) => ({
      ...call,
      name: call.name.toWellFormed(),
      arguments: call.arguments.toWellFormed(),
    }));
    const action = await asked(turnOf(whole), identity);
    const ruled = await calls.rule({ who, model: "gpt", turnOf: action, calls: list, tools }, own.asker);
    return { action, ruled };
  };
  const offer = (
    tools: readonly JsonObject[],
    identity = identityOf(),
    endpoint: string | null = null,
  ): void => offered.note({ identity, endpoint: endpoint as ServerName | null } as Exchange, tools);
  /** Entries of the calls alone: without the model's own. */
  const about = () => own.journal.kept.filter(({ body }) => body["verb"] !== "models/generate");
  return { ...own, about, accept, asked, calls, now, offer, offered, ownTools, road, rule, turns };
}
