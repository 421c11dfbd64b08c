import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf } from "#base";
import type { Action, AgentId, DelegationScope, Effect, ServerName, UserId, Verb } from "#vocabulary";
import { covers, type DelegationFacts, isWithin, obstacleOf } from "./delegation.ts";
import type { PrincipalFacts, Question } from "./question.ts";

const scope = (over: Partial<DelegationScope> = {}): DelegationScope => ({
  servers: [],
  tools: [],
  verbs: [],
  effects: [],
  ...over,
});

function action(tool: string, verb: Verb = "tools/call"): Action {
  const slash = tool.indexOf("/");
  const server = tool.slice(0, slash) as ServerName;
  return {
    door: "mcp",
    verb,
    target: { server, name: tool.slice(slash + 1) },
    arguments: {},
    destination: { kind: "mcp-server", server, identity: digestOf(server) },
    chain: { user: "usr_1" as UserId, agents: ["agt_a" as AgentId, "agt_b" as AgentId] },
    agentVersion: null,
    model: null,
  };
}

const reads: { effects: readonly [Effect, ...Effect[]] } = { effects: ["read"] };
const writes: { effects: readonly [Effect, ...Effect[]] } = { effects: ["read", "write"] };

test.each<[string, DelegationScope, Action, typeof reads, boolean]>([
  ["nothing", scope(), action("fs/read"), reads, false],
  ["a server", scope({ servers: ["fs"] }), action("fs/read"), reads, true],
  ["a server that begins alike", scope({ servers: ["f"] }), action("fs/read"), reads, false],
  ["any server", scope({ servers: ["*"] }), action("mail/send"), writes, true],
  ["a tool", scope({ tools: ["fs/read"] }), action("fs/read"), reads, true],
  ["a tool of another server", scope({ tools: ["fs/read"] }), action("mail/read"), reads, false],
  ["a tool with a slash in its name", scope({ tools: ["fs/a/b"] }), action("fs/a/b"), reads, true],
  [
    "a tool that is the first part of another's name",
    scope({ tools: ["fs/a"] }),
    action("fs/a/b"),
    reads,
    false,
  ],
  ["a verb", scope({ servers: ["fs"], verbs: ["resources/read"] }), action("fs/read"), reads, false],
  ["an effect", scope({ servers: ["fs"], effects: ["read"] }), action("fs/read"), reads, true],
  ["one effect of two", scope({ servers: ["fs"], effects: ["read"] }), action("fs/write"), writes, false],
  [
    "what its tool's server asks meanwhile",
    scope({ tools: ["fs/read"] }),
    action("fs/ask", "elicitation/create"),
    reads,
    true,
  ],
  [
    "what another server asks",
    scope({ tools: ["fs/read"] }),
    action("mail/ask", "elicitation/create"),
    reads,
    false,
  ],
  [
    "sampling is no part of a call",
    scope({ tools: ["fs/read"] }),
    action("fs/x", "sampling/createMessage"),
    reads,
    false,
  ],
])("a scope with %s", (...row) => {
  const [, given, asked, facts, expected] = row;
  expect(covers(given, asked, facts)).toBe(expected);
});

const names = fc.subarray(["fs", "mail", "*"]);
const tools = fc.subarray(["fs/read", "fs/write", "mail/send", "fs/a/b"]);
const verbs = fc.subarray<Verb>(["tools/call", "resources/read", "elicitation/create"]);
const effects = fc.subarray<Effect>(["read", "write", "outbound"]);
const anyScope = fc.record({ servers: names, tools, verbs, effects });
const anyAction = fc
  .tuple(
    fc.constantFrom("fs/read", "fs/write", "mail/send", "fs/a/b", "other/x"),
    fc.constantFrom<Verb>("tools/call", "resources/read", "elicitation/create"),
  )
  .map(([tool, verb]) => action(tool, verb));
const anyFacts = fc.constantFrom(reads, writes, { effects: ["outbound"] as [Effect] });

test("a part covers nothing that the whole does not, whatever they are", () => {
  const holds = fc.property(
    anyScope,
    anyScope,
    fc.tuple(anyAction, anyFacts),
    (part, whole, [asked, facts]) => {
      const isMore = isWithin(part, whole) && covers(part, asked, facts) && !covers(whole, asked, facts);
      return !isMore;
    },
  );
  expect(fc.check(holds, { numRuns: 2_000 }).failed).toBe(false);
});

test("every scope is within itself, and none that covers more", () => {
  expect(fc.check(fc.property(anyScope, (one) => isWithin(one, one))).failed).toBe(false);
  expect(isWithin(scope({ servers: ["*"] }), scope({ servers: ["fs"] }))).toBe(false);
  expect(isWithin(scope({ tools: ["fs/read"] }), scope({ servers: ["fs"] }))).toBe(true);
  expect(isWithin(scope({ servers: ["fs"] }), scope({ tools: ["fs/read"] }))).toBe(false);
  expect(isWithin(scope({ servers: ["fs"] }), scope({ servers: ["fs"], verbs: ["tools/call"] }))).toBe(false);
  expect(isWithin(scope({ servers: ["fs"] }), scope({ servers: ["fs"], effects: ["read"] }))).toBe(false);
});

function questionWith(...delegations: readonly DelegationFacts[]): Question {
  const agents = delegations.map(
    (delegation, at): PrincipalFacts => ({
      type: "Agent",
      id: at === 0 ? "agt_a" : "agt_b",
      name: at === 0 ? "a" : "b",
      grantedTools: [],
      owner: "usr_1",
      delegation,
    }),
  );
  const user: PrincipalFacts = { type: "User", id: "usr_1", name: "ana", groups: [], roles: [] };
  return {
    action: action("fs/write"),
    facts: { fingerprint: null, ...writes },
    principals: [user, ...agents],
    stage: "enforce",
  };
}

const grant = (id: string, over: Partial<DelegationFacts> = {}): DelegationFacts => ({
  id,
  scope: scope({ servers: ["fs"] }),
  narrowed: null,
  isSpent: false,
  ...over,
});

test.each<[string, DelegationFacts[], string | null]>([
  ["none", [grant("dlg_1"), grant("dlg_2")], null],
  [
    "the user's, narrowed under one passed on",
    [grant("dlg_1", { scope: scope({ tools: ["fs/read"] }) }), grant("dlg_2")],
    "dlg_1 not-covered a",
  ],
  [
    "the one passed on",
    [grant("dlg_1"), grant("dlg_2", { scope: scope({ effects: ["read"], servers: ["fs"] }) })],
    "dlg_2 not-covered b",
  ],
  ["the token", [grant("dlg_1"), grant("dlg_2", { narrowed: scope() })], "dlg_2 narrowed b"],
  [
    "the number of actions of the first",
    [grant("dlg_1", { isSpent: true }), grant("dlg_2")],
    "dlg_1 spent a",
  ],
])("what stands in the way is %s", (_name, delegations, expected) => {
  const found = obstacleOf(questionWith(...delegations));
  expect(found === null ? null : `${found.delegation.id} ${found.how} ${found.agent}`).toBe(expected);
});
