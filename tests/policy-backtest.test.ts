import { beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";
import { recordAction, type Recording } from "./support/recorded.ts";

// `policy backtest` and what `policy activate` makes of it, over a real store: what was recorded is what is replayed.

const READS = `@id("reads") permit (principal is Doorward::Agent, action in Doorward::Action::"read", resource);`;
const HOLDS = `${READS}
@id("holds") @hold("admins") forbid (principal is Doorward::Agent, action in Doorward::Action::"read", resource);`;
const NOTHING = `@id("one") permit (principal == Doorward::Agent::"agt_nobody", action, resource);`;

let world: World;
let bot: string;

beforeEach(async () => {
  world = await openWorld();
  const added = await world.ask("olga", "agents.add", { name: "bot" });
  bot = String(added["id"]);
});

async function record(over: Partial<Recording> = {}): Promise<string> {
  const id = await recordAction(world.as("ada"), { agent: bot, tool: "fs/read_file", ...over });
  world.ambient.advance(1_000);
  return id;
}

const backtest = (text: string, more: object = {}) =>
  world.ask("ada", "policy.backtest", { text, agent: "bot", ...more });

const activate = (input: object, dryRun = false) => world.ask("ada", "policy.activate", input, dryRun);

describe("policy.backtest", () => {
  test("says what would newly be allowed, held and denied, by which rules, with examples", async () => {
    const [first, second] = [await record(), await record()];
    const denied = await record({ verdict: "deny", policies: ["default-deny"] });
    expect(await backtest(READS)).toMatchObject({
      actions: 3,
      replayed: 3,
      same: 2,
      newlyAllowed: 1,
      newlyHeld: 0,
      newlyDenied: 0,
      items: [
        {
          count: 1,
          agent: "bot",
          deed: "tools/call fs/read_file",
          from: "deny",
          to: "allow",
          examples: [denied],
        },
      ],
    });
    expect(await backtest(HOLDS)).toMatchObject({
      newlyHeld: 3,
      items: [
        { count: 2, from: "allow", to: "hold", rules: ["holds"], examples: [first, second] },
        { count: 1, from: "deny", to: "hold", formerly: ["default-deny"] },
      ],
    });
    expect(await backtest(NOTHING)).toMatchObject({
      newlyDenied: 2,
      same: 1,
      items: [{ rules: ["default-deny"] }],
    });
  });

  test("replays with the rights of then, not of now", async () => {
    await record({ tool: "fs/write_file", effects: ["write"] });
    await world.ask("ada", "agents.grant", { agent: "bot", tools: ["fs/write_file"] });
    await record({ tool: "fs/write_file", effects: ["write"] });
    const granted = `@id("granted") permit (principal is Doorward::Agent, action, resource is Doorward::Tool)
      when { principal.grantedTools.contains(resource) };`;
    expect(await backtest(granted)).toMatchObject({ replayed: 2, same: 1, newlyDenied: 1 });
  });

  test("replays with the owner of then", async () => {
    await record();
    await world.ask("ada", "agents.set-owner", { agent: "bot", owner: "otto" });
    await record();
    const olgas = `@id("olgas") permit (principal is Doorward::Agent, action, resource)
      when { principal.owner == "${String(world.ids.users["olga"])}" };`;
    expect(await backtest(olgas)).toMatchObject({ replayed: 2, same: 1, newlyDenied: 1 });
  });

  test("replays with the groups that a person had then", async () => {
    const added = await world.ask("ada", "users.add", {
      name: "Ute",
      roles: ["approver"],
      groups: ["finance"],
    });
    const user = String(added["id"]);
    await record({ user });
    await world.ask("ada", "users.set-roles", { user, roles: ["approver"], groups: [] });
    await record({ user });
    const finance = `${READS}
      @id("finance") permit (principal in Doorward::Group::"finance", action, resource);`;
    expect(await backtest(finance)).toMatchObject({ replayed: 2, same: 1, newlyDenied: 1 });
  });

  test("counts a held action once, approved or not; what budgets or reviews refused, no policy changes", async () => {
    await record({ verdict: "hold", policies: ["holds"] });
    await record({ verdict: "allow", approval: "apr_1", policies: ["reads"] });
    await record({ verdict: "hold", policies: ["budget:small"] });
    await record({ verdict: "deny", code: "tool_not_accepted" });
    await record({ verdict: "deny", code: "no_approver", policies: ["holds"] });
    expect(await backtest(HOLDS)).toMatchObject({ actions: 4, notByPolicy: 1, same: 2, newlyHeld: 1 });
  });

  test("says what it cannot replay and why, and guesses nothing", async () => {
    await record({ isKept: false });
    await record({ user: "usr_unheard_of" });
    await record({ tool: "fs/gone" });
    await record({ tool: "here/small", verb: "models/generate" });
    const reading = `${READS}
      @id("spend") forbid (principal, action == Doorward::Action::"models/generate", resource)
      when { context.budget.usedPercent > 90 };`;
    const report = await backtest(reading);
    expect(report).toMatchObject({ actions: 4, replayed: 0, unreplayable: 4 });
    expect((report["because"] as { reason: string }[]).map(({ reason }) => reason)).toEqual([
      "a rule looks at how the budgets stood, which was not recorded with this action",
      "its arguments are not kept: they were too long, or the data of the person was destroyed",
      "the rights of one of its chain at that time are not in the ledger",
      "the tool fs/gone is not accepted any more",
    ]);
  });

  test("replays with what was known of the values' origins", async () => {
    const flow = { labelled: true, effect: "read", mandate: "none", tainted: true, overflowed: false };
    const known = { ...flow, asked: true, readers: "none", carries: [], origins: { path: ["untrusted"] } };
    await record({ flow: known });
    await record({ flow: { ...known, origins: {} } });
    await record({ flow: { ...known, origins: "of another version" } });
    await record();
    const careful = `${READS}
      @id("careful") forbid (principal, action, resource)
      when { context has flow && context.flow.path.contains("untrusted") };`;
    expect(await backtest(careful)).toMatchObject({ replayed: 3, same: 2, newlyDenied: 1, unreplayable: 1 });
  });

  test("looks at the time it is told, and at the agents that the caller may see", async () => {
    await record();
    world.ambient.advance(3 * 86_400_000);
    await record();
    expect(await backtest(READS, { since: "2d" })).toMatchObject({ actions: 1 });
    expect(await backtest(READS, { since: "4d" })).toMatchObject({ actions: 2 });
    expect(await backtest(READS, { since: "soon" })).toEqual({ fault: "since_unreadable" });
    expect(await world.ask("otto", "policy.backtest", { text: READS, agent: "bot" })).toEqual({
      fault: "agent_unknown",
    });
    const ottos = await world.ask("otto", "policy.backtest", { text: READS });
    expect(JSON.stringify(ottos)).not.toContain('"bot"');
  });
});

describe("policy.activate", () => {
  beforeEach(async () => {
    world.ambient.advance(40 * 86_400_000);
  });

  test("needs nothing where nothing was recorded, and where nothing changes", async () => {
    expect(await activate({ text: READS })).toMatchObject({ backtest: { actions: 0 } });
    await record();
    expect(await activate({ text: `${READS}\n` })).toMatchObject({ backtest: { actions: 1, same: 1 } });
  });

  test("shows what would change, and needs a person to say that they saw it", async () => {
    await record();
    const rehearsal = await activate({ text: NOTHING }, true);
    expect(rehearsal["would"]).toContain("newly allow 0, hold 0 and deny 1");
    expect(await activate({ text: NOTHING })).toEqual({ fault: "backtest_unconfirmed" });
    expect(await activate({ text: NOTHING, backtest: "sha256:other" })).toEqual({
      fault: "backtest_unconfirmed",
    });
    const { confirmation } = await world.ask("ada", "policy.backtest", { text: NOTHING });
    await record();
    expect(await activate({ text: NOTHING, backtest: confirmation })).toMatchObject({
      backtest: { newlyDenied: 2 },
    });
    const { body } = world.kept.findLast(({ kind }) => kind === "policy.activated") ?? {};
    expect(body).toMatchObject({ backtest: { actions: 2, newlyDenied: 2, confirmation } });
  });

  test("another kind of change than the one that was confirmed needs other eyes", async () => {
    await record();
    const { confirmation } = await world.ask("ada", "policy.backtest", { text: NOTHING });
    await record({ tool: "fs/write_file", effects: ["write"] });
    expect(await activate({ text: NOTHING, backtest: confirmation })).toEqual({
      fault: "backtest_unconfirmed",
    });
  });

  test("without a backtest only for a reason, which the ledger commits to and does not show", async () => {
    await record();
    expect(await activate({ text: NOTHING, withoutBacktest: "stops the incident" })).toMatchObject({
      backtest: null,
    });
    const entry = world.kept.findLast(({ kind }) => kind === "policy.activated");
    expect(entry?.body).toMatchObject({ backtest: null, withoutBacktest: { bytes: 18, stored: true } });
    expect(JSON.stringify(entry?.body)).not.toContain("incident");
    expect(String(entry?.payloads?.[0]?.bytes)).toBe("stops the incident");
  });
});
