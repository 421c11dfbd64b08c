import { beforeEach, describe, expect, test } from "vitest";
import { openStore, type Store } from "#store";
import { apply, budget, MAILBOT, tokens, usageOf } from "../../tests/samples/budgets.ts";
import type { Budget, LiveBudgets, Spender } from "./budget.ts";
import { COUNTERS_KEPT, COUNTERS_MAX, USED_MAX } from "./counters.ts";
import { openBudgets } from "./open.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;
let time = NOON;
let store: Store;
beforeEach(() => {
  time = NOON;
  store = openStore(":memory:");
});
const now = (): number => time;
const open = (...budgets: Budget[]): LiveBudgets => openBudgets(budgets, usageOf(store), now);
const exceeded = (budgets: LiveBudgets, spender = MAILBOT, asked = tokens(1)): string[] =>
  budgets.standing(spender, asked).exceeded.map((one) => one.budget.name);

describe("whom a budget counts", () => {
  const others: Spender = { agent: "agt_2", user: "usr_2", model: "openai/gpt-5" };
  test.each<[string, Partial<Budget["scope"]>, boolean, boolean]>([
    ["all together", {}, true, true],
    ["one agent", { agent: "agt_1" }, true, false],
    ["one user", { user: "usr_1" }, true, false],
    ["one model at one upstream", { model: "ollama/llama3.2" }, true, false],
    ["one model at any upstream", { model: "llama3.2" }, true, false],
    ["an upstream", { model: "ollama/*" }, true, false],
    ["a family at any upstream", { model: "llama*" }, true, false],
    ["every model", { model: "*" }, true, true],
    ["another agent", { agent: "agt_9" }, false, false],
    ["one agent with another's user", { agent: "agt_1", user: "usr_2" }, false, false],
    ["each agent by itself", { agent: "each" }, true, false],
    ["each agent, of one user", { agent: "each", user: "usr_1" }, true, false],
    ["each model by itself", { model: "each" }, true, false],
  ])("%s", (_, scope, isFull, isFullForOthers) => {
    const full = { agent: null, user: null, model: null, ...scope };
    const budgets = open(budget({ scope: full }));
    budgets.reserve(MAILBOT, tokens(100));
    expect(exceeded(budgets)).toEqual(isFull ? ["daily"] : []);
    expect(exceeded(budgets, others)).toEqual(isFullForOthers ? ["daily"] : []);
  });

  test("a model's own name may hold slashes", () => {
    const budgets = open(budget({ scope: { agent: null, user: null, model: "meta-llama/*" } }));
    const model = "vllm/meta-llama/Llama-3.1-8B";
    budgets.reserve({ ...MAILBOT, model }, tokens(100));
    expect(exceeded(budgets, { ...MAILBOT, model })).toEqual(["daily"]);
    expect(exceeded(budgets)).toEqual([]);
  });

  test("names of agents and models never meet in one counter", () => {
    const budgets = open(budget({ scope: { agent: "each", user: null, model: "each" } }));
    budgets.reserve({ ...MAILBOT, agent: 'a","model":"b', model: "c\ud800" }, tokens(100));
    expect(exceeded(budgets, { ...MAILBOT, agent: "a", model: 'b","model":"c' })).toEqual([]);
  });
});

describe("how budgets stand", () => {
  test("up to the last token there is room, and not beyond", () => {
    const budgets = open(budget());
    budgets.reserve(MAILBOT, tokens(60));
    expect(budgets.standing(MAILBOT, tokens(40))).toEqual({ exceeded: [], usedPercent: 100 });
    expect(budgets.standing(MAILBOT, tokens(41))).toEqual({
      exceeded: [{ budget: budget(), used: 60, resetsAt: Date.UTC(2026, 0, 2) }],
      usedPercent: 101,
    });
  });

  test("the fullest one is told, rounded down; none is nothing", () => {
    const budgets = open(budget({ amount: 1_000 }), budget({ id: "bud_2", name: "b", amount: 300 }));
    expect(budgets.standing(MAILBOT, tokens(100)).usedPercent).toBe(33);
    expect(open().standing(MAILBOT, tokens(100))).toEqual({ exceeded: [], usedPercent: 0 });
    expect(open(budget({ amount: 100 })).standing(MAILBOT, tokens(29)).usedPercent).toBe(29);
  });

  test("what costs nothing is never too much", () => {
    const budgets = open(budget({ metric: "cost", amount: 1 }));
    budgets.reserve(MAILBOT, { ...tokens(1_000), inputMicroUsdPerMTok: 5_000 });
    expect(exceeded(budgets)).toEqual([]);
    expect(exceeded(budgets, MAILBOT, { ...tokens(1), inputMicroUsdPerMTok: 1 })).toEqual(["daily"]);
  });

  test("looking reserves nothing", () => {
    const budgets = open(budget());
    for (let n = 0; n < 10; n += 1) expect(exceeded(budgets, MAILBOT, tokens(100))).toEqual([]);
    expect(usageOf(store)).toEqual([]);
  });
});

