import { beforeEach, describe, expect, test } from "vitest";
import { CATALOGUE, operationNamed, perform } from "#operations";
import { holdAction, openWorld, type World } from "./support/operations.ts";
import { WRITES } from "./support/operations-writes.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const writes = CATALOGUE.filter((operation) => operation.effect !== "read").map(({ name }) => name);

test("the table below knows every write", () => {
  expect(Object.keys(WRITES).toSorted()).toEqual(writes.toSorted());
});

describe.each(writes)("%s", (name) => {
  test("a dry run checks everything and changes nothing", async () => {
    const input = await WRITES[name]!(world);
    const before = { dump: world.dump(), kept: world.kept.length };
    world.told.length = 0;
    const answer = await world.ask("ada", name, input, true);
    expect(Object.keys(answer)).toEqual(["would"]);
    expect({ dump: world.dump(), kept: world.kept.length }).toEqual(before);
    expect(world.told).toEqual([]);
  });

  test("what the dry run promised then happens, and is written down without personal data", async () => {
    const input = await WRITES[name]!(world);
    const before = { dump: world.dump(), kept: world.kept.length };
    const answer = await world.ask("ada", name, input);
    expect(answer).not.toHaveProperty("fault");
    if (name === "payloads.destroy") return;
    expect(world.dump()).not.toBe(before.dump);
    const isLook = name === "servers.refresh";
    expect(isLook || world.kept.length > before.kept).toBe(true);
    const entries = JSON.stringify(
      world.kept.slice(before.kept).map(({ kind, subject, body }) => ({ kind, subject, body })),
    );
    expect(entries).not.toMatch(/Newcomer|petra|secret|dwk_|dwu_|dwl_|dwp_|again/);
  });

  test("without fresh presence it is refused where it must be (T1)", async () => {
    const operation = CATALOGUE.find((one) => one.name === name);
    const isMarked = operation?.effect !== "read" && operation?.presence === true;
    const input = await WRITES[name]!(world);
    const before = world.dump();
    const absent = world.as("ada", { presentUntil: world.ambient.now() });
    const outcome = await perform(absent, { operation: operation!, input, dryRun: false }).then(
      () => "done",
      (fault: { code?: string }) => fault.code,
    );
    expect(outcome).toBe(isMarked ? "presence_required" : "done");
    expect(isMarked && world.dump() !== before).toBe(false);
  });
});

