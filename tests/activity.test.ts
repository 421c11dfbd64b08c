import { beforeEach, describe, expect, test } from "vitest";
import { act } from "./support/activity.ts";
import { holdAction, openWorld, type World } from "./support/operations.ts";

// What happens at the doors, entry by entry: who sees which, and that pages neither lose nor repeat any.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

type Item = Record<string, unknown> & { readonly index: number };

async function list(who: string, input: object = {}) {
  const answer = await world.ask(who, "activity.list", input);
  return answer as { items: Item[]; next: number | null; head: number; fault?: string };
}

describe("activity.list", () => {
  test("is newest first, one item per entry about an action", async () => {
    const action = await act(world, "olga");
    const { items, head } = await list("ada");
    expect(items.slice(0, 2)).toEqual([
      {
        index: head,
        at: expect.any(String),
        kind: "outcome",
        action,
        agent: "olga-bot",
        agentId: world.ids.agents["olga"],
        session: world.ids.sessions["olga"],
        onBehalfOf: null,
        door: "llm",
        verb: "models/generate",
        server: "ollama",
        name: "qwen3",
        effects: ["read"],
        verdict: null,
        decided: "allow",
        code: null,
        policies: [],
        approval: null,
        status: "ok",
        durationMs: 12,
        model: "small",
        usage: { inputTokens: 5, outputTokens: 7 },
      },
      expect.objectContaining({ index: head - 1, kind: "intent", verdict: "allow", policies: ["p1"] }),
    ]);
    expect(items.map(({ kind }) => kind)).not.toContain("policy.activated");
  });

  test("a decision about a hold says what was held, though its own entry does not", async () => {
    const approval = world.ids.approvals["olga"];
    await world.ask("ada", "approvals.deny", { approval });
    const [item] = (await list("olga")).items;
    expect(item).toMatchObject({
      kind: "approval.decided",
      action: world.ids.actions["olga"],
      approval,
      agent: "olga-bot",
      server: "fs",
      name: "write_file",
      verdict: null,
      status: "denied",
    });
  });

  test("an entry between two decisions belongs to the one before it", async () => {
    const [held, allowed] = [{ verdict: "hold" }, { verdict: "allow" }];
    const action = world.ambient.id("act");
    const about = { agent: world.ids.agents["olga"] ?? "", user: "usr_gone" };
    const entry = (kind: "verdict" | "approval.decided" | "intent" | "outcome", body: object) => ({
      kind,
      subject: action,
      at: world.ambient.now(),
      body: { ...about, verb: "tools/call", ...body },
    });
    const entries = [entry("approval.decided", { status: "approved" }), entry("intent", allowed)] as const;
    const rest = [...entries, entry("outcome", { status: "ok" })];
    await world.as("ada").journal.append({ entries: [entry("verdict", held), ...rest] });
    const { items } = await list("ada", { limit: 4 });
    expect(items.map(({ decided }) => decided)).toEqual(["allow", "allow", "hold", "hold"]);
    expect(new Set(items.map(({ onBehalfOf }) => onBehalfOf))).toEqual(new Set(["usr_gone"]));
  });

  test("an owner sees what their own agents do, and nothing of others", async () => {
    await act(world, "olga");
    await act(world, "otto");
    const { items } = await list("olga");
    expect(new Set(items.map(({ agent }) => agent))).toEqual(new Set(["olga-bot"]));
    expect((await list("olga", { agent: "otto-bot" })).items).toEqual([]);
    expect((await list("olga", { agent: world.ids.agents["otto"] })).items).toEqual([]);
  });

  test("an action of an agent that the state no longer knows is for those who see all", async () => {
    await act(world, "olga", { agent: "agt_00000000000000000000000000" });
    expect((await list("ada", { limit: 1 })).items).toMatchObject([
      { agent: "agt_00000000000000000000000000" },
    ]);
    expect((await list("olga", { limit: 1 })).items).toMatchObject([{ kind: "approval.requested" }]);
  });

  test.each([
    [{ verdict: "hold" }, ["approval.requested", "verdict", "approval.requested", "verdict"]],
    [{ verdict: "allow" }, ["outcome", "intent"]],
    [{ verdict: "deny" }, []],
    [{ door: "llm" }, ["outcome", "intent"]],
    [{ server: "ollama" }, ["outcome", "intent"]],
    [{ server: "elsewhere" }, []],
    [{ agent: "otto-bot" }, ["approval.requested", "verdict"]],
  ])("narrowed by %j", async (input, kinds) => {
    await act(world, "olga");
    expect((await list("ada", input)).items.map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each([1, 3, 200])("pages of %i follow each other both ways, without gap or repeat", async (limit) => {
    for (let n = 0; n < 10; n += 1) await act(world, n % 2 === 0 ? "olga" : "otto");
    const { head } = await list("ada");
    const down = await pages("olga", limit, "before", undefined);
    const up = await pages("olga", limit, "after", -1);
    expect(down).toEqual(up.toReversed());
    expect(up.length).toBe(2 + 10);
    expect(Math.max(...up)).toBeLessThanOrEqual(head);
  });

  test("looks at a bounded number of entries for one page, and says where to go on", async () => {
    const entries = Array.from({ length: 50 }, () => ({
      kind: "agent.changed" as const,
      subject: "agt_x",
      at: 0,
      body: {},
    }));
    for (let n = 0; n < 45; n += 1)
      await world.as("ada").journal.append({ entries: [entries[0]!, ...entries.slice(1)] });
    const first = await list("ada");
    expect(first.items).toEqual([]);
    expect(first.next).toBe(first.head + 1 - 2_000);
    const second = await list("ada", { before: first.next });
    expect(second.items.length).toBe(4);
    expect(second.next).toBeNull();
  });

  test("refuses both directions at once, and no direction at all means the end", async () => {
    expect(await list("ada", { after: 1, before: 5 })).toEqual({ fault: "input_invalid" });
    await holdAction({ ...world.as("ada"), store: world.store, ambient: world.ambient }, bot("olga"), []);
    const { items, head } = await list("ada", { limit: 1 });
    expect(items[0]?.index).toBe(head);
    expect((await list("ada", { before: Number.MAX_SAFE_INTEGER, limit: 1 })).items[0]?.index).toBe(head);
    expect(await list("ada", { after: head })).toEqual({ items: [], next: null, head });
  });
});

function bot(owner: string) {
  const { agents, sessions } = world.ids;
  return { id: agents[owner] ?? "", name: `${owner}-bot`, session: sessions[owner] ?? "" };
}

async function pages(who: string, limit: number, way: "after" | "before", from: number | undefined) {
  const found: number[] = [];
  let next: number | null | undefined = from;
  for (let n = 0; n < 100 && next !== null; n += 1) {
    const page: Awaited<ReturnType<typeof list>> = await list(who, { limit, [way]: next });
    found.push(...page.items.map(({ index }) => index));
    next = page.next;
  }
  return found;
}