describe("one call", () => {
  test("what was not spent is free again, and the store hears of both", () => {
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(30, 50));
    expect(apply(store, writes)).toBe(true);
    expect(usageOf(store)).toMatchObject([{ spender: "{}", windowStart: Date.UTC(2026, 0, 1), used: 80 }]);
    expect(apply(store, settle(tokens(30, 5)))).toBe(true);
    expect(usageOf(store)).toMatchObject([{ used: 35 }]);
    expect(budgets.standing(MAILBOT, tokens(65)).exceeded).toEqual([]);
  });

  test("more than was reserved counts too", () => {
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(10));
    apply(store, writes);
    apply(store, settle(tokens(10, 300)));
    expect(usageOf(store)).toMatchObject([{ used: 310 }]);
    expect(budgets.standing(MAILBOT, tokens(1))).toMatchObject({
      exceeded: [{ used: 310 }],
      usedPercent: 311,
    });
  });

  test("usage that nobody told counts as it was reserved; twice settled is settled once", () => {
    const budgets = open(budget());
    const { writes, settle, undo, extend } = budgets.reserve(MAILBOT, tokens(10, 20));
    apply(store, writes);
    expect(extend(5)).toBe(true);
    apply(store, settle(null));
    expect(settle(tokens(0))).toEqual([]);
    undo();
    expect(extend(1)).toBe(false);
    expect(usageOf(store)).toMatchObject([{ used: 35 }]);
    expect(budgets.standing(MAILBOT, tokens(65)).usedPercent).toBe(100);
  });

  test("an intent that was not kept gives everything back, once", () => {
    const budgets = open(budget());
    const { undo, settle } = budgets.reserve(MAILBOT, tokens(100));
    undo();
    undo();
    expect(settle(tokens(50))).toEqual([]);
    expect(budgets.standing(MAILBOT, tokens(100)).exceeded).toEqual([]);
  });

  test("a crash between intent and outcome leaves it counted", () => {
    apply(store, open(budget()).reserve(MAILBOT, tokens(70)).writes);
    expect(exceeded(open(budget()), MAILBOT, tokens(31))).toEqual(["daily"]);
  });
});

