import { beforeEach, describe, expect, test } from "vitest";
import { createNoticing, operationNamed, perform } from "#operations";
import { holdAction, openWorld, type World } from "../support/operations.ts";

// T22: break-glass names one action and lasts an hour, and every admin hears of it.
const HOUR = 3_600_000;
const reason = "The pager fires and finance is asleep.";
let world: World;
beforeEach(async () => {
  world = await openWorld();
});

async function held(more: Parameters<typeof holdAction>[3] = { glass: ["finance"] }): Promise<string> {
  const { store, ambient, ids } = world;
  const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
  const { journal } = world.as("ada");
  return (await holdAction({ store, ambient, journal }, agent, ["admins"], more)).approval;
}
const breakGlass = (approval: string) => world.ask("petra", "approvals.break-glass", { approval, reason });
const statusOf = async (approval: string) =>
  (await world.ask("ada", "approvals.get", { approval }))["status"];

describe("T22: broken glass", () => {
  test("is for one action: another that waits beside it, of the same agent and rule, waits on", async () => {
    const [broken, other] = [await held(), await held()];
    await breakGlass(broken);
    expect([await statusOf(broken), await statusOf(other)]).toEqual(["approved", "requested"]);
  });

  test("lasts an hour, and no longer than the request itself would have", async () => {
    const [long, short] = [await held(), await held()];
    const set = world.store.connection.prepare("UPDATE approvals SET expires_at = ? WHERE id = ?");
    set.run(world.ambient.now() + 30 * HOUR, long);
    set.run(world.ambient.now() + HOUR / 2, short);
    await Promise.all([breakGlass(long), breakGlass(short)]);
    world.ambient.advance(HOUR / 2);
    expect([await statusOf(long), await statusOf(short)]).toEqual(["approved", "expired"]);
    world.ambient.advance(HOUR / 2);
    expect(await statusOf(long)).toBe("expired");
  });

  test("every admin hears of it, whoever put it away for themselves; so does the agent's owner, and no other", async () => {
    const approval = await held();
    await breakGlass(approval);
    const journal = { ...world.as("ada").journal, size: world.commits.size };
    await createNoticing({ ...world, journal }).look();
    const notice = { what: "glass-broken", approval, isNew: true };
    const heard = async (who: string) => (await world.ask(who, "notices.list", {}))["items"];
    expect(await heard("ada")).toMatchObject([notice]);
    const entry = (await world.ask("petra", "notices.list", {}))["items"] as { entry: number }[];
    await world.ask("petra", "notices.dismiss", { entry: entry[0]?.entry });
    expect([await heard("ada"), await heard("olga"), await heard("otto")]).toMatchObject([
      [notice],
      [notice],
      [],
    ]);
  });

  test("needs presence, and cannot be broken by an agent's credential or without the arguments in sight", async () => {
    const approval = await held();
    const before = world.dump();
    const absent = world.as("petra", { presentUntil: 0 });
    const agent = world.as("petra", { kind: "agent", roles: [] });
    const request = {
      operation: operationNamed("approvals.break-glass"),
      input: { approval, reason },
      dryRun: false,
    };
    await expect(perform(absent, request)).rejects.toMatchObject({ code: "presence_required" });
    await expect(perform(agent, request)).rejects.toMatchObject({ code: "agent_refused" });
    expect(world.dump()).toBe(before);
    for (const kept of world.kept) Object.assign(kept, { payloads: [] });
    expect(await breakGlass(approval)).toEqual({ fault: "approval_unreadable" });
  });

  test("two at once break it once, and one of them hears who was first", async () => {
    const approval = await held({ glass: ["finance"] });
    const both = await Promise.all([breakGlass(approval), breakGlass(approval)]);
    expect(both.filter((one) => one["fault"] === "approval_closed")).toHaveLength(1);
    expect(world.kept.filter(({ kind }) => kind === "approval.glass-broken")).toHaveLength(1);
  });
});
