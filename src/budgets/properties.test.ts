import fc from "fast-check";
import { expect, test } from "vitest";
import type { StateWrite } from "#ledger";
import { openStore } from "#store";
import { apply, budget, tokens, usageOf } from "../../tests/samples/budgets.ts";
import type { Budget, LiveBudgets, Reservation, Spender } from "./budget.ts";
import { openBudgets } from "./open.ts";

// Calls of several agents begin, grow, end and fail in any order, their transactions commit in any order that keeps an
// intent before its outcome, and the clock jumps.

const AGENTS = ["agt_1", "agt_2", "agt_3"];
const MODELS = ["ollama/llama", "openai/gpt"];
const START = Date.UTC(2026, 0, 31, 23, 59);
const JUMPS = [0, 1_000, 60_000, -60_000, 3_600_000, -7_200_000, 86_400_000, 31 * 86_400_000];

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("begin" as const),
      who: fc.nat(2),
      model: fc.nat(1),
      input: fc.nat(60),
      output: fc.nat(60),
      isLifted: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("grow" as const), call: fc.nat(20), by: fc.nat(50) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      call: fc.nat(20),
      share: fc.option(fc.nat(100)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const), call: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("commit" as const), batches: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("jump" as const), to: fc.nat(JUMPS.length - 1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Call {
  readonly reservation: Reservation;
  readonly spender: Spender;
  readonly input: number;
  readonly reserved: number;
  output: number;
  /** Whether its intent is committed: only then may it end. */
  isKept: boolean;
}

const BUDGETS: readonly Budget[] = [
  budget({ id: "bud_1", amount: 150 }),
  budget({ id: "bud_2", name: "own", amount: 80, scope: { agent: "each", user: null, model: null } }),
  budget({
    id: "bud_3",
    name: "gpt",
    amount: 4,
    metric: "requests",
    window: "minute",
    scope: { agent: "each", user: null, model: "openai/*" },
  }),
  budget({
    id: "bud_4",
    name: "month",
    amount: 60,
    over: "hold",
    group: "admins",
    window: "month",
    metric: "output-tokens",
  }),
];

function play(steps: readonly Step[]) {
  const store = openStore(":memory:");
  let time = START;
  const budgets: LiveBudgets = openBudgets(BUDGETS, [], () => time);
  const open: Call[] = [];
  const queue: { writes: readonly StateWrite[]; kept?: () => void }[] = [];
  let liftedTokens = 0;
  const commit = (count: number): void => {
    for (const { writes, kept } of queue.splice(0, count)) {
      expect(apply(store, writes)).toBe(true);
      kept?.();
      for (const { used } of usageOf(store)) expect(used).toBeGreaterThanOrEqual(0);
    }
  };
  const actions: { readonly [D in Step["do"]]: (step: Extract<Step, { do: D }>) => void } = {
    begin: ({ who, model, input, output, isLifted }) => {
      const spender = { agent: AGENTS[who]!, user: "usr_1", model: MODELS[model]! };
      const { exceeded } = budgets.standing(spender, tokens(input, output));
      if (exceeded.some((one) => one.budget.over === "deny") && !isLifted) return;
      if (exceeded.length > 0) liftedTokens += input + output;
      const reservation = budgets.reserve(spender, tokens(input, output));
      const call: Call = { reservation, spender, input, output, reserved: input + output, isKept: false };
      open.push(call);
      queue.push({ writes: reservation.writes, kept: () => void (call.isKept = true) });
    },
    grow: ({ call: at, by }) => {
      const call = open[at];
      if (call?.reservation.extend(by) === true) call.output += by;
    },
    end: ({ call: at, share }) => {
      const call = open[at];
      if (call === undefined || !call.isKept) return;
      open.splice(at, 1);
      const spent = share === null ? null : tokens(call.input, Math.floor((call.output * share) / 100));
      queue.push({ writes: call.reservation.settle(spent) });
    },
    fail: ({ call: at }) => {
      const call = open[at];
      const index = queue.findIndex(({ writes }) => writes === call?.reservation.writes);
      if (call === undefined || index < 0) return;
      open.splice(at, 1);
      queue.splice(index, 1);
      call.reservation.undo();
    },
    commit: ({ batches }) => commit(batches),
    jump: ({ to }) => void (time += JUMPS[to]!),
  };
  for (const each of steps) (actions[each.do] as (step: Step) => void)(each);
  const settleAll = (): void => {
    commit(queue.length);
    for (const call of open.splice(0)) queue.push({ writes: call.reservation.settle(null) });
    commit(queue.length);
  };
  return { store, budgets, open, time: () => time, settleAll, liftedTokens: () => liftedTokens };
}

const spenders = AGENTS.flatMap((agent) => MODELS.map((model) => ({ agent, user: "usr_1", model })));
/** What a budget holds, seen from outside: a call of one unit that never fits tells what is used. */
function counted(budgets: LiveBudgets) {
  const huge = { ...tokens(1e9, 1e9), requests: 1e9 };
  return spenders.map((spender) =>
    budgets
      .standing(spender, huge)
      .exceeded.map(({ budget: { name }, used, resetsAt }) => ({ name, used, resetsAt })),
  );
}

test("a deny budget is never passed by more than what people let pass, whatever the order", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { budgets, liftedTokens } = play(steps);
      for (const spender of spenders) {
        const huge = budgets.standing(spender, tokens(1e9));
        for (const { budget: one, used } of huge.exceeded) {
          if (one.over === "hold" || one.metric !== "tokens") continue;
          expect(used).toBeLessThanOrEqual(one.amount + liftedTokens() + grownWhileLifted(steps));
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Calls that were let go over a budget may also grow past it. */
function grownWhileLifted(steps: readonly Step[]): number {
  const isLifting = steps.some((one) => one.do === "begin" && one.isLifted);
  return isLifting ? steps.reduce((sum, one) => sum + (one.do === "grow" ? one.by : 0), 0) : 0;
}

test("once everything is settled and committed the store counts what memory counts, and a restart changes nothing", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { store, budgets, time, settleAll } = play(steps);
      settleAll();
      const again = openBudgets(BUDGETS, usageOf(store), time);
      expect(counted(again)).toEqual(counted(budgets));
    }),
    { numRuns: 300 },
  );
});

test("a crash at any moment leaves every open intent's reservation on record", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { store, open } = play(steps);
      const reserved = open.reduce((sum, call) => sum + (call.isKept ? call.reserved : 0), 0);
      const daily = usageOf(store).filter(({ budgetId }) => budgetId === "bud_1");
      expect(daily.reduce((sum, { used }) => sum + used, 0)).toBeGreaterThanOrEqual(reserved);
    }),
    { numRuns: 300 },
  );
});
