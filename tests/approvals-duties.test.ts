import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { createNoticing, operationNamed, perform } from "#operations";
import type { UserId } from "#vocabulary";
import { holdAction, openWorld, type World } from "./support/operations.ts";

const HOUR = 3_600_000;
let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world.ask("ada", "users.add", { name: "frida", roles: ["approver"], groups: ["finance"] });
});

/** As somebody whom the world does not know by itself. */
async function asFrida(operation: string, input: object): Promise<Record<string, unknown>> {
  const row = world.store.connection.prepare("SELECT id FROM users WHERE name = 'frida'").get();
  const context = world.as("petra", { user: String(row?.["id"]) as UserId, name: "frida" });
  try {
    const request = { operation: operationNamed(operation), input, dryRun: false };
    const performed = await perform(context, request);
    return performed.kind === "done" ? (performed.output as Record<string, unknown>) : {};
  } catch (cause) {
    if (cause instanceof Fault) return { fault: cause.code };
    throw cause;
  }
}

async function held(groups: string[], more: Parameters<typeof holdAction>[3] = {}): Promise<string> {
  const { store, ambient, ids } = world;
  const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
  const { journal } = world.as("ada");
  return (await holdAction({ store, ambient, journal }, agent, groups, more)).approval;
}

test("a yes of somebody who lost the role that decides counts no more, though the group stayed", async () => {
  const approval = await held(["finance, 2"]);
  expect(await asFrida("approvals.approve", { approval })).toMatchObject({ status: "requested" });
  await world.ask("ada", "users.set-roles", { user: "frida", roles: ["auditor"] });
  expect(await world.ask("petra", "approvals.approve", { approval })).toMatchObject({ status: "requested" });
  expect((await world.ask("ada", "approvals.get", { approval }))["asked"]).toEqual([]);
});

describe("duties", () => {
  test("handed over: the stand-in answers, and it is on record with whose duty; ended, no more", async () => {
    const [first, second] = [await held(["finance"]), await held(["finance"])];
    const duty = await world.ask("petra", "duties.hand-over", { to: "ada", until: "14d", group: "finance" });
    expect(duty).toMatchObject({ user: "petra", to: "ada", group: "finance", state: "now" });
    expect(await world.ask("ada", "approvals.get", { approval: first })).toMatchObject({
      asked: ["ada", "frida"],
      youMayAnswer: true,
    });
    expect(await world.ask("aud", "duties.now", {})).toEqual({
      items: [
        { group: "admins", asked: ["ada"], standsIn: [], away: [] },
        { group: "approvers", asked: ["frida", "petra"], standsIn: [], away: [] },
        {
          group: "finance",
          asked: ["ada", "frida"],
          standsIn: [{ user: "ada", for: "petra" }],
          away: ["petra"],
        },
      ],
    });
    expect(await world.ask("olga", "duties.now", {})).toEqual({ items: [] });
    expect(await world.ask("ada", "approvals.approve", { approval: first })).toMatchObject({
      decisions: [{ by: world.ids.users["ada"], standsInFor: [world.ids.users["petra"]] }],
    });
    expect(world.kept.at(-1)?.body).toMatchObject({ standsInFor: [world.ids.users["petra"]] });
    expect((await world.ask("ada", "approvals.get", { approval: first }))["people"]).toEqual({
      [world.ids.users["ada"] ?? ""]: "ada",
      [world.ids.users["petra"] ?? ""]: "petra",
    });
    expect(await world.ask("petra", "duties.end", { duty: duty["id"] })).toMatchObject({ state: "over" });
    expect(await world.ask("ada", "approvals.approve", { approval: second })).toEqual({
      fault: "approver_not_eligible",
    });
    expect(await world.ask("petra", "duties.end", { duty: duty["id"] })).toEqual({ fault: "duty_over" });
  });

  test("out of office: not asked while others are there, and asked where nobody else is", async () => {
    const approval = await held(["finance"]);
    const asked = async () => (await world.ask("ada", "approvals.get", { approval }))["asked"];
    await world.ask("petra", "duties.out", { until: "3d" });
    expect(await asked()).toEqual(["frida"]);
    await world.ask("ada", "duties.out", { until: "3d", of: "frida" });
    expect(await asked()).toEqual(["frida", "petra"]);
    world.ambient.advance(72 * HOUR);
    expect(await world.ask("ada", "duties.list", {})).toEqual({ items: [] });
    expect(await world.ask("ada", "duties.list", { all: true })).toMatchObject({ items: [{}, {}] });
  });

  test("one that begins later hands nothing over before", async () => {
    const duty = { to: "ada", from: "2h", until: "3h", group: "finance" };
    expect(await world.ask("petra", "duties.hand-over", duty)).toMatchObject({ state: "coming" });
    const approval = await held(["finance"]);
    expect(await world.ask("ada", "approvals.approve", { approval })).toEqual({
      fault: "approver_not_eligible",
    });
    world.ambient.advance(2 * HOUR);
    const later = await held(["finance"]);
    expect(await world.ask("ada", "approvals.approve", { approval: later })).toMatchObject({
      status: "approved",
    });
  });

  test.each<[string, string, object, string]>([
    ["another's, by who is no admin", "petra", { of: "ada", to: "frida", until: "1d" }, "not_yours"],
    [
      "another's who does not exist, by who is no admin",
      "petra",
      { of: "nobody", to: "frida", until: "1d" },
      "not_yours",
    ],
    ["to oneself", "petra", { to: "petra", until: "1d" }, "duty_invalid"],
    ["to who may decide nothing", "petra", { to: "olga", until: "1d" }, "duty_invalid"],
    ["to nobody known", "petra", { to: "nobody", until: "1d" }, "user_unknown"],
    ["of a group that one is not in", "petra", { to: "ada", until: "1d", group: "security" }, "duty_invalid"],
    ["until a time that was", "petra", { to: "ada", until: "2020-01-01T00:00:00Z" }, "duty_invalid"],
    ["until no time", "petra", { to: "ada", until: "soon" }, "duty_invalid"],
    ["for more than a year", "petra", { to: "ada", until: "400d" }, "duty_invalid"],
    ["to end before it begins", "petra", { to: "ada", from: "3d", until: "1d" }, "duty_invalid"],
  ])("%s: refused", async (...[, who, input, code]) => {
    expect(await world.ask(who, "duties.hand-over", input)).toEqual({ fault: code });
    expect(await world.ask("ada", "duties.list", { all: true })).toEqual({ items: [] });
  });

  test("who is shut out stands in for nobody", async () => {
    await world.ask("petra", "duties.hand-over", { to: "frida", until: "1d" });
    await world.ask("ada", "users.disable", { user: "frida" });
    expect(await world.ask("petra", "duties.hand-over", { to: "frida", until: "1d" })).toEqual({
      fault: "duty_invalid",
    });
    const approval = await held(["finance"]);
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ asked: ["petra"] });
  });

  test("a duty is ended by who is away, who stands in, or an admin, and unknown to others", async () => {
    const { id: duty } = await world.ask("petra", "duties.hand-over", { to: "ada", until: "1d" });
    expect(await asFrida("duties.end", { duty })).toEqual({ fault: "duty_unknown" });
    expect(await world.ask("olga", "duties.list", {})).toEqual({ items: [] });
    expect(await world.ask("ada", "duties.end", { duty })).toMatchObject({ state: "over" });
  });
});

