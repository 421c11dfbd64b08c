import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson, digestOf } from "#base";
import { type Budget, openBudgets, type Spending } from "#budgets";
import { compilePolicies, type PolicySet, STARTER_POLICY } from "#policy";
import type { ServerName } from "#vocabulary";
import { createDecide } from "../../src/gateway/deciding.ts";
import type { Attempt, Forward } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { budget, MAILBOT, tokens, usageOf } from "../samples/budgets.ts";
import { attemptBy, house, kinds } from "./road-harness.ts";

// Budgets on the real road: policy, overlay, reservation and journal together, each broken in turn.

function setOf(text: string): PolicySet {
  const compiled = compilePolicies(text, []);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.set;
}

function doors(...all: Budget[]) {
  const own = house();
  let set = setOf(STARTER_POLICY);
  const live = openBudgets(all, [], own.ambient.now);
  own.store.connection.exec(
    "INSERT INTO users (id, name, issuer, subject, roles, groups, created_at) VALUES ('usr_9', 'ada', 'local', 'ada', '[\"admin\"]', '[]', 0)",
  );
  const outside = {
    ...own.outside,
    decide: createDecide({ policy: () => set, budgets: live, store: own.store }),
    principals: () => [NOTES],
  };
  const road = createRoad(outside);
  const attempt = (asked: Spending, text = "hello", stage: "enforce" | "observe" = "enforce"): Attempt => {
    const base = attemptBy(own.ambient);
    const server = "ollama" as ServerName;
    const action = {
      ...base.action,
      door: "llm" as const,
      verb: "models/generate" as const,
      target: { server, name: "llama3.2" },
      arguments: { prompt: text },
      destination: { kind: "model-upstream" as const, server, identity: digestOf("ollama") },
      model: "llama3.2",
    };
    return {
      ...base,
      identity: { ...base.identity, stage },
      principals: [NOTES],
      action,
      digest: digestOf(action),
      text: canonicalJson(action),
      facts: { fingerprint: null, effects: ["read"] },
      standing: () => live.standing(MAILBOT, asked),
    };
  };
  const forwarding = (asked: Spending, spent: Spending | null = asked): Forward => {
    let reservation: ReturnType<typeof live.reserve> | null = null;
    return {
      ...own.forward,
      ledger: {
        intent: () => {
          reservation = live.reserve(MAILBOT, asked);
          return reservation.writes;
        },
        undo: () => reservation?.undo(),
        outcome: () => ({ facts: {}, writes: reservation?.settle(spent) ?? [] }),
      },
    };
  };
  const call = (asked: Spending, text?: string, stage?: "enforce" | "observe") =>
    road.travel(attempt(asked, text, stage), own.asker, forwarding(asked));
  return {
    ...own,
    road,
    live,
    call,
    attempt,
    forwarding,
    replacePolicy: (text: string) => void (set = setOf(text)),
  };
}

const NOTES = { type: "Agent" as const, id: "agt_1", name: "notes", grantedTools: [], owner: "usr_1" };
const holding = budget({ over: "hold", group: "admins" });
let own: ReturnType<typeof doors>;

describe("a budget that denies", () => {
  beforeEach(() => {
    own = doors(budget());
  });

  test("refuses what goes over it, on record under its own name, and nothing is sent or counted", async () => {
    await own.call(tokens(90));
    const refused = await own.call(tokens(11));
    expect(refused).toMatchObject({
      kind: "refused",
      code: "budget_exceeded",
      rules: ["budget:daily"],
      reason: expect.stringContaining("90 of 100 tokens"),
    });
    expect(own.sent).toHaveLength(1);
    expect(own.journal.kept.at(-1)).toMatchObject({ kind: "verdict", body: { policies: ["budget:daily"] } });
    expect(usageOf(own.store)).toMatchObject([{ used: 90 }]);
  });

  test("lets no two calls at once have the same room", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => own.call(tokens(25), `call ${n}`)),
    );
    expect(answers.filter(({ kind }) => kind === "result")).toHaveLength(4);
    expect(own.sent).toHaveLength(4);
    expect(usageOf(own.store)).toMatchObject([{ used: 100 }]);
  });

  test("stops nobody who is only observed, and counts them", async () => {
    await own.call(tokens(100));
    expect(await own.call(tokens(50), "more", "observe")).toMatchObject({ kind: "result" });
    expect(
      own.journal.kept.find(({ body }) => body["observed"] !== null && body["observed"] !== undefined),
    ).toMatchObject({
      kind: "intent",
      body: { observed: { code: "budget_exceeded" } },
    });
    expect(usageOf(own.store)).toMatchObject([{ used: 150 }]);
  });

  test("gives back what an intent reserved that could not be written down", async () => {
    const broken = { ...own.outside, decide: own.outside.decide };
    const attempt = own.attempt(tokens(80));
    const failing = createRoad({
      ...broken,
      decide: () => ({ kind: "allow", policySet: digestOf("set"), grounds: [] }),
      journal: { append: async () => Promise.reject(new Error("the disk is full")) },
    });
    await expect(failing.travel(attempt, own.asker, own.forwarding(tokens(80)))).rejects.toThrow(
      "the disk is full",
    );
    expect(own.live.standing(MAILBOT, tokens(100)).exceeded).toEqual([]);
    expect(own.sent).toEqual([]);
  });

  test("counts what was reserved where nobody knows what was spent", async () => {
    await own.road.travel(own.attempt(tokens(60)), own.asker, own.forwarding(tokens(60), null));
    expect(usageOf(own.store)).toMatchObject([{ used: 60 }]);
  });

  test("a policy that forbids speaks first, with the budget beside it", async () => {
    await own.call(tokens(100));
    own.replacePolicy('@id("no") forbid (principal, action, resource);');
    expect(await own.call(tokens(1))).toMatchObject({
      code: "policy_forbids",
      rules: ["no", "budget:daily"],
    });
  });
});

