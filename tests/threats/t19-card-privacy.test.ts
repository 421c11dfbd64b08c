import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openHouse } from "../support/flow-house.ts";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// What not everybody may read is known by argument when a call is held, so that cards leave it out for third parties' chats (T19),
// also where it goes to somebody who may read it.

const CAROL = "carol@works.example";
const SECRET = "Project Falcon will be cancelled in March and forty people leave";
const LETTER = {
  tool: "office/write_letter",
  effect: "send",
  roles: { to: "destination", subject: "content", body: "content" },
  output: { integrity: "trusted" },
} as const;

function restricted(given: Readonly<Record<string, string>>): readonly string[] {
  const house = openHouse("Prepare a note for the team.");
  const note = { id: "n-1", title: "Private thoughts", author: CAROL, shared_with: [], text: `${SECRET}.` };
  house.sees("office/find_notes", { text: "" }, [note]);
  return house.flow.restricted({ manifest: LETTER, arguments: given });
}

test.each([
  ["the argument that holds it", { to: CAROL, subject: "News", body: `It says: ${SECRET}` }, ["body"]],
  ["also in code", { to: CAROL, subject: Buffer.from(SECRET).toString("base64"), body: "Hi" }, ["subject"]],
  [
    "each where it is split",
    { to: CAROL, subject: `Aa ${SECRET.slice(0, 16)}`, body: `${SECRET.slice(16, 34)} zz` },
    ["subject", "body"],
  ],
  ["none where there is nothing of it", { to: CAROL, subject: "News", body: "We water the plants." }, []],
])("%s", (_what, given, names) => {
  expect(restricted(given)).toEqual(names);
});

let world: FlowWorld;
beforeAll(async () => {
  world = await openFlowWorld();
});
afterAll(async () => world?.close());

test("through the door: it is kept with the held verdict, sealed, and not said of what goes through", async () => {
  const note = { author: CAROL, shared_with: [CAROL], text: `${SECRET}.` };
  world.answers({ find_letters: { content: [], structuredContent: { found: [note] } } });
  const { key } = await world.session("Look at the letters.");
  await world.call(key, "find_letters", { text: "x" });
  const held = await world.call(key, "write_letter", { to: "dora@works.example", body: `FYI ${SECRET}!` });
  const { action } = await world.admin().perform("approvals.get", { approval: held.approval });
  const { items } = await world.admin().perform("ledger.entries", {});
  const entries = z.array(z.looseObject({ kind: z.string(), subject: z.string() })).parse(items);
  const verdict = entries.find(({ kind, subject }) => kind === "verdict" && subject === action);
  expect(JSON.stringify(verdict)).toMatch(/restricted.{1,5}\{.{0,5}bytes/u);
  expect(JSON.stringify(verdict)).not.toContain("Falcon");
});
