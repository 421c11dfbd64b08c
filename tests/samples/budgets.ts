import type { SQLInputValue } from "node:sqlite";
import type { Budget, Spender, Spending, Usage } from "#budgets";
import type { StateWrite } from "#ledger";
import type { Store } from "#store";

// Samples for tests of budgets, and a store that takes their writes.

export const MAILBOT: Spender = { agent: "agt_1", user: "usr_1", model: "ollama/llama3.2" };

/** 100 tokens a day, of everybody together, unless told otherwise. */
export function budget(over: Partial<Budget> = {}): Budget {
  return {
    id: "bud_1",
    name: "daily",
    scope: { agent: null, user: null, model: null },
    metric: "tokens",
    window: "day",
    amount: 100,
    over: "deny",
    group: null,
    resetAt: null,
    ...over,
  };
}

/** Tokens at no price. */
export function tokens(inputTokens: number, outputTokens = 0): Spending {
  return { requests: 1, inputTokens, outputTokens, inputMicroUsdPerMTok: 0, outputMicroUsdPerMTok: 0 };
}

/** As the journal does, in one transaction: false and nothing kept where a write changed another number of rows. */
export function apply({ connection }: Store, writes: readonly StateWrite[]): boolean {
  connection.exec("BEGIN");
  const isKept = writes.every((write) => {
    const { changes } = connection.prepare(write.sql).run(...(write.parameters as SQLInputValue[]));
    return write.changes === undefined || Number(changes) === write.changes;
  });
  connection.exec(isKept ? "COMMIT" : "ROLLBACK");
  return isKept;
}

export function usageOf({ connection }: Store): Usage[] {
  return connection
    .prepare("SELECT budget_id, spender, window_start, used FROM budget_usage ORDER BY 1, 2, 3")
    .all()
    .map((row) => ({
      budgetId: String(row["budget_id"]),
      spender: String(row["spender"]),
      windowStart: Number(row["window_start"]),
      used: Number(row["used"]),
    }));
}
