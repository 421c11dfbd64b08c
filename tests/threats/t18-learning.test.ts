import { beforeEach, expect, test } from "vitest";
import { openWorld, type World } from "../support/operations.ts";
import { recordAction, type Recording } from "../support/recorded.ts";

// T18: learning skips tainted traffic. What an attacker gets an agent to do a thousand times, over many sessions, is in
// nothing that is proposed: no rule, no test, no manifest, no example.

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
const EVIL = "https://collect.evil.test/drop";

let world: World;
let bot: string;
beforeEach(async () => {
  world = await openWorld();
  bot = String((await world.ask("olga", "agents.add", { name: "bot" }))["id"]);
});

const record = (over: Partial<Recording>): Promise<string> =>
  recordAction(world.as("ada"), { agent: bot, tool: "fs/read_file", flow: CLEAN, ...over });

test.each([
  ["a value that others wrote", { ...CLEAN, origins: { path: ["untrusted"] } }],
  [
    "a value of the model's own, after others were read",
    { ...CLEAN, tainted: true, origins: { path: ["model"] } },
  ],
  [
    "a deed that nobody asked for, after others were read",
    { ...CLEAN, tainted: true, asked: false, effect: "send" },
  ],
  ["an unlabelled tool, after others were read", { ...CLEAN, tainted: true, labelled: false }],
  ["a session that outgrew what is traced", { ...CLEAN, overflowed: true }],
])("%s, again and again: nothing of it is proposed", async (_name, flow) => {
  const poisoned: string[] = [];
  for (let at = 0; at < 200; at += 1)
    poisoned.push(
      await record({
        tool: "fs/write_file",
        effects: ["write"],
        stage: "observe",
        flow,
        values: { to: EVIL },
      }),
    );
  await record({});
  const learnt = await world.ask("olga", "policy.learn", { agent: "bot" });
  expect(learnt).toMatchObject({
    actions: 201,
    learned: 1,
    skipped: [{ count: 200, reason: expect.stringContaining("T18") }],
  });
  const said = JSON.stringify({ ...learnt, skipped: [], text: learnt["diff"] });
  expect(said).not.toContain("evil.test");
  expect(poisoned.some((id) => said.includes(id))).toBe(false);
  expect((learnt["rules"] as { target: string }[]).map(({ target }) => target)).toEqual([
    "tools/call fs/read_file",
    "everything else",
  ]);
});
