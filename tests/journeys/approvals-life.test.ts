import { afterAll, beforeAll, expect, test } from "vitest";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// The life of a request in the real process: how many must say yes, who may answer later, broken glass, and what ends it.

const POLICY = `
@id("all") permit (principal, action, resource);
@id("notes-wait") @reason("Two people look at notes first.")
@hold("admins, 2") @expires("2h") @escalate("15m leads, 1h owners") @breakglass("admins")
forbid (principal, action, resource == Doorward::Tool::"office/make_note");`;

let world: FlowWorld;
beforeAll(async () => {
  world = await openFlowWorld();
  await world.admin().perform("users.add", { name: "bea", roles: ["admin"] });
  await world.admin().perform("policy.activate", { text: POLICY, withoutBacktest: "a test" });
});
afterAll(async () => world?.close());

const note = (title: string) => ({ title, text: "as agreed" });
const get = async (approval: unknown) => world.admin().perform("approvals.get", { approval });

test("two must say yes; one has; the glass is broken for it once; and somebody else has to look at that", async () => {
  const { key } = await world.session("Keep notes of what was agreed.");
  const held = await world.call(key, "make_note", note("one"));
  expect(held.kind).toBe("held");
  const { approval } = held;
  await world.admin().perform("approvals.approve", { approval });
  expect((await world.call(key, "make_note", note("one"))).kind).toBe("held");
  expect(await get(approval)).toMatchObject({
    phase: "seen",
    groups: ["admins, 2"],
    progress: [{ group: "admins, 2", needed: 2, given: 1 }],
    asked: ["bea"],
    escalation: [{ group: "leads" }, { group: "owners" }],
    glass: ["admins"],
    youMayBreakGlass: true,
  });
  await world.restart();
  const reason = "Nobody else can be reached tonight.";
  await world.admin().perform("approvals.break-glass", { approval, reason });
  expect((await world.call(key, "make_note", note("one"))).isError).toBe(false);
  expect((await world.call(key, "make_note", note("one"))).kind).toBe("held");
  expect(world.reached().filter((line) => line.startsWith("make_note"))).toHaveLength(1);
  expect(await world.admin().perform("health.get")).toMatchObject({
    warnings: [expect.stringContaining("Broken glass")],
  });
  const own = world.admin().perform("approvals.review", { approval, note: "It was right to do." });
  await expect(own).rejects.toThrow("review_is_own");
});

test("what waits ends with its session, and says why", async () => {
  const { key, session } = await world.session("Keep notes.");
  const { approval } = await world.call(key, "make_note", note("two"));
  await world.admin().perform("sessions.end", { session });
  expect(await get(approval)).toMatchObject({ status: "withdrawn", withdrawnWhy: "session_ended" });
});

test("a policy that asks for more people than there are denies at once, and says how many are missing", async () => {
  const text = POLICY.replace("admins, 2", "admins, 3").replace("15m leads, 1h owners", "never");
  await world.admin().perform("policy.activate", { text, withoutBacktest: "a test" });
  const { key } = await world.session("Keep notes.");
  const refused = await world.call(key, "make_note", note("three"));
  expect([refused.kind, JSON.stringify(refused)]).toEqual([
    "refused",
    expect.stringContaining('needs 3 members of group \\"admins\\", and 2 exist'),
  ]);
});
