import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { createWatching, operationNamed, type OperationContext, perform } from "#operations";
import type { UnrecordedStop } from "#vocabulary";
import { openStops } from "../../src/gateway/stops.ts";
import { holdAction, openWorld, type World } from "../support/operations.ts";

// A stop whose commit fails (a full disk), and a process that dies right after it: the floor holds in memory, is written down
// as soon as that can be, and what waited for people under a stop is withdrawn by whoever comes next.

let world: World;
let full: boolean;
let told: { readonly key: string; readonly unrecorded: UnrecordedStop | undefined }[];
beforeEach(async () => {
  [world, full, told] = [await openWorld(), true, []];
});

/** As `world.as`, on a disk that is full while `full` says so. */
function onFullDisk(who: string): OperationContext {
  const context = world.as(who);
  const { journal, live } = context;
  return {
    ...context,
    journal: {
      ...journal,
      append: (batch) =>
        full
          ? Promise.reject(new Fault("journal_full", "the disk is full", "Free it."))
          : journal.append(batch),
    },
    live: {
      ...live,
      stopped: (key, unrecorded) => {
        told.push({ key, unrecorded });
        live.stopped(key);
      },
    },
  };
}

const stopOn = (context: OperationContext, kind: string, target?: string) =>
  perform(context, {
    operation: operationNamed("stops.add"),
    input: { kind, reason: "it runs wild", ...(target === undefined ? {} : { target }) },
    dryRun: false,
  });
const listed = async (): Promise<unknown> => (await world.ask("ada", "stops.list", {}))["items"];

