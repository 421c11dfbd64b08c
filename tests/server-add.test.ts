import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { type OperationContext, operationNamed } from "#operations";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

async function planned(context: OperationContext, input: object) {
  const operation = operationNamed("servers.add");
  if (operation.effect === "read") throw new Error("a write");
  return operation.plan(context, operation.input.parse({ command: ["true"], ...input }));
}

const sealed = (): string[] => world.told.filter((told) => told.startsWith("secrets"));
const removed = (): string[] => world.told.filter((told) => told.startsWith("removed"));

describe("of two who add a server of one name", () => {
  test("at once, the loser seals, installs and removes nothing", async () => {
    const context = world.as("ada");
    const one = await planned(context, { name: "mail", environment: { WINNER: "1" } });
    const other = await planned(context, { name: "mail", environment: { LOSER: "1" } });
    const answers = await Promise.allSettled([one.commit(context), other.commit(context)]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(answers[1]).toMatchObject({ reason: { code: "changed_meanwhile" } });
    expect([sealed(), removed()]).toEqual([["secrets mail env:WINNER"], []]);
  });

  test("one after the other, the one planned before the first was done seals, installs and removes nothing", async () => {
    const context = world.as("ada");
    const one = await planned(context, { name: "mail", environment: { WINNER: "1" } });
    const other = await planned(context, { name: "mail", environment: { LOSER: "1" } });
    await one.commit(context);
    await expect(other.commit(context)).rejects.toMatchObject({ code: "changed_meanwhile" });
    expect([sealed(), removed()]).toEqual([["secrets mail env:WINNER"], []]);
  });

  test("under names that look alike, one is added", async () => {
    const context = world.as("ada");
    const one = await planned(context, { name: "mail" });
    const other = await planned(context, { name: "ma1l" });
    const answers = await Promise.allSettled([one.commit(context), other.commit(context)]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("a failed one leaves nothing behind, and the name free", async () => {
    const context = world.as("ada");
    const upstreams: OperationContext["upstreams"] = Object.create(context.upstreams, {
      prepare: { value: async () => Promise.reject(new Fault("upstream_not_started", "no", "no")) },
    });
    const failing = await planned(context, { name: "mail" });
    await expect(failing.commit({ ...context, upstreams })).rejects.toMatchObject({
      code: "upstream_not_started",
    });
    expect(removed()).toEqual(["removed mail"]);
    expect(await world.ask("ada", "servers.add", { name: "mail", command: ["true"] })).toMatchObject({
      name: "mail",
    });
  });
});

test("what a server offers is shown: effects, where it stands, and how its description begins", async () => {
  expect(await world.ask("ada", "servers.add", { name: "mail", command: ["true"] })).toMatchObject({
    offers: [
      { name: "mail/read_file", kind: "tool", effects: ["read"], status: "new", description: "" },
      { name: "mail/write_file", kind: "tool", effects: ["write"], status: "new", description: "" },
    ],
    tools: { waiting: ["mail/read_file", "mail/write_file"] },
  });
});
