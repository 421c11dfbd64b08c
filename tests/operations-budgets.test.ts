import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { operationNamed } from "#operations";
import { openWorld, type World } from "./support/operations.ts";
import { recordAction } from "./support/recorded.ts";
import { openBudgetsIn } from "../src/gateway/budget-rows.ts";
import { apply, tokens } from "./samples/budgets.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const DAILY = { name: "daily", metric: "tokens", window: "day", amount: "100" };
const add = (more: object = {}) => world.ask("ada", "budgets.add", { ...DAILY, ...more });
const why = (input: object) => world.ask("ada", "policy.why", { agent: "olga-bot", ...input });

/** Spends at the doors, as one of the owners' agents. */
function spend(owner: string, count: number, model = "ollama/llama3.2"): void {
  const budgets = openBudgetsIn(world.store, world.ambient);
  const spender = { agent: world.ids.agents[owner]!, user: world.ids.users[owner]!, model };
  apply(world.store, budgets.reserve(spender, tokens(count)).writes);
}

describe("adding", () => {
  test("says what it will do, and shows it as it was written", async () => {
    expect(await world.ask("ada", "budgets.add", DAILY, true)).toEqual({
      would: "add budget daily: 100 tokens a day, then deny",
    });
    expect(
      await add({ agent: "olga-bot", user: "olga", model: "openai/*", over: "hold", group: "finance" }),
    ).toMatchObject({
      name: "daily",
      amount: "100",
      unit: "tokens",
      agent: "olga-bot",
      user: world.ids.users["olga"],
      model: "openai/*",
      over: "hold",
      group: "finance",
      used: "0",
      percent: 0,
      resetsAt: "2026-01-02T00:00:00.000Z",
      spenders: [],
    });
    expect(world.told).toEqual(["budgets changed"]);
    expect(world.kept.at(-1)).toMatchObject({
      kind: "budget.changed",
      body: { change: "added", name: "daily", agent: world.ids.agents["olga"], amount: 100, over: "hold" },
    });
  });

  test("money is kept to the millionth of a dollar", async () => {
    await add({ metric: "cost", amount: "0.1" });
    expect(world.kept.at(-1)?.body).toMatchObject({ amount: 100_000 });
    expect(await world.ask("ada", "budgets.get", { budget: "daily" })).toMatchObject({
      amount: "0.10",
      unit: "USD",
    });
  });

  test.each([
    [{ amount: "0" }, "budget_amount_invalid"],
    [{ amount: "1.5" }, "budget_amount_invalid"],
    [{ metric: "cost", amount: "0.0000001" }, "budget_amount_invalid"],
    [{ amount: "9007199254740993" }, "budget_amount_invalid"],
    [{ over: "hold" }, "budget_group_unclear"],
    [{ group: "finance" }, "budget_group_unclear"],
    [{ agent: "nobody" }, "agent_unknown"],
    [{ user: "nobody" }, "user_unknown"],
    [{ model: "*llama" }, "input_invalid"],
    [{ model: "" }, "input_invalid"],
    [{ metric: "euros" }, "input_invalid"],
    [{ window: "year" }, "input_invalid"],
    [{ name: "Daily" }, "input_invalid"],
    [{ name: "budget:daily" }, "input_invalid"],
    [{ over: "hold", group: "finance, and me" }, "input_invalid"],
  ])("%j is refused: %s", async (more, fault) => {
    const before = world.dump();
    expect(await add(more)).toEqual({ fault });
    expect(world.dump()).toBe(before);
  });

  test("two hundred are enough", async () => {
    for (let n = 0; n < 200; n += 1) await add({ name: `b${n}` });
    expect(await add()).toEqual({ fault: "budgets_too_many" });
  });
});

