import { beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";
import { recordAction, type Recording } from "./support/recorded.ts";

// `policy learn` over a real store: from recorded actions to a text that can be checked, tested, replayed and activated.

const CLEAN = {
  labelled: true,
  effect: "read",
  mandate: "attested",
  tainted: false,
  overflowed: false,
  asked: true,
  readers: "none",
  carries: [],
  origins: {},
};

let world: World;
let bot: string;

beforeEach(async () => {
  world = await openWorld();
  const added = await world.ask("olga", "agents.add", { name: "bot" });
  bot = String(added["id"]);
});

async function record(over: Partial<Recording> = {}): Promise<string> {
  const id = await recordAction(world.as("ada"), { agent: bot, tool: "fs/read_file", flow: CLEAN, ...over });
  world.ambient.advance(1_000);
  return id;
}

const learn = (more: object = {}, who = "olga") => world.ask(who, "policy.learn", { agent: "bot", ...more });

describe("policy.learn", () => {
  test("proposes what was seen, with its grounds, tests and manifests, and says what it left out", async () => {
    const seen = await record();
    const flow = { ...CLEAN, labelled: false };
    await record({ tool: "fs/write_file", effects: ["write"], stage: "observe", verdict: "hold", flow });
    await record({ verdict: "deny" });
    await record({ isKept: false });
    await record({ flow: { ...CLEAN, origins: { path: ["untrusted"] } } });
    const learnt = await learn();
    expect(learnt).toMatchObject({
      agent: "bot",
      actions: 5,
      learned: 2,
      check: { allowed: 1, held: 1, denied: 0 },
      rules: [
        { target: "tools/call fs/read_file", count: 1, examples: [seen] },
        { target: "tools/call fs/write_file", count: 1 },
        { target: "everything else", count: 0 },
      ],
      manifests: [{ server: "fs", file: expect.stringContaining("read_file:") }],
    });
    expect((learnt["skipped"] as { reason: string }[]).map(({ reason }) => reason)).toEqual([
      "a value of it stood in what others wrote (T18)",
      "it was refused or never released",
      expect.stringContaining("its arguments are not kept"),
    ]);
    const { text, tests } = learnt;
    expect(await world.ask("ada", "policy.check", { text })).toMatchObject({ ok: true });
    expect(await world.ask("ada", "policy.test", { tests, policy: text })).toMatchObject({ failed: 0 });
    expect(await world.ask("ada", "policy.backtest", { text, agent: "bot" })).toMatchObject({
      newlyDenied: 0,
    });
  });

  test("a hold counts once people let it go, and not before", async () => {
    const held = await record({ verdict: "hold" });
    expect(await learn()).toMatchObject({ actions: 1, learned: 0 });
    const { journal, ambient } = world.as("ada");
    const kept = world.kept.findLast(({ subject }) => subject === held);
    if (kept === undefined) throw new Error("not recorded");
    const body = { ...kept.body, verdict: "allow", approval: "apr_1" };
    await journal.append({ entries: [{ ...kept, kind: "intent", at: ambient.now(), body }] });
    expect(await learn()).toMatchObject({ actions: 1, learned: 1 });
  });

  test("what was learned before is only replaced on a person's word", async () => {
    await record();
    const { text } = await learn();
    await world.ask("ada", "policy.activate", { text, withoutBacktest: "a test" });
    expect(await learn()).toEqual({ fault: "learned_before" });
    expect(await learn({ replace: true })).toMatchObject({ learned: 1 });
  });

  test("shows the words of agents to those alone who may read their payloads", async () => {
    await record();
    expect(await learn({}, "otto")).toEqual({ fault: "agent_unknown" });
    expect(await learn({ agent: "nobody" })).toEqual({ fault: "agent_unknown" });
    expect(await learn({ since: "1m" })).toMatchObject({ actions: 1 });
    world.ambient.advance(120_000);
    expect(await learn({ since: "1m" })).toMatchObject({ actions: 0, rules: [{ count: 0 }] });
  });
});
