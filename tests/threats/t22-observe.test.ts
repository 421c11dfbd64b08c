import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createNoticing } from "#operations";
import { type ExchangeHouse, openExchangeHouse, resultOf, tokenOf } from "../support/exchange-house.ts";
import { holdAction, openWorld, type World } from "../support/operations.ts";

// T22: observing lasts at most 30 days, ends in enforcing by itself and on record, and is never longer for a clock that
// goes back; whoever answers hears of its beginning and its end, and of an approved action that ended as unknown.

const DAY_MS = 86_400_000;
let world: World;
let look: () => Promise<void>;
beforeEach(async () => {
  world = await openWorld();
  const { ambient, store, commits } = world;
  const { append } = world.as("ada").journal;
  ({ look } = createNoticing({ ambient, store, journal: { append, size: commits.size } }));
  await look();
});

const notices = async (who = "ada", input = {}): Promise<readonly Record<string, unknown>[]> =>
  (await world.ask(who, "notices.list", input))["items"] as Record<string, unknown>[];
const whats = async (who?: string): Promise<unknown[]> => (await notices(who)).map((one) => one["what"]);
const observe = (days: number): Promise<unknown> =>
  world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "observe", days });
const stageOf = async (): Promise<unknown> =>
  (await world.ask("ada", "agents.get", { agent: "olga-bot" }))["stage"];

const unknown = async (isApproved: boolean): Promise<string> => {
  const agent = {
    id: String(world.ids.agents["olga"]),
    name: "olga-bot",
    session: String(world.ids.sessions["olga"]),
  };
  const making = { ...world.as("ada"), store: world.store, ambient: world.ambient };
  const { action, approval } = await holdAction(making, agent, ["finance"]);
  if (isApproved)
    await world.store.query
      .updateTable("approvals")
      .set({ status: "consumed", consumed_by: action })
      .where("id", "=", approval)
      .execute();
  const body = { status: "unknown", agent: agent.id };
  await world.as("ada").journal.append({
    entries: [{ kind: "outcome", subject: action, at: world.ambient.now(), body }],
  });
  await look();
  return approval;
};

describe("observing", () => {
  test.each([0, 31, 400])("for %i days is refused", async (days) => {
    expect(await observe(days)).toEqual({ fault: "input_invalid" });
  });

  test("ends after its days in enforcing, by itself, on record, and stays ended where the clock goes back", async () => {
    await observe(30);
    expect(await stageOf()).toBe("observe");
    world.ambient.advance(30 * DAY_MS);
    expect(await stageOf()).toBe("enforce");
    await look();
    expect(world.kept.at(-1)).toMatchObject({
      kind: "agent.changed",
      subject: world.ids.agents["olga"],
      body: { by: "doorward", via: "clock", change: "stage", from: "observe", to: "enforce" },
    });
    world.ambient.advance(-2 * DAY_MS);
    expect(await stageOf()).toBe("enforce");
    const kept = world.kept.length;
    await look();
    expect(world.kept).toHaveLength(kept);
  });

  test("that somebody prolongs in time goes on", async () => {
    await observe(1);
    world.ambient.advance(DAY_MS - 1);
    await observe(2);
    world.ambient.advance(DAY_MS);
    await look();
    expect(await stageOf()).toBe("observe");
  });

  test("tells admins, and the agent's owner, of its beginning and its end, and no other owner", async () => {
    await observe(1);
    await look();
    expect(await whats()).toEqual(["observe-began"]);
    world.ambient.advance(2 * DAY_MS);
    await look();
    await look();
    for (const who of ["ada", "olga", "aud"])
      expect(await whats(who)).toEqual(["observe-ended", "observe-began"]);
    expect(await whats("otto")).toEqual([]);
    expect((await notices())[0]).toMatchObject({
      agent: "olga-bot",
      says: expect.stringContaining("olga-bot"),
    });
  });

  test("ended by hand tells of it too, and another change of the agent tells nothing", async () => {
    await observe(1);
    await world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "enforce" });
    await world.ask("ada", "agents.grant", { agent: "olga-bot", tools: ["fs/write_file"] });
    await look();
    expect(await whats()).toEqual(["observe-ended", "observe-began"]);
  });
});

describe("a notice", () => {
  test("tells of an approved action whose end nobody knows, with its approval", async () => {
    const approval = await unknown(true);
    expect(await notices("petra")).toMatchObject([{ what: "outcome-unknown", approval, agent: "olga-bot" }]);
  });

  test("does not tell of one that nobody had to approve", async () => {
    await unknown(false);
    expect(await notices()).toEqual([]);
  });

  test("tells admins of a leaver's agents, and of nobody who had none", async () => {
    await world.ask("ada", "users.disable", { user: "aud" });
    await world.ask("ada", "users.disable", { user: "olga" });
    await look();
    expect(await notices()).toMatchObject([{ what: "owner-left", subject: world.ids.users["olga"] }]);
    expect(await whats("otto")).toEqual([]);
  });

  test("is put away by each for themselves, and never comes back by an older one", async () => {
    await observe(1);
    await look();
    const [newest] = await notices();
    await world.ask("ada", "notices.dismiss", { entry: newest?.["entry"] });
    await world.ask("ada", "notices.dismiss", { entry: 0 });
    expect(await notices()).toEqual([]);
    expect(await notices("ada", { all: true })).toMatchObject([{ isNew: false }]);
    expect(await whats("petra")).toEqual(["observe-began"]);
  });

  test("is not told twice over a restart, nor left out", async () => {
    await observe(1);
    const { ambient, store, commits } = world;
    const { append } = world.as("ada").journal;
    const journal = { append, size: commits.size };
    for (let start = 0; start < 3; start += 1) await createNoticing({ ambient, store, journal }).look();
    expect(await whats()).toEqual(["observe-began"]);
  });
});

describe("an agent that is only observed", () => {
  let house: ExchangeHouse;
  beforeAll(async () => {
    house = await openExchangeHouse();
  });
  afterAll(() => house.close());

  test("is bounded by what was lent to it all the same, and its user's rights are not a day's more", async () => {
    const { key } = await house.admin.perform("agents.add", { name: "bot" });
    await house.admin.perform("agents.set-stage", { agent: "bot", stage: "observe", days: 1 });
    await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"], effects: ["read"], calls: 2 });
    const { id } = await house.tokensOf("ben-at-provider");
    const subject = { subject_token: id, subject_token_type: "urn:ietf:params:oauth:token-type:id_token" };
    const answer = await house.exchange({ client_id: "bot", client_secret: String(key), ...subject });
    const call = async (tool: string): Promise<string> =>
      resultOf(await house.mcp(`Bearer ${tokenOf(answer)}`, { tool }));
    expect(await call("write")).toContain("does not cover it");
    expect(await call("echo")).toBe("ok");
    expect(await call("echo")).toBe("ok");
    expect(await call("echo")).toContain("As many actions");
  });
});
