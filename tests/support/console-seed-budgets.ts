import type { OutputOf } from "#operations";
import { ago, idOf, SEED_NOW } from "./console-seed-base.ts";

type Budget = OutputOf<"budgets.get">;

const DAY_SECONDS = 86_400;

/** Four weeks of days, of which the last is now. */
const HISTORY: Budget["history"] = Array.from({ length: 28 }, (_, n) => {
  const percent = 20 + ((n * 37) % 90);
  const from = new Date(SEED_NOW - (SEED_NOW % 86_400_000) - (27 - n) * DAY_SECONDS * 1_000).toISOString();
  return { from, used: String(percent * 20_000), percent };
});

/** Half a year of months, of which the last is now. */
const MONTHS: Budget["history"] = [31, 64, 12, 107, 100, 85].map((percent, month) => ({
  from: new Date(Date.UTC(2026, 5 + month, 1)).toISOString(),
  used: (percent / 4).toFixed(2),
  percent,
}));

const budget = (count: number, name: string, over: Partial<Budget> = {}): Budget => ({
  id: idOf("bud", count),
  name,
  metric: "tokens",
  window: "day",
  amount: "2000000",
  unit: "tokens",
  agent: null,
  user: null,
  model: null,
  over: "deny",
  group: null,
  used: "812400",
  percent: 40,
  resetsAt: ago(-34_200),
  spenders: [{ agent: null, user: null, model: null, used: "812400", percent: 40 }],
  createdAt: ago(30 * DAY_SECONDS),
  history: HISTORY,
  ...over,
});

export const BUDGETS: readonly Budget[] = [
  budget(1, "daily"),
  budget(2, "each-agent", {
    metric: "cost",
    window: "month",
    amount: "25.00",
    unit: "USD",
    agent: "each",
    over: "hold",
    group: "finance",
    used: "21.30",
    percent: 85,
    resetsAt: ago(-9 * DAY_SECONDS),
    spenders: [
      { agent: "mailbot", user: null, model: null, used: "21.30", percent: 85 },
      { agent: "scribe", user: null, model: null, used: "4.02", percent: 16 },
    ],
    history: MONTHS,
  }),
  budget(3, "mailbot-calls", {
    metric: "requests",
    window: "hour",
    amount: "100",
    unit: "requests",
    agent: "mailbot",
    model: "openai/*",
    used: "100",
    percent: 100,
    resetsAt: ago(-1_800),
    spenders: [{ agent: null, user: null, model: null, used: "100", percent: 100 }],
    history: [],
  }),
];
