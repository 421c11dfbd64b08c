import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDrilling } from "#operations";
import { type CourierHouse, openCourierHouse } from "./support/courier-house.ts";
import { holdAction } from "./support/operations.ts";

// Whom cards go to when those who may answer sleep or have enough of them. The clock shows noon (UTC); a request lasts an hour.

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
  await house.addChannel("telegram");
  await house.world.store.query
    .updateTable("users")
    .set({ groups: '["finance"]' })
    .where("name", "=", "ada")
    .execute();
  await house.link("petra", "telegram", "99");
  for (const owner of ["olga", "otto"])
    await house.world.ask("ada", "approvals.deny", { approval: house.world.ids.approvals[owner] });
});
afterEach(async () => {
  await house.close();
});

const prefer = (user: string, input: object) => house.world.ask(user, "approvers.prefer", input);
const at = (): string[] => house.open().map(({ to }) => to.id);

describe("quiet hours", () => {
  test("the card goes to whoever is awake", async () => {
    await house.link("ada", "telegram", "11");
    await prefer("petra", { quiet: "11:00-13:00" });
    await house.hold();
    await house.settle();
    expect(at()).toEqual(["11"]);
  });

  test("where all sleep, it waits for the morning, and comes then", async () => {
    await prefer("petra", { quiet: "11:00-12:20" });
    await prefer("ada", { quiet: "11:00-12:20" });
    await house.hold();
    await house.settle();
    expect(at()).toEqual([]);
    house.world.ambient.advance(20 * 60_000);
    await house.settle();
    expect(at()).toEqual(["99"]);
  });

  test("where the morning would be too late, sleepers are asked", async () => {
    await prefer("petra", { quiet: "11:00-13:00" });
    await prefer("ada", { quiet: "11:00-13:00" });
    await house.hold();
    await house.settle();
    expect(at()).toEqual(["99"]);
  });

  test("a group's room is nobody's bed", async () => {
    await house.addChannel("slack");
    await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
    await prefer("petra", { quiet: "11:00-12:20" });
    await prefer("ada", { quiet: "11:00-12:20" });
    await house.hold();
    await house.settle();
    expect(at()).toEqual(["C1"]);
  });

  test("somebody's new wish counts for what waits already", async () => {
    await prefer("petra", { quiet: "11:00-12:20" });
    await prefer("ada", { quiet: "11:00-12:20" });
    await house.hold();
    await house.settle();
    await prefer("petra", { quiet: "none" });
    await house.settle();
    expect(at()).toEqual(["99"]);
  });
});

describe("limits", () => {
  test("whoever has enough hands over", async () => {
    await house.link("ada", "telegram", "11");
    await prefer("petra", { openMax: 1 });
    await prefer("ada", { openMax: 1 });
    await house.hold();
    await house.settle();
    expect(at().toSorted()).toEqual(["11", "99"]);
    await prefer("ada", { openMax: 0 });
    await house.hold();
    await house.settle();
    expect(at().filter((place) => place === "99")).toHaveLength(1);
    expect(at().filter((place) => place === "11")).toHaveLength(2);
  });

  test("where all have enough, the least busy is asked all the same", async () => {
    await house.link("ada", "telegram", "11");
    await prefer("petra", { dayMax: 1 });
    await prefer("ada", { dayMax: 1 });
    for (let nth = 0; nth < 3; nth += 1) {
      await house.hold();
      await house.settle();
    }
    expect(at()).toHaveLength(4);
    expect(house.reports).toEqual([]);
  });

  test("who is nowhere spares nobody a card", async () => {
    await prefer("petra", { openMax: 1 });
    await house.hold();
    await house.settle();
    await house.hold();
    await house.settle();
    expect(at()).toEqual(["99", "99"]);
  });
});

test("a drill comes as any card does, is answered by a tap, and only then says what it was", async () => {
  const { store, ambient } = house.world;
  const { journal, policy } = house.world.as("ada");
  await house.link("ada", "telegram", "11");
  await house.world.ask("ada", "drills.set", { every: "1d" });
  ambient.advance(2 * 86_400_000);
  const before = house.world.kept.length;
  await createDrilling({ store, ambient, journal, policy }).look();
  // Its card waits a moment for company.
  ambient.advance(250);
  await house.settle();
  const [message] = house.open().filter(({ to }) => to.id === "11");
  expect(message?.card.buttons.map(({ style }) => style)).toEqual(["approve", "deny", "plain"]);
  expect(JSON.stringify(message?.card)).not.toMatch(/drill/i);
  expect(await house.tap(message!, "approve", "11")).toContain("This was a drill");
  await house.settle();
  expect(message?.card.buttons).toEqual([]);
  const said = house.world.kept.slice(before).map(({ kind }) => kind);
  expect(said).toContain("drill.answered");
  expect(said).not.toContain("approval.decided");
});

test("a drill is not known by a button, and a stop that is tapped on it stops nothing", async () => {
  const { store, ambient } = house.world;
  const { journal, policy } = house.world.as("ada");
  await house.link("ada", "telegram", "11");
  await house.world.ask("ada", "drills.set", { every: "1d" });
  ambient.advance(2 * 86_400_000);
  await createDrilling({ store, ambient, journal, policy }).look();
  ambient.advance(250);
  await house.settle();
  const [message] = house.open().filter(({ to }) => to.id === "11");
  const press = (nth: number) =>
    house.tap(message!, "deny", "11", { token: message!.card.buttons[nth]?.token ?? "" });
  expect(await press(2)).toMatch(/^Nothing is stopped yet/);
  await house.settle();
  expect(await press(0)).toContain("This was a drill");
  expect((await house.world.ask("ada", "stops.list", {}))["items"]).toEqual([]);
});

test("a group is told in its room when its step is reached, and not before by who belongs to it as well", async () => {
  const { ambient, ids } = house.world;
  const { journal } = house.world.as("ada");
  await house.world.ask("ada", "users.set-roles", {
    user: "petra",
    roles: ["approver"],
    groups: ["finance", "leads"],
  });
  await house.addChannel("slack");
  await house.world.ask("ada", "channels.route", { group: "leads", channel: "slack", place: "C-leads" });
  const agent = { id: String(ids.agents["olga"]), name: "olga-bot", session: String(ids.sessions["olga"]) };
  const escalation = [{ of: "finance", steps: [{ afterMs: 900_000, group: "leads" }] }];
  await holdAction({ ...house.world, journal }, agent, ["finance"], { escalation });
  ambient.advance(250);
  await house.settle();
  expect(at()).toEqual(["99"]);
  ambient.advance(900_000);
  await house.settle();
  expect(at().toSorted()).toEqual(["99", "C-leads"]);
});