describe("agents", () => {
  test("the key is shown once and stored hashed; the address goes with it", async () => {
    const added = await world.ask("olga", "agents.add", { name: "fresh", keyless: true });
    expect(added["key"]).toMatch(/^dwk_[\w-]{43}$/);
    expect(added["keylessDoor"]).toMatch(/\/door\/k\/dwp_[\w-]{43}\/mcp$/);
    expect(world.dump()).not.toContain(String(added["key"]));
    expect(JSON.stringify(await world.ask("olga", "agents.get", { agent: "fresh" }))).not.toContain("dwk_");
  });

  test("lists say who answers for an agent by name, and when it last spoke", async () => {
    const list = async () => (await world.ask("ada", "agents.list", {}))["items"];
    expect(await list()).toMatchObject([
      { name: "olga-bot", ownerName: "olga", lastSeenAt: null },
      { name: "otto-bot", ownerName: "otto", lastSeenAt: null },
    ]);
    await world.ask("olga", "agents.rotate-key", { agent: "olga-bot" });
    world.store.connection
      .prepare("UPDATE agent_keys SET last_used_at = ? WHERE agent_id = ?")
      .run(Date.UTC(2026, 0, 2), world.ids.agents["olga"]!);
    const seen = { ownerName: "olga", lastSeenAt: "2026-01-02T00:00:00.000Z" };
    expect(await list()).toMatchObject([seen, { lastSeenAt: null }]);
    expect(await world.ask("olga", "agents.get", { agent: "olga-bot" })).toMatchObject(seen);
  });

  test("agents.revoke withdraws what the agent asked for, since nobody will send it again", async () => {
    const approval = world.ids.approvals["olga"];
    await world.ask("olga", "agents.revoke", { agent: "olga-bot" });
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ status: "withdrawn" });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "approval.withdrawn",
      body: { approval, why: "agent_revoked" },
    });
  });

  test("revoking cuts what runs, and nothing brings the agent back", async () => {
    await world.ask("olga", "agents.revoke", { agent: "olga-bot" });
    expect(world.told).toEqual([
      `revoked agent ${world.ids.agents["olga"]}`,
      `decided ${world.ids.approvals["olga"]}`,
    ]);
    expect(await world.ask("olga", "agents.rotate-key", { agent: "olga-bot" })).toEqual({
      fault: "agent_revoked",
    });
    expect(await world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "observe" })).toEqual({
      fault: "agent_revoked",
    });
    expect(
      world.store.connection
        .prepare("SELECT COUNT(*) AS n FROM agent_keys WHERE agent_id = ? AND revoked_at IS NULL")
        .get(world.ids.agents["olga"]!),
    ).toEqual({ n: 0 });
  });

  test("stop-all stops what the caller may stop, and no more", async () => {
    expect(await world.ask("olga", "agents.stop-all", {})).toEqual({ stopped: ["olga-bot"] });
    expect(await world.ask("ada", "agents.stop-all", {})).toEqual({ stopped: ["olga-bot", "otto-bot"] });
  });

  test("observe ends by itself after at most thirty days (T22)", async () => {
    expect(
      await world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "observe", days: 31 }),
    ).toEqual({ fault: "input_invalid" });
    await world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "observe", days: 30 });
    world.ambient.advance(30 * 86_400_000 - 1);
    expect(await world.ask("ada", "agents.get", { agent: "olga-bot" })).toMatchObject({ stage: "observe" });
    world.ambient.advance(1);
    expect(await world.ask("ada", "agents.get", { agent: "olga-bot" })).toMatchObject({ stage: "enforce" });
  });

  test("isolate is set, and the doors are told to look who is in no sandbox", async () => {
    const set = await world.ask("ada", "agents.set-stage", { agent: "olga-bot", stage: "isolate" });
    expect([set["stage"], world.told.at(-1)]).toEqual(["isolate", "stages changed"]);
  });

  test("two changes planned on the same state: the second is told, not lost", async () => {
    const grants = ["fs/write_file", "fs/read_file"].map((tool) => ({ agent: "olga-bot", tools: [tool] }));
    const answers = await Promise.all(grants.map((grant) => world.ask("ada", "agents.grant", grant)));
    expect(answers.filter((answer) => answer["fault"] === "changed_meanwhile")).toHaveLength(1);
  });
});

test.each([
  ["agents.add", { name: "twin" }],
  ["users.add", { name: "twin", roles: ["owner"] }],
  ["servers.add", { name: "twin", command: ["true"] }],
  ["budgets.add", { name: "twin", metric: "requests", window: "hour", amount: "1" }],
])("two at once of one name: %s makes one", async (name, input) => {
  const answers = await Promise.all([world.ask("ada", name, input), world.ask("ada", name, input)]);
  expect(answers.map((answer) => answer["fault"])).toEqual([undefined, "changed_meanwhile"]);
  expect(await world.ask("ada", name, input)).toEqual({ fault: expect.stringMatching(/_exists$/) });
});

