import { beforeEach, describe, expect, test } from "vitest";
import { createNoticing, operationNamed, perform, type Proving } from "#operations";
import { fakeProving } from "./support/proving.ts";
import { openWorld, type World } from "./support/operations.ts";

// Stages by agent, group and default: where each comes from, that it ends, and that whoever inherits follows.

const DAY = 86_400_000;
let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const stageOf = async (agent: string): Promise<unknown[]> => {
  const { stage, stageFrom, observeUntil } = await world.ask("ada", "agents.get", { agent });
  return [stage, stageFrom, observeUntil];
};
const setStage = (agent: string, more: object) => world.ask("ada", "agents.set-stage", { agent, ...more });
const set = (scope: string, stage: string, more: object = {}) =>
  world.ask("ada", "stages.set", { scope, stage, ...more });

describe("a stage", () => {
  test("is an agent's own, its group's, or the default's, in this order", async () => {
    await world.ask("olga", "agents.add", { name: "fresh" });
    expect(await stageOf("fresh")).toEqual(["enforce", "default", null]);
    await set("default", "isolate");
    expect(await stageOf("fresh")).toEqual(["isolate", "default", null]);
    await set("trials", "enforce");
    await setStage("fresh", { stage: "inherit", group: "trials" });
    expect(await stageOf("fresh")).toEqual(["enforce", "group trials", null]);
    await setStage("fresh", { stage: "isolate" });
    await set("trials", "observe");
    expect(await stageOf("fresh")).toEqual(["isolate", "own", null]);
    await world.ask("olga", "agents.add", { name: "later" });
    expect(await stageOf("later")).toEqual(["isolate", "default", null]);
  });

  test("of a group that is cleared is the default again", async () => {
    await set("trials", "isolate");
    await setStage("olga-bot", { stage: "inherit", group: "trials" });
    expect((await stageOf("olga-bot"))[0]).toBe("isolate");
    await world.ask("ada", "stages.clear", { scope: "trials" });
    expect(await stageOf("olga-bot")).toEqual(["enforce", "group trials", null]);
    expect(await world.ask("ada", "stages.clear", { scope: "trials" })).toEqual({ fault: "stage_unknown" });
  });

  test("that only observes ends after its days, for the default and for groups as for an agent (T22)", async () => {
    expect(await set("default", "observe", { days: 31 })).toEqual({ fault: "input_invalid" });
    await set("default", "observe", { days: 30 });
    await world.ask("olga", "agents.add", { name: "fresh" });
    expect((await stageOf("fresh"))[0]).toBe("observe");
    world.ambient.advance(30 * DAY);
    expect((await stageOf("fresh"))[0]).toBe("enforce");
    const { items } = await world.ask("ada", "stages.list", {});
    expect(items).toMatchObject([{ scope: "default", stage: "enforce" }]);
    await world.ask("olga", "agents.add", { name: "later" });
    expect((await stageOf("later"))[0]).toBe("enforce");
  });

  test("lists how many agents are in it", async () => {
    await set("trials", "observe");
    await setStage("olga-bot", { stage: "inherit", group: "trials" });
    await setStage("otto-bot", { stage: "inherit", group: "unruled" });
    const { items } = await world.ask("ada", "stages.list", {});
    expect(items).toMatchObject([
      { scope: "default", stage: "enforce", agents: 1 },
      { scope: "trials", stage: "observe", agents: 1 },
    ]);
  });

  test("is on record with where it comes from, and the doors look again", async () => {
    world.told.length = 0;
    await set("trials", "isolate");
    await setStage("olga-bot", { stage: "inherit", group: "trials" });
    expect(world.told).toEqual(["stages changed", "stages changed"]);
    expect(world.kept.slice(-2)).toMatchObject([
      { kind: "stage.changed", subject: "group:trials", body: { to: "isolate" } },
      { kind: "agent.changed", body: { to: "isolate", inherits: "group:trials" } },
    ]);
  });

  test("that only observes is told to every admin, whoever it is for (T22)", async () => {
    await set("default", "observe", { days: 3 });
    const journal = { ...world.as("ada").journal, size: world.commits.size };
    await createNoticing({ ...world, journal }).look();
    const { items } = await world.ask("ada", "notices.list", {});
    expect(items).toMatchObject([{ what: "group-observed" }]);
  });

  test.each([
    ["olga", "stages.set", { scope: "default", stage: "observe" }, "permission_denied"],
    ["petra", "stages.set", { scope: "default", stage: "observe" }, "permission_denied"],
    ["ada", "agents.set-stage", { agent: "olga-bot", stage: "enforce", group: "trials" }, "input_invalid"],
    ["ada", "stages.clear", { scope: "default" }, "stage_unknown"],
  ])("%s: %s %o is refused", async (who, name, input, fault) => {
    expect(await world.ask(who, name, input)).toEqual({ fault });
  });
});

const drilled = async (over: object) => {
  await setStage("olga-bot", { stage: "isolate" });
  const fake = fakeProving(world.told);
  const proving: Proving = {
    open: async () => ({
      ...(await fake.open()),
      attempt: async () => ({ arrived: false, code: "isolation_required" }),
      ...over,
    }),
  };
  const input = { agent: "olga-bot" };
  const context = { ...world.as("ada"), proving };
  return perform(context, { operation: operationNamed("stages.drill"), input, dryRun: false });
};
const sandbox = () => ({ backend: "bubblewrap", version: "0.8.0", limits: "rlimit" });

describe("the drill of isolate", () => {
  const open = { tried: "the network: a host beside the doors", got: "reached", holds: false };
  const shut = { ...open, got: "ECONNREFUSED", holds: true };

  test("fails where no sandbox can be made, and says what to install", async () => {
    expect(await drilled({})).toMatchObject({
      output: {
        holds: false,
        result: expect.stringMatching(/no sandbox can be made.*apt-get install bubblewrap/),
      },
    });
    expect(world.kept.find(({ kind }) => kind === "drill.stage")?.body).toMatchObject({
      holds: false,
      missing: expect.stringMatching(/bubblewrap/),
    });
  });

  test("fails where a program in the sandbox reaches one thing that it must not", async () => {
    expect(await drilled({ sandbox, probe: async () => [shut, open] })).toMatchObject({
      output: {
        holds: false,
        result: expect.stringMatching(/the network: a host beside the doors: reached/),
      },
    });
  });

  test("holds where everything is shut; the entry and the list of agents say so", async () => {
    expect(await drilled({ sandbox, probe: async () => [shut] })).toMatchObject({ output: { holds: true } });
    const { reach, stageProof } = await world.ask("ada", "agents.get", { agent: "olga-bot" });
    expect(stageProof).toMatch(/^held, .*, entry \d+$/);
    expect(reach).toMatchObject([{ proof: null }, { proof: null }, { proof: { holds: true } }]);
    expect(world.kept.findLast(({ kind }) => kind === "drill.stage")?.body).toMatchObject({
      sandbox: [shut],
      missing: null,
    });
  });
});
