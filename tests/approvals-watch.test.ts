import { beforeEach, describe, expect, test } from "vitest";
import { createApprovalWatch } from "#operations";
import { digestOf } from "#base";
import { holdAction, openWorld, type World } from "./support/operations.ts";

const MINUTE = 60_000;
let world: World;
let woken: string[];
beforeEach(async () => {
  world = await openWorld();
  woken = [];
});

const watch = () => {
  const { journal, policy } = world.as("ada");
  return createApprovalWatch({ ...world, journal, policy, wake: (id) => void woken.push(id) });
};
async function held(more: Parameters<typeof holdAction>[3] = {}): Promise<string> {
  const { store, ambient, ids } = world;
  const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
  const { journal } = world.as("ada");
  const { approval } = await holdAction({ store, ambient, journal }, agent, ["finance"], more);
  return approval;
}
/** As asked under the policy that is in force. */
function underPolicy(approval: string): void {
  const digest = world.as("ada").policy.current()?.digest ?? "";
  world.store.connection
    .prepare("UPDATE approvals SET binding = replace(binding, ?, ?) WHERE id = ?")
    .run(digestOf("set"), digest, approval);
}
const said = (approval: string) =>
  world.kept
    .filter(({ body }) => body["approval"] === approval)
    .map(({ kind, body }) => [kind, body["why"] ?? body["group"]]);
const escalation = [
  {
    of: "finance",
    steps: [
      { afterMs: 15 * MINUTE, group: "leads" },
      { afterMs: 30 * MINUTE, group: "admins" },
    ],
  },
];

describe("what time alone does to a request", () => {
  test("each step of an escalation is on record once, also after a restart, in order, and when a look comes late", async () => {
    const approval = await held({ escalation });
    underPolicy(approval);
    await watch().look();
    expect(said(approval)).toHaveLength(1);
    world.ambient.advance(15 * MINUTE);
    await watch().look();
    await watch().look();
    expect(said(approval).slice(1)).toEqual([["approval.escalated", "leads"]]);
    world.ambient.advance(40 * MINUTE);
    await watch().look();
    expect(said(approval).slice(1)).toEqual([
      ["approval.escalated", "leads"],
      ["approval.escalated", "admins"],
    ]);
  });

  test("an answered one is escalated no more", async () => {
    const approval = await held({ escalation });
    underPolicy(approval);
    await world.ask("petra", "approvals.deny", { approval });
    world.ambient.advance(20 * MINUTE);
    await watch().look();
    expect(said(approval).map(([kind]) => kind)).toEqual(["approval.requested", "approval.decided"]);
  });

  test("the end of one that nobody came back for is on record, and whoever waits is woken, once", async () => {
    const approval = await held();
    underPolicy(approval);
    world.ambient.advance(60 * MINUTE);
    await watch().look();
    await watch().look();
    expect(said(approval).slice(1)).toEqual([["approval.expired", undefined]]);
    expect(woken.filter((id) => id === approval)).toHaveLength(1);
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ status: "expired" });
  });
});

describe("another policy text", () => {
  test("what was asked under the old one leaves the lists, and what under the new one stays", async () => {
    const [old, current] = [await held(), await held()];
    underPolicy(current);
    await watch().look();
    expect(said(old)).toHaveLength(1);
    world.ambient.advance(MINUTE);
    await watch().look();
    expect(said(old).slice(1)).toEqual([["approval.withdrawn", "policy_changed"]]);
    expect(await world.ask("ada", "approvals.get", { approval: old })).toMatchObject({
      status: "withdrawn",
      withdrawnWhy: "policy_changed",
    });
    expect(said(current)).toHaveLength(1);
  });

  test("nothing was approved in vain: a yes to what was withdrawn says so", async () => {
    const old = await held();
    world.ambient.advance(MINUTE);
    await watch().look();
    expect(await world.ask("petra", "approvals.approve", { approval: old })).toEqual({
      fault: "approval_closed",
    });
  });
});

describe("what ends takes its requests with it, and says why", () => {
  test.each<[string, string, (world: World) => object, string]>([
    ["a session", "sessions.end", ({ ids }) => ({ session: ids.sessions["olga"] }), "session_ended"],
    ["an agent", "agents.revoke", () => ({ agent: "olga-bot" }), "agent_revoked"],
    ["an agent's keys", "agents.rotate-key", () => ({ agent: "olga-bot" }), ""],
    ["its owner", "users.disable", () => ({ user: "olga" }), "user_disabled"],
  ])("%s", async (...[, operation, input, why]) => {
    const approval = await held();
    expect(await world.ask("ada", operation, input(world))).not.toHaveProperty("fault");
    const view = await world.ask("ada", "approvals.get", { approval });
    expect(view["status"]).toBe("withdrawn");
    expect(why === "" || view["withdrawnWhy"] === why).toBe(true);
    expect(said(approval).at(-1)).toEqual(["approval.withdrawn", view["withdrawnWhy"]]);
  });
});
