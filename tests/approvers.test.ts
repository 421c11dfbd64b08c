import { expect, test } from "vitest";
import { openWorld } from "./support/operations.ts";

test("each says for themselves when they want to be asked, and changes one thing at a time", async () => {
  const world = await openWorld();
  const shown = () => world.ask("petra", "approvers.preferences", {});
  expect(await shown()).toEqual({ zone: "UTC", quiet: null, openMax: null, dayMax: null });
  await world.ask("petra", "approvers.prefer", { quiet: "22:30-07:00", zone: "Europe/Berlin" });
  await world.ask("petra", "approvers.prefer", { openMax: 5, dayMax: 40 });
  expect(await shown()).toEqual({ zone: "Europe/Berlin", quiet: "22:30-07:00", openMax: 5, dayMax: 40 });
  expect(await world.ask("ada", "approvers.preferences", {})).toMatchObject({ quiet: null });
  await world.ask("petra", "approvers.prefer", { quiet: "none", openMax: 0 });
  expect(await shown()).toEqual({ zone: "Europe/Berlin", quiet: null, openMax: null, dayMax: 40 });
  expect(world.kept.at(-1)).toMatchObject({ kind: "approver.changed", subject: world.ids.users["petra"] });
});

test.each([
  ["quiet", "25:00-07:00", "quiet_unreadable"],
  ["quiet", "07:00-07:00", "quiet_unreadable"],
  ["quiet", "06:00-23:00", "quiet_unreadable"],
  ["quiet", "at night", "quiet_unreadable"],
  ["zone", "Mars/Base", "zone_unknown"],
])("%s %s is refused, and nothing is kept", async (field, value, fault) => {
  const world = await openWorld();
  const before = world.dump();
  expect(await world.ask("petra", "approvers.prefer", { [field]: value })).toEqual({ fault });
  expect(world.dump()).toBe(before);
});