describe("approvals", () => {
  test("a yes counts once, tells the doors, and shows who said it", async () => {
    const approval = world.ids.approvals["olga"]!;
    const answer = await world.ask("ada", "approvals.approve", { approval, note: "fine" });
    expect(answer).toMatchObject({
      status: "approved",
      decisions: [{ by: world.ids.users["ada"], answer: "approve", note: "fine" }],
    });
    expect(world.told).toEqual([`decided ${approval}`]);
    expect(await world.ask("ada", "approvals.approve", { approval })).toEqual({ fault: "approval_closed" });
  });

  test("who is in none of its groups cannot answer", async () => {
    const approval = world.ids.approvals["olga"];
    expect(await world.ask("petra", "approvals.approve", { approval })).toEqual({
      fault: "approver_not_eligible",
    });
  });

  test("an expired request takes no answer and is shown as expired, also when the clock jumps", async () => {
    const approval = world.ids.approvals["olga"];
    world.ambient.advance(3_600_000);
    expect(await world.ask("ada", "approvals.approve", { approval })).toEqual({ fault: "approval_expired" });
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject({ status: "expired" });
    expect(await world.ask("ada", "approvals.list", {})).toMatchObject({ items: [] });
  });

  test("what cannot be shown whole cannot be approved, only denied (T19)", async () => {
    const approval = world.ids.approvals["olga"];
    for (const entry of world.kept) Object.assign(entry, { payloads: [] });
    expect(await world.ask("ada", "approvals.approve", { approval })).toEqual({
      fault: "approval_unreadable",
    });
    expect(await world.ask("ada", "approvals.deny", { approval })).toMatchObject({ status: "denied" });
  });

  test("names the agent's owner and the user it acts for, and nobody where it acts for nobody", async () => {
    const { store, ambient, ids } = world;
    const { journal } = world.as("ada");
    const agent = { id: ids.agents["olga"] ?? "", name: "olga-bot", session: ids.sessions["olga"] ?? "" };
    const { approval } = await holdAction({ store, ambient, journal }, agent, ["admins"], {
      user: ids.users["petra"] ?? null,
    });
    const own = { owner: "olga", onBehalfOf: null };
    const delegated = { owner: "olga", onBehalfOf: "petra" };
    expect(await world.ask("ada", "approvals.get", { approval: ids.approvals["olga"] })).toMatchObject(own);
    expect(await world.ask("ada", "approvals.get", { approval })).toMatchObject(delegated);
    const { items } = await world.ask("ada", "approvals.list", {});
    expect(items).toMatchObject([delegated, { owner: "otto", onBehalfOf: null }, own]);
    expect(await world.ask("ada", "approvals.deny", { approval })).toMatchObject(delegated);
  });

  test("the arguments are shown whole to whoever may decide", async () => {
    expect(
      await world.ask("petra", "approvals.get", { approval: world.ids.approvals["olga"] }),
    ).toMatchObject({
      arguments: { path: "/of/olga-bot" },
    });
  });
});

describe("servers and tools", () => {
  test("what changed after review waits again, and is accepted only as what was reviewed (T14)", async () => {
    const { store } = world;
    const before = await world.ask("ada", "tools.get", { tool: "fs/read_file" });
    store.connection.exec(
      "UPDATE tools SET status = 'changed', fingerprint = 'sha256:other' WHERE name = 'read_file'",
    );
    const accept = (fingerprint: unknown) =>
      world.ask("ada", "tools.accept", { tools: ["fs/read_file"], fingerprint });
    expect(await accept(before["fingerprint"])).toEqual({ fault: "tool_changed" });
    expect(await accept("sha256:other")).toMatchObject({ items: [{ status: "accepted" }] });
  });

  test("a definition that changes between look and yes makes the yes stale", async () => {
    const context = world.as("ada");
    const operation = operationNamed("tools.accept");
    if (operation.effect === "read") throw new Error("a write");
    const plan = await operation.plan(context, { tools: ["fs/read_file"], kind: "tool" });
    world.store.connection.exec("UPDATE tools SET fingerprint = 'sha256:swapped' WHERE name = 'read_file'");
    await expect(plan.commit(context)).rejects.toMatchObject({ code: "changed_meanwhile" });
  });

  test("a tool that newly claims to destroy is classified anew when accepted; a person's word stands otherwise", async () => {
    await world.ask("ada", "tools.classify", { tool: "fs/write_file", effects: ["outbound"] });
    expect(await world.ask("ada", "tools.accept", { tools: ["fs/write_file"] })).toMatchObject({
      items: [{ effects: ["outbound"] }],
    });
    const definition = JSON.stringify({ name: "write_file", annotations: { destructiveHint: true } });
    world.store.connection
      .prepare("UPDATE tools SET definition = ? WHERE name = 'write_file'")
      .run(definition);
    expect(await world.ask("ada", "tools.accept", { tools: ["fs/write_file"] })).toMatchObject({
      items: [{ effects: expect.arrayContaining(["destructive"]) }],
    });
  });

  test("values of variables and headers reach the vault, never row, ledger or answer", async () => {
    const answer = await world.ask("ada", "servers.add", {
      name: "more",
      command: ["true"],
      environment: { TOKEN: "hunter2" },
    });
    expect(world.told).toContain("secrets more env:TOKEN");
    expect(world.dump() + JSON.stringify(world.kept) + JSON.stringify(answer)).not.toContain("hunter2");
  });

  test.each([
    [{ name: "prompts", command: ["true"] }, "server_name_reserved"],
    [{ name: "too1s", command: ["true"] }, "server_name_reserved"],
    [{ name: "fs", command: ["true"] }, "server_exists"],
    [{ name: "f5", command: ["true"] }, "server_name_looks_alike"],
    [{ name: "f-s", command: ["true"] }, "server_name_looks_alike"],
    [{ name: "x", command: ["true"], url: "https://a.example/" }, "server_input_invalid"],
    [{ name: "x" }, "server_input_invalid"],
    [{ name: "x", url: "file:///etc/passwd" }, "input_invalid"],
    [{ name: "Not A Name", command: ["true"] }, "input_invalid"],
  ])("servers.add %j is refused with %s", async (input, code) => {
    expect(await world.ask("ada", "servers.add", input)).toEqual({ fault: code });
  });

  test("removing a server forgets its review: added again, its tools wait again", async () => {
    await world.ask("ada", "servers.remove", { server: "fs" });
    expect(await world.ask("ada", "servers.add", { name: "fs", command: ["true"] })).toMatchObject({
      tools: { accepted: 0, waiting: ["fs/read_file", "fs/write_file"] },
    });
  });
});

