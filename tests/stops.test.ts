import { beforeEach, describe, expect, test } from "vitest";
import { operationNamed, perform } from "#operations";
import { holdAction, openWorld, type World } from "./support/operations.ts";

// The operations of a stop: who may, what it withdraws, who ends it. What the doors do with it: threats and journeys.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const reason = "it mails the wrong people";
const stop = (who: string, kind: string, target?: string, more: object = {}) =>
  world.ask(who, "stops.add", { kind, ...(target === undefined ? {} : { target }), reason, ...more });
const resume = (who: string, kind: string, target?: string) =>
  world.ask(who, "stops.end", { kind, ...(target === undefined ? {} : { target }) });
const statusOf = async (approval: string | undefined): Promise<unknown> =>
  (await world.ask("ada", "approvals.get", { approval }))["status"];
const kinds = () => world.kept.map(({ kind }) => kind);

describe("a stop", () => {
  test("is on record before the doors cut, tells who and why, and withdraws what waits", async () => {
    world.told.length = 0;
    const stopped = await stop("petra", "agent", "olga-bot");
    const agent = world.ids.agents["olga"];
    expect(stopped).toMatchObject({
      label: "olga-bot",
      reason,
      stoppedBy: "petra",
      already: false,
      withdrawn: 1,
    });
    expect(world.told).toEqual([`stopped agent:${agent}`, `decided ${world.ids.approvals["olga"]}`]);
    expect(kinds().slice(-2)).toEqual(["stop.added", "approval.withdrawn"]);
    const { olga, otto } = world.ids.approvals;
    expect([await statusOf(olga), await statusOf(otto)]).toEqual(["withdrawn", "requested"]);
    const entry = world.kept.find(({ kind }) => kind === "stop.added");
    expect(JSON.stringify(entry?.body)).not.toMatch(/wrong people/);
  });

  test("of the same thing twice is one stop: the first reason stays, and it is cut again", async () => {
    const first = await stop("petra", "agent", "olga-bot");
    world.told.length = 0;
    const second = await stop("ada", "agent", world.ids.agents["olga"], { reason: "another" });
    expect(second).toMatchObject({ id: first["id"], reason, already: true });
    expect(world.told).toHaveLength(1);
    expect(kinds().filter((kind) => kind === "stop.added")).toHaveLength(1);
  });

  test("by two at once is one stop too", async () => {
    const both = await Promise.all([stop("petra", "everything"), stop("ada", "everything")]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    const { items } = await world.ask("ada", "stops.list", {});
    expect(items).toHaveLength(1);
  });

  test.each([
    ["session", "OLGAS", 1],
    ["user", "olga", 1],
    ["server", "fs", 2],
    ["everything", undefined, 2],
    ["model", "ollama/llama3", 0],
    ["host", "*.example.com", 0],
  ])("of %s withdraws what it covers and no more", async (kind, named, count) => {
    const target = named === "OLGAS" ? world.ids.sessions["olga"] : named;
    expect(await stop("ada", kind, target)).toMatchObject({ kind, withdrawn: count });
  });

  test("of a credential: an agent's key", async () => {
    const { keys } = await world.ask("ada", "agents.get", { agent: "olga-bot" });
    const [key] = keys as { id: string }[];
    expect(await stop("ada", "credential", key?.id)).toMatchObject({ kind: "credential", target: key?.id });
  });

  test("withdraws however many requests wait", async () => {
    const agent = {
      id: world.ids.agents["olga"] ?? "",
      name: "olga-bot",
      session: world.ids.sessions["olga"] ?? "",
    };
    const { journal } = world.as("ada");
    for (let n = 0; n < 130; n += 1) await holdAction({ ...world, journal }, agent, ["admins"]);
    expect(await stop("ada", "agent", "olga-bot")).toMatchObject({ withdrawn: 131 });
  });

  test("changes nothing in a dry run", async () => {
    const before = world.kept.length;
    const answer = await world.ask("ada", "stops.add", { kind: "everything", reason }, true);
    expect(answer["would"]).toMatch(/stop everything/);
    expect([world.kept.length, world.told.length]).toEqual([before, world.told.length]);
  });
});

describe("who may stop", () => {
  test.each([
    ["olga", "agent", "otto-bot", "agent_unknown"],
    ["olga", "everything", undefined, "not_yours"],
    ["olga", "server", "fs", "not_yours"],
    ["olga", "user", "otto", "not_yours"],
    ["aud", "agent", "olga-bot", "permission_denied"],
    ["ada", "agent", "nobody", "agent_unknown"],
    ["ada", "server", "nothing", "server_unknown"],
    ["ada", "session", "ses_00000000000000000000000000", "session_unknown"],
    ["ada", "credential", "key_00000000000000000000000000", "credential_unknown"],
    ["ada", "host", "https://example.com/", "input_invalid"],
    ["ada", "agent", undefined, "input_invalid"],
    ["ada", "everything", "x", "input_invalid"],
  ])("%s stopping %s %s: %s", async (who, kind, target, fault) => {
    expect(await stop(who, kind, target)).toEqual({ fault });
  });

  test("an owner stops what is theirs, without presence", async () => {
    expect(await stop("olga", "agent", "olga-bot")).toMatchObject({ inForce: true });
    expect(await stop("olga", "session", world.ids.sessions["olga"])).toMatchObject({ inForce: true });
    expect(await stop("olga", "user", "olga")).toMatchObject({ inForce: true });
  });

  test("nobody stops the last admin who could end it", async () => {
    expect(await stop("petra", "user", "ada")).toEqual({ fault: "stop_locks_out" });
  });

  test("a stopped user changes nothing here any more, reads on, and does not end their own stop", async () => {
    await stop("ada", "user", "petra");
    expect(await world.ask("petra", "approvals.approve", { approval: world.ids.approvals["olga"] })).toEqual({
      fault: "stopped",
    });
    expect(await resume("petra", "user", "petra")).toMatchObject({ fault: "permission_denied" });
    expect(await stop("petra", "everything")).toEqual({ fault: "stopped" });
    expect(await world.ask("petra", "approvals.list", {})).toHaveProperty("items");
  });
});

describe("while it is in force", () => {
  test("no session is opened and nothing is lent to what is stopped", async () => {
    await stop("ada", "agent", "olga-bot");
    expect(await world.ask("olga", "sessions.start", { agent: "olga-bot" })).toEqual({ fault: "stopped" });
    expect(await world.ask("otto", "sessions.start", { agent: "otto-bot" })).toHaveProperty("session");
    await stop("ada", "everything");
    expect(await world.ask("otto", "sessions.start", { agent: "otto-bot" })).toEqual({ fault: "stopped" });
  });

  test("owners see the stops of what is theirs and of what is everybody's; nothing of others", async () => {
    await stop("ada", "agent", "olga-bot");
    await stop("ada", "server", "fs");
    const seen = async (who: string) => {
      const { items } = await world.ask(who, "stops.list", {});
      return (items as { kind: string }[]).map(({ kind }) => kind).toSorted();
    };
    expect([await seen("olga"), await seen("otto"), await seen("aud")]).toEqual([
      ["agent", "server"],
      ["server"],
      ["agent", "server"],
    ]);
    const { items } = await world.ask("ada", "stops.list", {});
    const own = (items as { kind: string; id: string }[]).find(({ kind }) => kind === "agent");
    expect(await world.ask("otto", "stops.get", { stop: own?.id })).toEqual({ fault: "stop_unknown" });
  });
});

describe("ending a stop", () => {
  test("needs presence, and is on record; the stop stays in the list of the ended", async () => {
    await stop("petra", "agent", "olga-bot");
    const gone = world.as("ada", { presentUntil: 0 });
    const input = { kind: "agent", target: "olga-bot" };
    const absent = perform(gone, { operation: operationNamed("stops.end"), input, dryRun: false });
    await expect(absent).rejects.toMatchObject({ code: "presence_required" });
    const ended = await resume("ada", "agent", "olga-bot");
    expect(ended).toMatchObject({ inForce: false, endedBy: "ada", stoppedBy: "petra" });
    expect(kinds().at(-1)).toBe("stop.ended");
    expect((await world.ask("ada", "stops.list", {}))["items"]).toEqual([]);
    expect((await world.ask("ada", "stops.list", { ended: true }))["items"]).toHaveLength(1);
    expect(await resume("ada", "agent", "olga-bot")).toEqual({ fault: "stop_unknown" });
  });

  test("by whoever stopped it is refused where another has to", async () => {
    const strict = { ...world.as("ada"), stopping: { resume: "another" as const } };
    const ended = (input: object) =>
      perform(strict, { operation: operationNamed("stops.end"), input, dryRun: false });
    await stop("ada", "everything");
    await expect(ended({ kind: "everything" })).rejects.toMatchObject({ code: "another_must_resume" });
    await stop("petra", "agent", "olga-bot");
    expect(await ended({ kind: "agent", target: "olga-bot" })).toMatchObject({ kind: "done" });
  });

  test("an owner ends their own stop, and not an admin's", async () => {
    await stop("olga", "agent", "olga-bot");
    expect(await resume("olga", "agent", "olga-bot")).toMatchObject({ inForce: false });
    await stop("ada", "agent", "olga-bot");
    expect(await resume("olga", "agent", "olga-bot")).toEqual({ fault: "not_yours" });
  });

  test("an approver stops and does not end", async () => {
    await stop("petra", "everything");
    expect(await resume("petra", "everything")).toEqual({ fault: "permission_denied" });
  });

  test("what is gone meanwhile can still be resumed by its name", async () => {
    await stop("ada", "agent", "olga-bot");
    await world.ask("ada", "agents.revoke", { agent: "olga-bot" });
    expect(await resume("ada", "agent", "olga-bot")).toMatchObject({ inForce: false });
  });
});