describe("broken glass", () => {
  const reason = "The pager fires and finance is asleep.";

  test("lets one action through, for an hour at most, and every admin hears of it until somebody else looked", async () => {
    const approval = await held(["admins, 2"], { glass: ["finance"] });
    const noticing = createNoticing({
      ...world,
      journal: { ...world.as("ada").journal, size: world.commits.size },
    });
    expect(await world.ask("petra", "approvals.get", { approval })).toMatchObject({ youMayBreakGlass: true });
    expect(await world.ask("petra", "approvals.break-glass", { approval, reason })).toMatchObject({
      status: "approved",
      decisions: [{ answer: "break-glass", note: reason }],
    });
    await noticing.look();
    expect(await world.ask("ada", "notices.list", {})).toMatchObject({
      items: [{ what: "glass-broken", approval }],
    });
    const open = { items: [{ approval, brokenBy: "petra", reason, reviewedBy: null }] };
    expect(await world.ask("ada", "approvals.reviews", {})).toMatchObject(open);
    expect(await world.ask("ada", "health.get", {})).toMatchObject({
      warnings: [expect.stringContaining("Broken glass that nobody else has looked at: 1")],
    });
    const review = { approval, note: "It was right to do." };
    expect(await world.ask("petra", "approvals.review", review)).toEqual({ fault: "review_is_own" });
    expect(await world.ask("ada", "approvals.review", review)).toMatchObject({ reviewedBy: "ada" });
    expect(await asFrida("approvals.review", review)).toEqual({ fault: "review_done" });
    expect(await world.ask("ada", "approvals.reviews", {})).toEqual({ items: [] });
    expect(await world.ask("ada", "health.get", {})).toMatchObject({ warnings: [] });
    await noticing.look();
    expect(await world.ask("ada", "notices.list", {})).toMatchObject({
      items: [{ what: "glass-reviewed" }, { what: "glass-broken" }],
    });
    const text = JSON.stringify(world.kept.map(({ body }) => body));
    expect(text).not.toContain("pager");
  });

  test("what was let through expires an hour later, however long the request had", async () => {
    const approval = await held(["admins"], { glass: ["finance"] });
    world.store.connection.prepare("UPDATE approvals SET expires_at = expires_at + 86400000").run();
    await world.ask("petra", "approvals.break-glass", { approval, reason });
    const expiresAt = new Date(world.ambient.now() + HOUR).toISOString();
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ expiresAt });
    world.ambient.advance(HOUR);
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ status: "expired" });
  });

  test.each<[string, string[], string, object, string]>([
    ["where no rule lets anybody", [], "petra", { reason }, "glass_not_yours"],
    ["by who is not of the group", ["oncall"], "petra", { reason }, "glass_not_yours"],
    ["by who is not of every group", ["finance", "admins"], "petra", { reason }, "glass_not_yours"],
    ["by who decides nothing", ["admins"], "olga", { reason }, "permission_denied"],
    ["without a reason", ["finance"], "petra", {}, "input_invalid"],
    [
      "with a reason of no words",
      ["finance"],
      "petra",
      { reason: "!!! ??? ... --- 1234567890" },
      "input_invalid",
    ],
    ["with a reason too short", ["finance"], "petra", { reason: "because" }, "input_invalid"],
  ])("%s: refused", async (...[, glass, who, input, code]) => {
    const approval = await held(["admins"], { glass });
    expect(await world.ask(who, "approvals.break-glass", { approval, ...input })).toEqual({ fault: code });
    expect(await world.ask("ada", "approvals.reviews", { all: true })).toEqual({ items: [] });
  });

  test("what was decided already is told, and what was never broken has no review", async () => {
    const approval = await held(["finance"], { glass: ["finance"] });
    await asFrida("approvals.deny", { approval });
    expect(await world.ask("petra", "approvals.break-glass", { approval, reason })).toEqual({
      fault: "approval_closed",
    });
    expect(await world.ask("ada", "approvals.review", { approval, note: "Nothing was broken." })).toEqual({
      fault: "review_unknown",
    });
  });
});