describe("users", () => {
  test("the last admin stays admin, and stays in", async () => {
    expect(await world.ask("ada", "users.set-roles", { user: "ada", roles: ["owner"] })).toEqual({
      fault: "last_admin",
    });
    expect(await world.ask("ada", "users.disable", { user: "ada" })).toEqual({ fault: "last_admin" });
    await world.ask("ada", "users.set-roles", { user: "petra", roles: ["admin"] });
    expect(await world.ask("ada", "users.set-roles", { user: "ada", roles: ["owner"] })).toMatchObject({
      roles: ["owner"],
    });
  });
});

describe("lists", () => {
  test("pages follow each other without gap or repeat", async () => {
    for (let n = 0; n < 7; n += 1) await world.ask("olga", "agents.add", { name: `bot-${n}` });
    const names: unknown[] = [];
    let after: unknown;
    do {
      const page = await world.ask("ada", "agents.list", {
        limit: 2,
        ...(after === undefined ? {} : { after }),
      });
      names.push(...(page["items"] as { name: string }[]).map(({ name }) => name));
      after = page["next"] ?? undefined;
    } while (after !== undefined);
    expect(names).toEqual([
      "bot-0",
      "bot-1",
      "bot-2",
      "bot-3",
      "bot-4",
      "bot-5",
      "bot-6",
      "olga-bot",
      "otto-bot",
    ]);
  });

  test.each(["x", "azp", "azowOw==", "' OR 1=1"])("a cursor that is none (%s) is refused", async (after) => {
    expect(await world.ask("ada", "ledger.entries", { after })).toEqual({ fault: "cursor_invalid" });
  });

  test("actions can be narrowed, and a page ends where it says", async () => {
    const first = await world.ask("aud", "actions.list", { limit: 1 });
    expect(first["items"]).toMatchObject([{ agent: "otto-bot", verdict: "hold" }]);
    expect(await world.ask("aud", "actions.list", { limit: 1, after: first["next"] })).toMatchObject({
      items: [{ agent: "olga-bot" }],
    });
    expect(await world.ask("aud", "actions.list", { agent: "olga-bot" })).toMatchObject({
      items: [{ agent: "olga-bot" }],
      next: null,
    });
    expect(await world.ask("aud", "actions.list", { verdict: "deny" })).toEqual({ items: [], next: null });
  });
});
