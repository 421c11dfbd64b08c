import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// A yes for more than one call, from the terminal's approve to the tool's server and back, over a restart.

const POLICY = `
@id("all") permit (principal, action, resource);
@id("notes-wait") @reason("A person looks at notes first.") @hold("admins")
@grantable("session, destination, pattern; 3 times; 2h")
forbid (principal, action, resource == Doorward::Tool::"office/make_note");
@id("letters-wait") @reason("A person looks at letters first.") @hold("admins")
@grantable("session, destination, pattern; 20 times; 2h")
forbid (principal, action, resource == Doorward::Tool::"office/write_letter");
@id("reads-wait") @reason("Once each.") @hold("admins")
forbid (principal, action, resource == Doorward::Tool::"office/read_note");
@id("two-look") @reason("Two look at it.") @hold("admins, 2") @grantable("session; 3 times; 2h")
forbid (principal, action, resource == Doorward::Tool::"office/look_up_person");`;

let world: FlowWorld;
beforeAll(async () => {
  world = await openFlowWorld();
  await world.admin().perform("users.add", { name: "bea", roles: ["admin"] });
  await world.admin().perform("policy.activate", { text: POLICY, withoutBacktest: "a test" });
});
afterAll(async () => world?.close());

const note = (title: string, text = "as agreed") => ({ title, text });

const items = (answer: Readonly<Record<string, unknown>>, name: string) => rows.parse(answer[name]);
const rows = z.array(z.record(z.string(), z.unknown()));

test("one yes lets three more through, counted over a restart, and then people are asked again", async () => {
  const { key, session } = await world.session("Keep notes of what was agreed.");
  const held = await world.call(key, "make_note", note("one"));
  expect(held.kind).toBe("held");
  expect((await world.admin().perform("approvals.get", { approval: held.approval }))["mayGrant"]).toEqual({
    scopes: ["destination", "pattern", "session"],
    timesMax: 3,
    expiresAfter: "2h",
    varies: ["text", "title"],
  });
  const wish = { approval: held.approval, grant: "session", times: 3, until: "1h" };
  const approved = await world.admin().perform("approvals.approve", wish);
  const grant = String(approved["grant"]);
  expect((await world.call(key, "make_note", note("one"))).isError).toBe(false);
  expect((await world.call(key, "make_note", note("two"))).isError).toBe(false);
  await world.restart();
  const [used] = items(await world.admin().perform("grants.get", { grant }), "uses");
  expect(await world.admin().perform("actions.get", { action: used?.["action"] })).toMatchObject({ grant });
  const [first] = items(
    await world.admin().perform("actions.list", { verdict: "allow", limit: 2 }),
    "items",
  ).slice(1);
  expect(await world.admin().perform("actions.get", { action: first?.["id"] })).toMatchObject({
    grant: null,
  });
  expect((await world.call(key, "make_note", note("three"))).isError).toBe(false);
  expect(await world.admin().perform("grants.get", { grant })).toMatchObject({ used: 2, left: 1, session });
  expect((await world.call(key, "make_note", note("four"))).isError).toBe(false);
  expect((await world.call(key, "make_note", note("five"))).kind).toBe("held");
  expect(await world.admin().perform("grants.get", { grant })).toMatchObject({ status: "used-up", left: 0 });
  expect(world.reached().filter((line) => line.startsWith("make_note"))).toHaveLength(4);
});

test("another session asks anew; and what was taken back lets nothing through from that moment on", async () => {
  const [first, second] = [await world.session("Keep notes."), await world.session("Keep notes.")];
  const held = await world.call(first.key, "make_note", note("a"));
  const approved = await world
    .admin()
    .perform("approvals.approve", { approval: held.approval, grant: "pattern", varies: ["title"], times: 3 });
  await world.call(first.key, "make_note", note("a"));
  expect((await world.call(first.key, "make_note", note("b"))).isError).toBe(false);
  expect((await world.call(first.key, "make_note", note("b", "something else"))).kind).toBe("held");
  // Another session has another key, and so another credential.
  expect((await world.call(second.key, "make_note", note("c"))).kind).toBe("held");
  await world.admin().perform("grants.revoke", { grant: approved["grant"] });
  expect((await world.call(first.key, "make_note", note("d"))).kind).toBe("held");
});

interface Wish {
  readonly tool?: string;
  readonly args?: object;
  readonly wish: object;
}

test.each<[string, Wish, string]>([
  [
    "what is sent",
    { tool: "write_letter", args: { to: "a@b.example", body: "x" }, wish: { grant: "session" } },
    "grant_irreversible",
  ],
  [
    "what no rule allows",
    { tool: "read_note", args: { title: "x" }, wish: { grant: "session" } },
    "grant_not_allowed",
  ],
  [
    "what others must say yes to as well",
    { tool: "look_up_person", args: { name: "Carol" }, wish: { grant: "session" } },
    "grant_not_alone",
  ],
  ["more than the rule allows", { wish: { grant: "session", times: 4 } }, "grant_exceeds_policy"],
  ["longer than it allows", { wish: { grant: "session", until: "3h" } }, "grant_exceeds_policy"],
  ["a pattern of nothing", { wish: { grant: "pattern" } }, "grant_pattern_unclear"],
  ["what the call has not", { wish: { grant: "pattern", varies: ["to"] } }, "grant_argument_unknown"],
  ["no scope", { wish: { times: 2 } }, "grant_scope_missing"],
  ["no time", { wish: { grant: "session", until: "for ever" } }, "until_unreadable"],
])("%s is not granted, and the request waits on", async (name, { tool = "make_note", args, wish }, code) => {
  const { key } = await world.session("Write to a@b.example, keep notes.");
  const held = await world.call(key, tool, { ...(args ?? note(name)) });
  expect(held.kind).toBe("held");
  const asked = world.admin().perform("approvals.approve", { approval: held.approval, ...wish });
  await expect(asked).rejects.toThrow(code);
  const request = await world.admin().perform("approvals.get", { approval: held.approval });
  expect(request["status"]).toBe("requested");
  expect(request["mayGrant"] === null).toBe(NEVER.has(code));
});

/** What the page does not even offer. */
const NEVER: ReadonlySet<string> = new Set(["grant_irreversible", "grant_not_allowed", "grant_not_alone"]);
