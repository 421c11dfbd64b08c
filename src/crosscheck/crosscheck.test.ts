import { afterEach, expect, test } from "vitest";
import type { Verdict } from "#vocabulary";
import { ask, compiled } from "../../tests/samples/policy.ts";
import { decide, type PolicySet } from "#policy";
import { type Engine, QUEUE_MAX, startEngine } from "./engine.ts";
import type { Answered } from "./messages.ts";
import { type Crosscheck, type CrosscheckOptions, type Disagreement, openCrosscheck } from "./open.ts";

const PERMIT = '@id("p") permit (principal, action, resource);';
const HOLD = `${PERMIT} @id("h") @hold("admins") forbid (principal, action, resource) when { context.stage == "enforce" };`;

const open: Crosscheck[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface House {
  readonly crosscheck: Crosscheck;
  readonly disagreements: Disagreement[];
}

function house(over: Partial<CrosscheckOptions> = {}): House {
  const disagreements: Disagreement[] = [];
  const crosscheck = openCrosscheck({
    every: 1,
    pick: () => 0,
    isDistrusted: false,
    unrepeated: () => {},
    disagreed: (one) => void disagreements.push(one),
    ...over,
  });
  open.push(crosscheck);
  return { crosscheck, disagreements };
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

const decisionOn = (set: PolicySet, values = { path: "/tmp/x" }) => ({
  set,
  question: ask({ values }),
  lift: null,
});
const deny = (set: PolicySet): Verdict => ({
  kind: "deny",
  policySet: set.digest,
  grounds: [],
  code: "no_permit",
  reason: "",
  remedy: "",
});

test("the official engine repeats decisions in its thread, and agrees", async () => {
  const { crosscheck, disagreements } = house();
  for (const text of [PERMIT, HOLD]) {
    const set = compiled(text);
    const decision = decisionOn(set);
    crosscheck.settled(decision, decide(set, decision.question));
    const lift = { policySet: set.digest, policies: [...set.byId.keys()] };
    crosscheck.settled({ ...decision, lift }, decide(set, decision.question, lift));
  }
  await until(() => crosscheck.state().repeated === 4);
  expect(crosscheck.state()).toEqual({ repeated: 4, missed: 0, disagreements: 0, isDistrusted: false });
  expect(disagreements).toEqual([]);
  expect(crosscheck.consult(decisionOn(compiled(PERMIT)))).toBeNull();
});

test("one decision in N is repeated", async () => {
  const { crosscheck } = house({ every: 5 });
  const set = compiled(PERMIT);
  for (let index = 0; index < 23; index += 1) {
    const decision = decisionOn(set, { path: `/tmp/${index}` });
    crosscheck.settled(decision, decide(set, decision.question));
  }
  await until(() => crosscheck.state().repeated === 4);
  expect(crosscheck.state().missed).toBe(0);
});

test("nobody can tell which: its place among the N is drawn for every N anew", async () => {
  const asked: unknown[] = [];
  const places = [2, 0, 4, 1];
  const engine: Engine = {
    ask: ({ question }) => {
      asked.push(question);
      return null;
    },
    close: async () => {},
  };
  const { crosscheck } = house({ every: 5, engine, pick: () => places.shift() ?? 0 });
  const set = compiled(PERMIT);
  const decisions = Array.from({ length: 15 }, (_, index) => decisionOn(set, { path: `/tmp/${index}` }));
  for (const decision of decisions) crosscheck.settled(decision, decide(set, decision.question));
  expect(asked).toEqual([2, 9, 10].map((index) => decisions[index]?.question));
});

test("decisions that cannot be repeated are told of, ever less often", () => {
  const told: number[] = [];
  const engine: Engine = { ask: () => null, close: async () => {} };
  const { crosscheck } = house({ engine, unrepeated: (missed) => void told.push(missed) });
  const set = compiled(PERMIT);
  const decision = decisionOn(set);
  for (let index = 0; index < 9; index += 1) crosscheck.settled(decision, decide(set, decision.question));
  expect(told).toEqual([1, 2, 4, 8]);
});

test("a disagreement is told once it is found, and from then on both must allow", async () => {
  const { crosscheck, disagreements } = house();
  const [set, holding] = [compiled(PERMIT), compiled(HOLD)];
  const decision = decisionOn(set);
  const ours = decide(set, decision.question);
  crosscheck.settled(decision, deny(set));
  await until(() => crosscheck.state().isDistrusted);
  expect(disagreements).toMatchObject([{ ours: "deny", theirs: "allow", policies: [] }]);

  // Not asked beforehand: refused.
  expect(crosscheck.settled(decision, ours)).toMatchObject({ kind: "deny", code: "policy_unconfirmed" });
  await crosscheck.consult(decision);
  expect(crosscheck.settled(decision, ours)).toEqual(ours);
  // An opinion counts once.
  expect(crosscheck.settled(decision, ours)).toMatchObject({ code: "policy_unconfirmed" });

  await crosscheck.consult(decision);
  expect(crosscheck.settled(decision, deny(set))).toEqual(deny(set));
  const held = decisionOn(holding);
  await crosscheck.consult(held);
  expect(crosscheck.settled(held, decide(holding, held.question))).toMatchObject({ kind: "hold" });
  await crosscheck.consult(held);
  expect(crosscheck.settled(held, { kind: "allow", policySet: holding.digest, grounds: [] })).toMatchObject({
    kind: "deny",
    code: "engines_disagree",
  });
});

test("how budgets stand may move between opinion and decision; anything else may not", async () => {
  const { crosscheck } = house({ isDistrusted: true });
  const set = compiled(PERMIT);
  const decision = decisionOn(set);
  const allow = decide(set, decision.question);
  const withBudget = (usedPercent: number) => ({
    ...decision,
    question: { ...decision.question, budget: { exceeded: [], usedPercent } },
  });
  await crosscheck.consult(withBudget(10));
  expect(crosscheck.settled(withBudget(11), allow)).toEqual(allow);
  await crosscheck.consult(decision);
  const other = decisionOn(set, { path: "/etc/passwd" });
  expect(crosscheck.settled(other, allow)).toMatchObject({ code: "policy_unconfirmed" });
});

test("a full queue refuses with a code of its own, and never lets go", async () => {
  const full: Engine = { ask: () => null, close: async () => {} };
  const { crosscheck } = house({ engine: full, isDistrusted: true });
  const set = compiled(PERMIT);
  const decision = decisionOn(set);
  await crosscheck.consult(decision);
  expect(crosscheck.settled(decision, decide(set, decision.question))).toMatchObject({
    kind: "deny",
    code: "policy_queue_full",
  });
});

test.each<[string, Answered | null]>([
  ["stops", null],
  ["cannot say", { id: 1, verdict: null, policies: [] }],
])("an engine that %s confirms nothing, and is no disagreement", async (_, answer) => {
  const set = compiled(PERMIT);
  const decision = decisionOn(set);
  const allow = decide(set, decision.question);
  const engine: Engine = { ask: async () => answer, close: async () => {} };
  const { crosscheck, disagreements } = house({ engine });
  crosscheck.settled(decision, allow);
  await until(() => crosscheck.state().missed === 1);
  expect(disagreements).toEqual([]);
  const { crosscheck: strict } = house({ engine, isDistrusted: true });
  await strict.consult(decision);
  expect(strict.settled(decision, allow)).toMatchObject({ code: "policy_unconfirmed" });
});

test("the queue is bounded, and closing settles whoever waits", async () => {
  const engine = startEngine();
  const set = compiled(PERMIT);
  const asking = { ...decisionOn(set), ours: null };
  const asked = Array.from(
    { length: QUEUE_MAX },
    () => engine.ask(asking) ?? Promise.reject(new Error("full")),
  );
  expect(engine.ask(asking)).toBeNull();
  await engine.close();
  expect(await Promise.all(asked)).toEqual(asked.map(() => null));
  expect(engine.ask(asking)).toBeNull();
});

test("a thread that dies is started anew, then rests, and is not given up", async () => {
  const engine = startEngine(new URL("./no-such-thread.ts", import.meta.url).pathname, 50);
  const asking = { ...decisionOn(compiled(PERMIT)), ours: null };
  let answered = 0;
  for (let asked = engine.ask(asking); asked !== null; asked = engine.ask(asking)) {
    expect(await asked).toBeNull();
    answered += 1;
  }
  expect(answered).toBeGreaterThan(1);
  expect(answered).toBeLessThan(20);
  await until(() => engine.ask(asking) !== null);
  await engine.close();
});
