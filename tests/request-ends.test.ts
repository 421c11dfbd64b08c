import { beforeEach, describe, expect, test } from "vitest";
import { operationNamed, perform } from "#operations";
import { holdAction, openWorld, type World } from "./support/operations.ts";

// Whoever can ask no more has no requests that wait: each end withdraws them in its own batch, on record, and wakes who waits.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const statusOf = async (approval: string | undefined): Promise<unknown> =>
  (await world.ask("ada", "approvals.get", { approval }))["status"];

async function hold(session: string, count = 1): Promise<string[]> {
  const agent = { id: world.ids.agents["olga"] ?? "", name: "olga-bot", session };
  const { journal } = world.as("ada");
  const made: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { approval } = await holdAction({ ...world, journal }, agent, ["admins"]);
    made.push(approval);
  }
  return made;
}

const run = async (more: object = {}): Promise<string> =>
  String((await world.ask("olga", "sessions.start", { agent: "olga-bot", ...more }))["session"]);

/** What was recorded, but for who looked at a request. */
const ends = () => world.kept.filter(({ kind }) => kind !== "approval.seen");

describe("an end withdraws what waits", () => {
  test("stopping all: of every agent that was stopped, and of no other", async () => {
    world.told.length = 0;
    await world.ask("olga", "agents.stop-all", {});
    const { olga, otto } = world.ids.approvals;
    expect([await statusOf(olga), await statusOf(otto)]).toEqual(["withdrawn", "requested"]);
    expect(ends().slice(-2)).toMatchObject([
      { kind: "agent.changed", body: { change: "stopped" } },
      { kind: "approval.withdrawn", body: { approval: olga, why: "agent_stopped" } },
    ]);
    expect(world.told).toEqual([`revoked agent ${world.ids.agents["olga"]}`, `decided ${olga}`]);
  });

  test("however many agents and requests there are", async () => {
    for (let n = 0; n < 120; n += 1) await world.ask("olga", "agents.add", { name: `bot-${n}` });
    const all = await hold(world.ids.sessions["olga"] ?? "", 130);
    const { stopped } = await world.ask("olga", "agents.stop-all", {});
    expect(stopped).toHaveLength(121);
    expect(new Set(await Promise.all(all.map(statusOf)))).toEqual(new Set(["withdrawn"]));
    const told = world.kept.filter(({ kind }) => kind === "approval.withdrawn");
    expect(told).toHaveLength(131);
  });

  test("new keys: what was asked with the old ones", async () => {
    await world.ask("olga", "agents.rotate-key", { agent: "olga-bot" });
    expect(await statusOf(world.ids.approvals["olga"])).toBe("withdrawn");
  });

  test("ending a session: its own, not its agent's others", async () => {
    const session = await run();
    const [asked] = await hold(session);
    await world.ask("olga", "sessions.end", { session });
    expect(await statusOf(asked)).toBe("withdrawn");
    expect(await statusOf(world.ids.approvals["olga"])).toBe("requested");
    expect(ends().at(-1)).toMatchObject({ body: { why: "session_ended" } });
  });

  test("taking a delegation back: what was asked under it", async () => {
    const delegation = world.ids.delegations["olga"];
    const [asked] = await hold(await run({ delegation }));
    await world.ask("olga", "delegations.revoke", { delegation });
    expect(await statusOf(asked)).toBe("withdrawn");
    expect(await statusOf(world.ids.approvals["olga"])).toBe("requested");
  });

  test("revoking an agent: its own, and what was asked under what it was lent", async () => {
    const [asked] = await hold(await run({ delegation: world.ids.delegations["olga"] }));
    await world.ask("olga", "agents.revoke", { agent: "olga-bot" });
    expect(await statusOf(asked)).toBe("withdrawn");
    expect(await statusOf(world.ids.approvals["olga"])).toBe("withdrawn");
  });
});

test("disabling a user: all that waits of their agents, however many there are", async () => {
  const all = await hold(world.ids.sessions["olga"] ?? "", 260);
  const { journal, ...rest } = world.as("ada");
  const sizes: number[] = [];
  const counting: typeof journal = {
    ...journal,
    append: (batch) => {
      sizes.push(batch.entries.length);
      return journal.append(batch);
    },
  };
  const context = { ...rest, journal: counting };
  await perform(context, {
    operation: operationNamed("users.disable"),
    input: { user: "olga" },
    dryRun: false,
  });
  expect(new Set(await Promise.all(all.map(statusOf)))).toEqual(new Set(["withdrawn"]));
  // As much as a batch of the ledger may hold (src/journal/limits.ts).
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
});

test("what was used in that very moment is not recorded as withdrawn, and the end is kept", async () => {
  const { journal, ...rest } = world.as("olga");
  const approval = world.ids.approvals["olga"];
  let uses = 0;
  const racing: typeof journal = {
    ...journal,
    append: (batch) => {
      const isEnd = batch.entries.some(({ kind }) => kind === "approval.withdrawn");
      if (isEnd && (uses += 1) === 1)
        world.store.connection
          .prepare("UPDATE approvals SET status = 'consumed' WHERE id = ?")
          .run(approval!);
      return journal.append(batch);
    },
  };
  await perform(
    { ...rest, journal: racing },
    { operation: operationNamed("agents.stop-all"), input: {}, dryRun: false },
  );
  expect(await statusOf(approval)).toBe("consumed");
  expect(ends().at(-1)).toMatchObject({ kind: "agent.changed", body: { change: "stopped" } });
});