describe("looking", () => {
  test("shows what is used, by whom, fullest first, in this window alone", async () => {
    await add({ agent: "each" });
    spend("olga", 30);
    spend("otto", 55);
    expect(await world.ask("aud", "budgets.list", {})).toMatchObject({
      items: [
        {
          used: "55",
          percent: 55,
          spenders: [
            { agent: "otto-bot", used: "55", percent: 55 },
            { agent: "olga-bot", user: null, used: "30" },
          ],
        },
      ],
    });
    world.ambient.advance(86_400_000);
    expect(await world.ask("aud", "budgets.get", { budget: "daily" })).toMatchObject({
      used: "0",
      spenders: [],
    });
  });

  test("one budget looks back over the windows before, and shows each caller its own (T2)", async () => {
    await add({ name: "each", agent: "each" });
    spend("olga", 30);
    spend("otto", 55);
    world.ambient.advance(2 * 86_400_000);
    spend("olga", 10);
    const history = async (by: string) => (await world.ask(by, "budgets.get", { budget: "each" }))["history"];
    expect(await history("ada")).toEqual([
      { from: "2026-01-01T00:00:00.000Z", used: "55", percent: 55 },
      { from: "2026-01-03T00:00:00.000Z", used: "10", percent: 10 },
    ]);
    expect(await history("otto")).toEqual([{ from: "2026-01-01T00:00:00.000Z", used: "55", percent: 55 }]);
  });

  test("pages go on where the last one ended", async () => {
    for (const name of ["c", "a", "b"]) await add({ name });
    const first = await world.ask("ada", "budgets.list", { limit: 2 });
    const rest = await world.ask("ada", "budgets.list", { limit: 2, after: first["next"] });
    const names = [first, rest].map(({ items }) => (items as { name: string }[]).map(({ name }) => name));
    expect(names).toEqual([["a", "b"], ["c"]]);
  });

  test("an owner sees what counts the owner's own agents, and nothing of others (T2)", async () => {
    await add({ name: "all" });
    await add({ name: "each", agent: "each" });
    await add({ name: "users", user: "each" });
    await add({ name: "otto-agent", agent: "otto-bot" });
    await add({ name: "otto-user", user: "otto" });
    await add({ name: "olga-agent", agent: "olga-bot" });
    spend("olga", 10);
    spend("otto", 40);
    const { items } = await world.ask("olga", "budgets.list", {});
    const seen = (items as { name: string; used: string; spenders: { agent: string | null }[] }[]).map(
      ({ name, used, spenders }) => [name, used, spenders.length],
    );
    expect(seen).toEqual([
      ["all", "50", 1],
      ["each", "10", 1],
      ["olga-agent", "10", 1],
      ["users", "10", 1],
    ]);
    for (const budget of ["otto-agent", "otto-user", "never-there"]) {
      expect(await world.ask("olga", "budgets.get", { budget })).toEqual({ fault: "budget_unknown" });
    }
    expect(await world.ask("olga", "budgets.set", { budget: "all", amount: "1" })).toEqual({
      fault: "permission_denied",
    });
  });
});

describe("changing", () => {
  test("the amount, and what going over it means", async () => {
    await add({ over: "hold", group: "finance" });
    const set = (more: object) => world.ask("ada", "budgets.set", { budget: "daily", ...more });
    expect(await set({ amount: "250" })).toMatchObject({ amount: "250", over: "hold", group: "finance" });
    expect(await set({ over: "deny" })).toMatchObject({ over: "deny", group: null });
    expect(await set({ over: "hold" })).toEqual({ fault: "budget_group_unclear" });
    expect(await set({ over: "hold", group: "admins, not-owner" })).toMatchObject({
      group: "admins, not-owner",
    });
    expect(await set({ group: "finance,not-owner , 2" })).toMatchObject({ group: "finance, 2, not-owner" });
    expect(await set({ group: "finance, 99" })).toEqual({ fault: "input_invalid" });
    expect(await set({ amount: "2.5" })).toEqual({ fault: "budget_amount_invalid" });
    expect(await world.ask("ada", "budgets.set", { budget: "other", amount: "1" })).toEqual({
      fault: "budget_unknown",
    });
  });

  test("planned twice on the same state: the second is told, not lost", async () => {
    await add();
    const both = ["5", "6"].map((amount) => world.ask("ada", "budgets.set", { budget: "daily", amount }));
    const answers = await Promise.all(both);
    expect(answers.map((answer) => answer["fault"] ?? answer["amount"])).toEqual(["5", "changed_meanwhile"]);
  });

  test("a reset begins anew, and twice in a millisecond is twice", async () => {
    await add();
    spend("olga", 60);
    for (const used of [20, 7]) {
      expect(await world.ask("ada", "budgets.reset", { budget: "daily" })).toMatchObject({
        used: "0",
        percent: 0,
      });
      world.ambient.advance(1);
      spend("olga", used);
      expect(await world.ask("ada", "budgets.get", { budget: "daily" })).toMatchObject({
        used: String(used),
      });
    }
  });

  test("a reset made while the clock was a year ahead does not stand in the way of the next", async () => {
    await add();
    world.ambient.advance(365 * 86_400_000);
    await world.ask("ada", "budgets.reset", { budget: "daily" });
    world.ambient.advance(-365 * 86_400_000);
    spend("olga", 60);
    expect(await world.ask("ada", "budgets.reset", { budget: "daily" })).toMatchObject({ used: "0" });
  });

  test("what is removed leaves no count behind, and its name is free", async () => {
    await add();
    spend("olga", 60);
    expect(await world.ask("ada", "budgets.remove", { budget: "daily" })).toMatchObject({ used: "60" });
    expect(world.store.connection.prepare("SELECT * FROM budget_usage").all()).toEqual([]);
    expect(await add()).toMatchObject({ used: "0" });
  });

  test("a damaged row is refused, not guessed", async () => {
    await add();
    world.store.connection.exec("UPDATE budgets SET scope = '[]'");
    expect(await world.ask("ada", "budgets.list", {})).toEqual({ fault: "budget_unreadable" });
    expect(() => openBudgetsIn(world.store, world.ambient)).toThrow(
      expect.objectContaining({ code: "budget_unreadable" }),
    );
  });
});

