import { beforeEach, describe, expect, test } from "vitest";
import { createWatching } from "#operations";
import { openWorld, type World } from "./support/operations.ts";

// The dead-man's switch: who falls silent stops what they watch over, once, on record; starts, stalls and clocks silence nobody.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const watching = () => {
  const { store, ambient } = world;
  const { journal, live } = world.as("ada");
  return createWatching({ store, journal, live, ambient });
};
const add = async (more: object = {}): Promise<string> => {
  const input = { name: "pager", every: 10, kind: "agent", target: "olga-bot", ...more };
  return String((await world.ask("ada", "stops.add-monitor", input))["key"]);
};
const inForce = async (): Promise<{ monitor: string; reason: string }[]> =>
  (await world.ask("ada", "stops.list", {}))["items"] as { monitor: string; reason: string }[];

type Watch = ReturnType<typeof watching>;
/** Looks every half second, as the process does. */
async function pass(watch: Watch, seconds: number): Promise<void> {
  for (let half = 0; half < seconds * 2; half += 1) {
    world.ambient.advance(500);
    await watch.look();
  }
}

describe("a monitor", () => {
  test("that is heard stops nothing; silent beyond its time it stops what it watches over", async () => {
    const key = await add();
    const watch = watching();
    for (let beat = 0; beat < 5; beat += 1) {
      await pass(watch, 8);
      expect(watch.heard(key)).toBe(true);
    }
    expect(await inForce()).toEqual([]);
    world.told.length = 0;
    await pass(watch, 11);
    expect(await inForce()).toMatchObject([
      {
        monitor: "pager",
        stoppedBy: null,
        reason: "no heartbeat of pager for 10 seconds",
        label: "olga-bot",
      },
    ]);
    const agent = world.ids.agents["olga"];
    expect(world.told).toEqual([`stopped agent:${agent}`, `decided ${world.ids.approvals["olga"]}`]);
    const entry = world.kept.findLast(({ kind }) => kind === "stop.added");
    expect(entry?.body).toMatchObject({ by: "doorward", via: "monitor", monitor: "pager" });
  });

  test("stops once: a person may end it while it is silent, and being heard again arms it anew", async () => {
    const key = await add();
    const watch = watching();
    await pass(watch, 12);
    await world.ask("ada", "stops.end", { kind: "agent", target: "olga-bot" });
    await pass(watch, 60);
    expect(await inForce()).toEqual([]);
    expect(watch.heard(key)).toBe(true);
    await pass(watch, 12);
    expect(await inForce()).toHaveLength(1);
  });

  test("has its whole time after a start, and after the process stood still", async () => {
    await add();
    const first = watching();
    await pass(first, 8);
    const second = watching();
    await pass(second, 9);
    expect(await inForce()).toEqual([]);
    world.ambient.advance(3_600_000);
    await second.look();
    expect(await inForce()).toEqual([]);
    await pass(second, 11);
    expect(await inForce()).toHaveLength(1);
  });

  test("is known by its own key alone, which is kept hashed", async () => {
    const key = await add();
    const watch = watching();
    expect(key).toMatch(/^dwm_[\w-]{43}$/);
    expect(world.dump()).not.toContain(key);
    for (const wrong of ["", "dwm_", key.replace("dwm_", "dwk_"), `${key}x`, key.toLowerCase()])
      expect(watch.heard(wrong)).toBe(false);
  });

  test("removed: its key and its silence count no more; the stop that it made stays", async () => {
    const key = await add();
    const watch = watching();
    await pass(watch, 12);
    await world.ask("ada", "stops.remove-monitor", { name: "pager" });
    expect(watch.heard(key)).toBe(false);
    expect(await inForce()).toHaveLength(1);
    await add({ name: "other", kind: "everything", target: undefined });
    await world.ask("ada", "stops.remove-monitor", { name: "other" });
    await pass(watch, 30);
    expect(await inForce()).toHaveLength(1);
  });

  test("of what is stopped already adds no second stop", async () => {
    await add();
    await world.ask("petra", "stops.add", { kind: "agent", target: "olga-bot", reason: "odd" });
    await pass(watching(), 12);
    expect(await inForce()).toMatchObject([{ monitor: null, reason: "odd" }]);
  });

  test.each([
    ["olga", {}, "permission_denied"],
    ["petra", {}, "permission_denied"],
    ["ada", { target: "nobody" }, "agent_unknown"],
    ["ada", { every: 1 }, "input_invalid"],
    ["ada", { name: "Not A Name" }, "input_invalid"],
  ])("%s adding %o: %s", async (who, more, fault) => {
    const input = { name: "pager", every: 10, kind: "agent", target: "olga-bot", ...more };
    expect(await world.ask(who, "stops.add-monitor", input)).toEqual({ fault });
  });

  test("of a name that is taken is refused", async () => {
    await add();
    const again = { name: "pager", every: 10, kind: "everything" };
    expect(await world.ask("ada", "stops.add-monitor", again)).toEqual({ fault: "monitor_exists" });
  });
});