describe("a stream that goes on", () => {
  test("stops where a deny budget ends, and takes nothing of the rest", () => {
    const budgets = open(budget());
    const { extend } = budgets.reserve(MAILBOT, tokens(10, 40));
    expect([extend(40), extend(20), extend(10)]).toEqual([true, false, true]);
    expect(exceeded(budgets)).toEqual(["daily"]);
  });

  test("goes on over a budget that holds: it cannot be held any more, and is counted", () => {
    const budgets = open(budget({ over: "hold", group: "admins" }));
    const call = budgets.reserve(MAILBOT, tokens(100));
    expect(call.extend(50)).toBe(true);
    expect(budgets.standing(MAILBOT, tokens(1)).usedPercent).toBe(151);
  });

  test("that was let go over a deny budget is not stopped by it: a stage that blocks nothing", () => {
    const budgets = open(budget());
    budgets.reserve(MAILBOT, tokens(100));
    expect(budgets.reserve(MAILBOT, tokens(10)).extend(10)).toBe(true);
  });

  test("costs by what a million tokens cost, without rounding up twice", () => {
    const budgets = open(budget({ metric: "cost", amount: 2 }));
    const call = budgets.reserve(MAILBOT, { ...tokens(0, 1), outputMicroUsdPerMTok: 500_000 });
    expect([call.extend(1), call.extend(1), call.extend(1), call.extend(1)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("hears of an admin's change at once", () => {
    const budgets = open(budget());
    const call = budgets.reserve(MAILBOT, tokens(10));
    budgets.replace([budget({ amount: 20 })], []);
    expect([call.extend(10), call.extend(1)]).toEqual([true, false]);
    budgets.replace([], []);
    expect(call.extend(1_000)).toBe(true);
  });
});

describe("time", () => {
  test("a new window is empty, and a late end is settled in the window of the beginning", () => {
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(100));
    apply(store, writes);
    time += DAY_MS;
    expect(exceeded(budgets, MAILBOT, tokens(100))).toEqual([]);
    apply(store, settle(tokens(150)));
    expect(usageOf(store)).toMatchObject([{ windowStart: Date.UTC(2026, 0, 1), used: 150 }]);
    expect(exceeded(budgets, MAILBOT, tokens(100))).toEqual([]);
    time -= DAY_MS;
    expect(exceeded(budgets)).toEqual(["daily"]);
  });

  test("a clock that jumps a year ahead and back loses no count", () => {
    const budgets = open(budget());
    budgets.reserve(MAILBOT, tokens(100));
    time += 365 * DAY_MS;
    budgets.reserve(MAILBOT, tokens(1));
    time = NOON;
    expect(exceeded(budgets)).toEqual(["daily"]);
  });

  test("a window that had to be forgotten counts as used up when the clock goes back to it", () => {
    const each = budget({ scope: { agent: "each", user: null, model: null } });
    const budgets = open(each);
    for (let n = 0; n < COUNTERS_KEPT; n += 1) budgets.reserve({ ...MAILBOT, agent: `agt_${n}` }, tokens(1));
    time += DAY_MS;
    const { writes } = budgets.reserve(MAILBOT, tokens(1));
    expect(writes.map(({ sql }) => sql.slice(0, 6))).toEqual(["DELETE", "INSERT"]);
    expect(apply(store, writes)).toBe(true);
    expect(exceeded(budgets)).toEqual([]);
    time -= DAY_MS;
    expect(exceeded(budgets)).toEqual(["daily"]);
    expect(exceeded(budgets, { ...MAILBOT, agent: "never seen" })).toEqual(["daily"]);
  });

  test("a reset begins anew, and calls under way end in the count they began in", () => {
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(100));
    apply(store, writes);
    budgets.replace([budget({ resetAt: NOON })], usageOf(store));
    expect(exceeded(budgets, MAILBOT, tokens(100))).toEqual([]);
    apply(store, budgets.reserve(MAILBOT, tokens(30)).writes);
    apply(store, settle(tokens(40)));
    expect(usageOf(store).map(({ used }) => used)).toEqual([40, 30]);
    expect(budgets.standing(MAILBOT, tokens(70))).toEqual({ exceeded: [], usedPercent: 100 });
    expect(exceeded(open(budget({ resetAt: NOON })), MAILBOT, tokens(71))).toEqual(["daily"]);
  });
});

describe("an admin's changes", () => {
  test("keep the count, also of what the store has not heard of yet", () => {
    const budgets = open(budget());
    budgets.reserve(MAILBOT, tokens(90));
    budgets.replace([budget({ amount: 200 }), budget({ id: "bud_2", name: "new", amount: 5 })], []);
    expect(budgets.standing(MAILBOT, tokens(6))).toMatchObject({ exceeded: [{ budget: { name: "new" } }] });
    budgets.replace([budget()], usageOf(store));
    expect(exceeded(budgets, MAILBOT, tokens(11))).toEqual(["daily"]);
  });

  test("a budget removed under way changes nothing for the outcome of a call, which must be kept", () => {
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(100));
    apply(store, writes);
    budgets.replace([], []);
    apply(store, [{ sql: "DELETE FROM budget_usage", parameters: [] }]);
    expect(apply(store, settle(tokens(10)))).toBe(true);
    expect(usageOf(store)).toEqual([]);
    expect(budgets.standing(MAILBOT, tokens(1_000))).toEqual({ exceeded: [], usedPercent: 0 });
  });
});

describe("limits", () => {
  test("who would need one counter too many is refused; who has one goes on", () => {
    const budgets = open(budget({ scope: { agent: "each", user: null, model: null } }));
    for (let n = 0; n < COUNTERS_MAX; n += 1) budgets.reserve({ ...MAILBOT, agent: `agt_${n}` }, tokens(1));
    expect(() => budgets.reserve({ ...MAILBOT, agent: "one more" }, tokens(1))).toThrow(
      expect.objectContaining({ code: "budgets_full" }),
    );
    expect(() => budgets.reserve(MAILBOT, tokens(1))).not.toThrow();
    time += DAY_MS;
    budgets.reserve({ ...MAILBOT, agent: "one more" }, tokens(1));
    expect(exceeded(budgets, { ...MAILBOT, agent: "one more" }, tokens(99))).toEqual([]);
  });

  test("an upstream that claims the moon, again and again, never breaks what the store can be read with", () => {
    const full = [
      { budgetId: "bud_1", spender: "{}", windowStart: Date.UTC(2026, 0, 1), used: USED_MAX - 5 },
    ];
    store.connection
      .prepare("INSERT INTO budget_usage VALUES ('bud_1', '{}', ?, ?)")
      .run(full[0]!.windowStart, full[0]!.used);
    const budgets = open(budget());
    const { writes, settle } = budgets.reserve(MAILBOT, tokens(3));
    apply(store, writes);
    apply(store, settle({ ...tokens(Number.POSITIVE_INFINITY), outputTokens: Number.NaN }));
    expect(usageOf(store)).toMatchObject([{ used: USED_MAX }]);
    apply(store, budgets.reserve(MAILBOT, tokens(3)).settle(tokens(0)));
    expect(usageOf(store)).toMatchObject([{ used: USED_MAX }]);
  });
});
