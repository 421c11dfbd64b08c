import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { holdAction, openWorld, type World } from "./support/operations.ts";

let world: World;
let more: string;
beforeEach(async () => {
  world = await openWorld();
  const { ids, store, ambient } = world;
  const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
  const journal = world.as("ada").journal;
  more = (await holdAction({ store, ambient, journal }, agent, ["admins"])).approval;
});

const items = async (who: string, input: object) =>
  (await world.ask(who, "approvals.decide-many", input))["items"];
const entriesSince = (before: number) =>
  world.kept.slice(before).map(({ kind, body }) => [kind, body["approval"]]);

test("each answer is its own: its own entry, its own request, and the doors hear of each", async () => {
  const [first, second] = [world.ids.approvals["olga"], world.ids.approvals["otto"]];
  const before = world.kept.length;
  expect(await items("ada", { approve: [first, more], deny: [second] })).toMatchObject([
    { approval: first, answer: "approve", kept: true, status: "approved" },
    { approval: more, answer: "approve", kept: true, status: "approved" },
    { approval: second, answer: "deny", kept: true, status: "denied" },
  ]);
  expect(entriesSince(before)).toEqual([
    ["approval.decided", first],
    ["approval.decided", more],
    ["approval.decided", second],
  ]);
  expect(world.told).toEqual([`decided ${first}`, `decided ${more}`, `decided ${second}`]);
});

test("what is wrong with one stops no other", async () => {
  const [first, second] = [world.ids.approvals["olga"] ?? "", world.ids.approvals["otto"]];
  await world.ask("ada", "approvals.deny", { approval: first });
  const absent = first.replace(/.{4}$/, "zzzz");
  expect(await items("ada", { approve: [first, absent], deny: [second] })).toMatchObject([
    { kept: false, status: null, code: "approval_closed" },
    { kept: false, code: "approval_unknown" },
    { kept: true, status: "denied" },
  ]);
});

test("who may not answer one answers none of it", async () => {
  expect(await items("petra", { deny: [world.ids.approvals["olga"]] })).toMatchObject([
    { kept: false, code: "approver_not_eligible" },
  ]);
  expect(await world.ask("ada", "approvals.get", { approval: world.ids.approvals["olga"] })).toMatchObject({
    status: "requested",
  });
});

test.each([
  ["nothing", () => ({})],
  ["the same twice", () => ({ approve: [more, more] })],
  ["both answers to one", () => ({ approve: [more], deny: [more] })],
])("%s is no choice, and nothing is kept", async (_name, input) => {
  const before = world.dump();
  expect(await world.ask("ada", "approvals.decide-many", input())).toEqual({ fault: "choices_unclear" });
  expect(world.dump()).toBe(before);
});

test("one confirmation for all, but one there must be (T1)", async () => {
  const { operationNamed, perform } = await import("#operations");
  const absent = world.as("ada", { presentUntil: 0 });
  const request = {
    operation: operationNamed("approvals.decide-many"),
    input: { deny: [more] },
    dryRun: false,
  };
  await expect(perform(absent, request)).rejects.toMatchObject({ code: "presence_required" });
});

test("a dry run says how many would count, and keeps none", async () => {
  const before = world.dump();
  const input = { approve: [more], deny: [world.ids.approvals["otto"]] };
  expect(await world.ask("ada", "approvals.decide-many", input, true)).toEqual({
    would: "approve 1 and deny 1 requests; 0 answers would not count",
  });
  expect(world.dump()).toBe(before);
});

test("a list says which are the same call of one session, and how grave each is", async () => {
  const listed = await world.ask("ada", "approvals.list", {});
  const [olgas, ottos] = [world.ids.approvals["olga"], world.ids.approvals["otto"]];
  const found = z.array(z.record(z.string(), z.unknown())).parse(listed["items"]);
  const told = found.map((one) => [one["id"], one["gravity"], one["doubted"], one["identical"]]);
  expect(told).toEqual([
    [more, 2, false, { nth: 2, of: 2, first: olgas }],
    [ottos, 2, false, null],
    [olgas, 2, false, { nth: 1, of: 2, first: olgas }],
  ]);
});