describe("a budget that holds", () => {
  beforeEach(() => {
    own = doors(holding);
  });

  test("waits for its group, goes once, and the next one waits again", async () => {
    await own.call(tokens(100));
    expect(await own.call(tokens(10))).toMatchObject({ kind: "held", rules: ["budget:daily"] });
    own.decideApproval("approved");
    expect(await own.call(tokens(10))).toMatchObject({ kind: "result" });
    expect(usageOf(own.store)).toMatchObject([{ used: 110 }]);
    expect(await own.call(tokens(10))).toMatchObject({ kind: "held" });
    expect(own.sent).toHaveLength(2);
  });

  test("an approval of one call is not one of another", async () => {
    await own.call(tokens(100));
    await own.call(tokens(10), "this");
    own.decideApproval("approved");
    expect(await own.call(tokens(10), "that")).toMatchObject({ kind: "held" });
  });

  test("an approval lifts nothing once the policy set is another", async () => {
    await own.call(tokens(100));
    await own.call(tokens(10));
    own.decideApproval("approved");
    own.replacePolicy(`${STARTER_POLICY}\n`);
    expect(await own.call(tokens(10))).toMatchObject({ kind: "held", rules: ["budget:daily"] });
    expect(own.sent).toHaveLength(1);
  });

  test("an approval lifts nothing once the budget denies", async () => {
    await own.call(tokens(100));
    await own.call(tokens(10));
    own.decideApproval("approved");
    own.live.replace([budget()], []);
    expect(await own.call(tokens(10))).toMatchObject({ kind: "refused", code: "budget_exceeded" });
  });

  test("and a policy that holds too: both groups are asked, and one yes lifts both", async () => {
    own.replacePolicy(
      `${STARTER_POLICY} @id("look") @hold("approvers") forbid (principal, action == Doorward::Action::"models/generate", resource) when { context.budget.usedPercent > 100 };`,
    );
    own.store.connection.exec('UPDATE users SET roles = \'["admin","approver"]\'');
    await own.call(tokens(100));
    expect(await own.call(tokens(10))).toMatchObject({ kind: "held", rules: ["budget:daily", "look"] });
    const { groups } = own.store.connection.prepare("SELECT groups FROM approvals").get() as {
      groups: string;
    };
    expect(JSON.parse(groups)).toEqual(["admins", "approvers"]);
    own.decideApproval("approved");
    expect(await own.call(tokens(10))).toMatchObject({ kind: "result" });
  });

  test("is a refusal where nobody could say yes", async () => {
    own = doors(budget({ over: "hold", group: "finance" }));
    await own.call(tokens(100));
    expect(await own.call(tokens(1))).toMatchObject({ kind: "refused", code: "no_approver" });
  });

  test("lets go by itself in the next window", async () => {
    await own.call(tokens(100));
    expect(await own.call(tokens(10))).toMatchObject({ kind: "held" });
    own.ambient.advance(86_400_000);
    expect(await own.call(tokens(10))).toMatchObject({ kind: "result" });
    expect(kinds(own.journal).filter((kind) => kind === "intent")).toHaveLength(2);
  });
});