describe("why an agent may ask a model", () => {
  test("is told of any model of an upstream, local or not", async () => {
    await world.ask("ada", "upstreams.add", { name: "ollama", kind: "ollama" });
    await world.ask("ada", "upstreams.add", { name: "openai", kind: "openai", key: "secret-of-openai" });
    const text = `@id("here") @reason("{model} stays here.") permit (principal is Doorward::Agent, action == Doorward::Action::"models/generate", resource)
      unless { context.effects.contains("outbound") };`;
    await world.ask("ada", "policy.activate", { text, withoutBacktest: "a test" });
    expect(await why({ model: "ollama/llama3.2" })).toMatchObject({
      verdict: "allow",
      action: "models/generate",
      resource: 'Doorward::Model::"ollama/llama3.2"',
      policies: [{ id: "here", outcome: "satisfied", reason: "ollama/llama3.2 stays here." }],
    });
    expect(await why({ model: "openai/gpt-5" })).toMatchObject({ verdict: "deny", code: "no_permit" });
  });

  test.each([
    [{ model: "nowhere/llama" }, "upstream_unknown"],
    [{ model: "llama" }, "input_invalid"],
    [{ model: "ollama/llama", tool: "fs/read_file" }, "why_of_nothing"],
    [{}, "why_of_nothing"],
  ])("%j: %s", async (input, fault) => {
    expect(await why(input)).toEqual({ fault });
  });
});

test("the guide's commands work, in its order", async () => {
  const guide = readFileSync(new URL("../docs/guide/budgets.md", import.meta.url), "utf8");
  const lines = [...guide.matchAll(/^ {4}doorward (budgets.*?)(?: {2,}.*)?$/gm)].map(([, line = ""]) => line);
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) {
    const [noun, verb, ...words] = line.replaceAll("mailbot ", "olga-bot ").split(" ");
    const operation = operationNamed(`${noun}.${verb}`);
    const first = words[0]?.startsWith("--") === false ? words.shift() : undefined;
    const pairs = words.flatMap((word, n) => (n % 2 === 0 ? [[word.slice(2), words[n + 1]]] : []));
    const named = first === undefined ? {} : { [operation.positional?.[0] ?? ""]: first };
    const answer = await world.ask("ada", operation.name, { ...Object.fromEntries(pairs), ...named });
    expect({ line, fault: answer["fault"] }).toEqual({ line, fault: undefined });
  }
});

describe("why, of an action that a budget stopped", () => {
  test("names the budget that stopped it then, beside what policy says now", async () => {
    await world.ask("ada", "upstreams.add", { name: "ollama", kind: "ollama" });
    const agent = String(world.ids.agents["olga"]);
    const stopped = { agent, tool: "ollama/llama3.2", verb: "models/generate", verdict: "deny" } as const;
    const action = await recordAction(world.as("ada"), {
      ...stopped,
      code: "budget_exceeded",
      policies: ["budget:daily"],
    });
    const told = await world.ask("ada", "policy.why", { action });
    expect(told).toMatchObject({
      verdict: "allow",
      recorded: "deny",
      record: { verdict: "deny", code: "budget_exceeded", rules: ["budget:daily"] },
      reason: expect.stringContaining('stopped by "daily" then'),
    });
    const unreviewed = await recordAction(world.as("ada"), { ...stopped, code: "tool_not_accepted" });
    expect((await world.ask("ada", "policy.why", { action: unreviewed }))["reason"]).toContain(
      "no policy that refused it then: tool_not_accepted",
    );
  });
});