describe("a stop that cannot be written down", () => {
  test("says so with what to do, and the doors are told all the same", async () => {
    await expect(stopOn(onFullDisk("ada"), "agent", "olga-bot")).rejects.toMatchObject({
      code: "stop_unrecorded",
      message: expect.stringMatching(/olga-bot is stopped.*not on record yet: the disk is full/),
      remedy: expect.stringMatching(/Free disk space.*Do not restart/),
    });
    expect(told).toMatchObject([
      { key: `agent:${world.ids.agents["olga"]}`, unrecorded: { reason: "it runs wild", name: "ada" } },
    ]);
    expect(await listed()).toEqual([]);
  });

  test("is refused by the doors from memory, and from the record once there is room: then it can be ended", async () => {
    const stops = openStops(world.store);
    await stopOn(onFullDisk("ada"), "server", "fs").catch(() => {});
    const [first] = told;
    if (first?.unrecorded === undefined) throw new Error("nothing was handed over");
    expect(stops.ofServer("fs")).toBeNull();
    stops.bar(first.key, first.unrecorded);
    expect(stops.ofServer("fs")).toMatchObject({
      code: "stopped",
      message: expect.stringMatching(/server fs was stopped at .* by ada: it runs wild/),
    });
    expect(stops.ofServer("other")).toBeNull();
    await stops.recordBars();
    expect([stops.ofServer("fs") === null, await listed()]).toEqual([false, []]);
    full = false;
    await Promise.all([stops.recordBars(), stops.recordBars()]);
    expect(await listed()).toMatchObject([{ kind: "server", label: "fs", stoppedBy: "ada" }]);
    expect(world.kept.filter(({ kind }) => kind === "stop.added")).toHaveLength(1);
    expect(stops.ofServer("fs")).not.toBeNull();
    await world.ask("ada", "stops.end", { kind: "server", target: "fs" });
    await stops.recordBars();
    expect(stops.ofServer("fs")).toBeNull();
  });

  test("and that somebody else put on record meanwhile is not put there twice", async () => {
    await stopOn(onFullDisk("ada"), "everything").catch(() => {});
    await world.ask("petra", "stops.add", { kind: "everything", reason: "the same" });
    full = false;
    await told[0]?.unrecorded?.record();
    expect(await listed()).toMatchObject([{ reason: "the same", stoppedBy: "petra" }]);
  });

  test("because it came with a no is held and cut all the same; the no is not kept, and says so", async () => {
    const approval = world.ids.approvals["olga"];
    const denied = perform(onFullDisk("ada"), {
      operation: operationNamed("approvals.deny"),
      input: { approval, stop: "agent", reason: "it runs wild" },
      dryRun: false,
    });
    await expect(denied).rejects.toMatchObject({
      code: "stop_unrecorded",
      message: expect.stringMatching(/olga-bot is stopped.*the no to apr_\S+ was not kept: the disk is full/),
      remedy: expect.stringMatching(/Free disk space.*say no again: `doorward approvals deny apr_/),
    });
    const key = `agent:${world.ids.agents["olga"]}`;
    expect(told).toMatchObject([{ key, unrecorded: { reason: "it runs wild", name: "ada" } }]);
    expect([await statuses(), await listed()]).toEqual([["requested", "requested"], []]);
    full = false;
    await told[0]?.unrecorded?.record();
    await told[0]?.unrecorded?.record();
    expect(await listed()).toMatchObject([{ kind: "agent", label: "olga-bot", stoppedBy: "ada" }]);
    expect(world.kept.findLast(({ kind }) => kind === "stop.added")?.body).toMatchObject({ approval });
  });

  test("does not come with a no that does not count, or that says no more than no", async () => {
    const approval = world.ids.approvals["olga"];
    const deny = (more: object) =>
      perform(onFullDisk("ada"), {
        operation: operationNamed("approvals.deny"),
        input: { approval, ...more },
        dryRun: false,
      });
    await expect(deny({})).rejects.toMatchObject({ code: "journal_full" });
    await world.ask("ada", "approvals.deny", { approval });
    await expect(deny({ stop: "agent" })).rejects.toMatchObject({ code: "approval_closed" });
    expect(told).toEqual([]);
  });

  test("more of them than are kept in memory stop everything", () => {
    const stops = openStops(world.store);
    const stop = { kind: "server", label: "x", reason: "r", at: 0, name: "ada", monitor: null };
    for (let n = 0; n <= 1_000; n += 1) stops.bar(`server:s${n}`, { ...stop, record: refusing });
    expect([stops.ofServer("s999") === null, stops.ofServer("s1000") === null]).toEqual([false, false]);
    expect(stops.ofServer("another")).toMatchObject({ code: "stopped" });
  });

  test("because a monitor fell silent holds too, until a later look has written it down", async () => {
    const input = { name: "pager", every: 10, kind: "agent", target: "olga-bot" };
    await world.ask("ada", "stops.add-monitor", input);
    const { store, ambient } = world;
    const { journal, live } = onFullDisk("ada");
    const watch = createWatching({ store, journal, live, ambient });
    for (let half = 0; half < 24; half += 1) {
      ambient.advance(500);
      await watch.look().catch(() => {});
    }
    const [first] = told;
    expect(first?.unrecorded).toMatchObject({ monitor: "pager", name: null });
    await expect(first?.unrecorded?.record()).rejects.toThrow("no result");
    full = false;
    await watch.look();
    await first?.unrecorded?.record();
    expect(await listed()).toMatchObject([{ monitor: "pager", label: "olga-bot" }]);
  });
});

async function restarted(): Promise<void> {
  const { store, ambient } = world;
  const { journal, live } = world.as("ada");
  await createWatching({ store, journal, live, ambient }).look();
}

/** What an earlier process had committed, and nothing more. */
function crashed(kind: string, target: string): void {
  world.store.connection
    .prepare(
      "INSERT INTO stops (id, kind, target, key, label, reason, at) VALUES ('stp_1', ?, ?, ?, ?, 'odd', 0)",
    )
    .run(kind, target, `${kind}:${target}`, target);
}

async function statuses(): Promise<unknown[]> {
  const rows = await world.store.query.selectFrom("approvals").select(["id", "status"]).execute();
  const { olga, otto } = world.ids.approvals;
  return [olga, otto].map((approval) => rows.find(({ id }) => id === approval)?.status);
}

const refusing = async (): Promise<void> => Promise.reject(new Error("full"));

describe("a process that died between a stop's commit and what follows it", () => {
  test.each([
    ["agent", "AGENT", ["withdrawn", "requested"]],
    ["session", "SESSION", ["withdrawn", "requested"]],
    ["user", "USER", ["withdrawn", "requested"]],
    ["server", "fs", ["withdrawn", "withdrawn"]],
    ["everything", "*", ["withdrawn", "withdrawn"]],
    ["host", "elsewhere.example", ["requested", "requested"]],
  ])(
    "left what waits under the stop of %s: it is withdrawn at the next start, and nothing else",
    async (kind, named, expected) => {
      const { agents, sessions, users } = world.ids;
      const byName: Record<string, string | undefined> = {
        AGENT: agents["olga"],
        SESSION: sessions["olga"],
        USER: users["olga"],
      };
      crashed(kind, byName[named] ?? named);
      await restarted();
      expect(await statuses()).toEqual(expected);
      const entries = world.kept.filter(({ kind: what }) => what === "approval.withdrawn");
      expect(entries).toHaveLength(expected.filter((one) => one === "withdrawn").length);
    },
  );

  test("is swept after once: requests that come later are the road's to refuse", async () => {
    const { store, ambient } = world;
    const { journal, live } = world.as("ada");
    const watch = createWatching({ store, journal, live, ambient });
    await watch.look();
    crashed("everything", "*");
    await holdAction(
      { ...world, journal },
      { id: world.ids.agents["olga"] ?? "", name: "olga-bot", session: world.ids.sessions["olga"] ?? "" },
      ["admins"],
    );
    await watch.look();
    expect(world.kept.filter(({ kind }) => kind === "approval.withdrawn")).toEqual([]);
  });
});
