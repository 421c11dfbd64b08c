import { afterAll, beforeAll, expect, test } from "vitest";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// `policy why` of an action that nobody took: in a session it says what the door would say, and without one that it knows nothing.

let world: FlowWorld;
beforeAll(async () => {
  world = await openFlowWorld();
});
afterAll(() => world?.close());

const letter = (to: string) => ({
  tool: "office/write_letter",
  arguments: { to, body: "Thursday at ten suits me." },
});
const NAMED = "carol@works.example";

test("in a session, why says what the door says; without one it says that one is missing", async () => {
  const admin = world.admin();
  await admin.perform("agents.add", { name: "clerk" });
  await admin.perform("agents.grant", { agent: "clerk", tools: ["office/write_letter"] });
  const mandate = `Send Carol (${NAMED}) a letter that Thursday at ten suits me.`;
  const opened = await admin.perform("sessions.start", { agent: "clerk", mandate });
  const [key, session] = [String(opened["key"]), String(opened["session"])];

  const alone = await admin.perform("policy.why", { agent: "clerk", ...letter(NAMED) });
  expect(alone).toMatchObject({ verdict: "hold", flow: { labelled: true, mandate: "none" } });
  expect(alone["reason"]).toMatch(/^No session was given/);
  expect(alone["reason"]).not.toContain("Nobody reviewed");
  expect(alone["remedy"]).toContain("--session");

  const within = await admin.perform("policy.why", { session, ...letter(NAMED) });
  expect(within).toMatchObject({
    verdict: "allow",
    flow: { mandate: "attested", asked: true, origins: { destination: ["user"] } },
  });
  expect((await world.call(key, "write_letter", letter(NAMED).arguments)).isError).toBe(false);

  const stranger = await admin.perform("policy.why", { session, ...letter("mallory@evil.example") });
  expect(stranger).toMatchObject({ verdict: "hold", flow: { origins: { destination: ["model"] } } });
  const held = await world.call(key, "write_letter", letter("mallory@evil.example").arguments);
  expect(held).toMatchObject({ kind: "held", rules: ["flow-destination"] });
});

test("a session of another agent is not asked about", async () => {
  const admin = world.admin();
  await admin.perform("agents.add", { name: "one" });
  await admin.perform("agents.add", { name: "two" });
  const { session } = await admin.perform("sessions.start", { agent: "one" });
  const asked = admin.perform("policy.why", { agent: "two", session, ...letter(NAMED) });
  await expect(asked).rejects.toThrow(/session/);
});
