import { expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";

/** Requests as the doors and the decisions leave them, one a minute. */
async function fill(
  world: World,
  count: number,
  over: { flow?: object; owner?: string; fast?: boolean } = {},
) {
  const { store, ids, ambient } = world;
  const owner = over.owner ?? "olga";
  const pattern = await store.query
    .selectFrom("approvals")
    .selectAll()
    .where("id", "=", ids.approvals[owner] ?? "")
    .executeTakeFirstOrThrow();
  for (let nth = 0; nth < count; nth += 1) {
    const [id, action] = [ambient.id("apr"), ambient.id("act")];
    const at = ambient.now();
    const decision = {
      by: ids.users["petra"],
      answer: "approve",
      at: at + (over.fast === true ? 500 : 9_000),
      via: "cli",
      note: null,
    };
    await store.query
      .insertInto("approvals")
      .values({
        ...pattern,
        id,
        action_id: action,
        status: "consumed",
        requested_at: at,
        decisions: JSON.stringify([decision]),
      })
      .execute();
    const flow = { labelled: true, effect: "write", readers: "none", tainted: false, ...over.flow };
    await world
      .as("ada")
      .journal.append({ entries: [{ kind: "verdict", subject: action, at, body: { flow } }] });
    ambient.advance(60_000);
  }
}
const stats = (world: World, who = "ada", input: object = {}) => world.ask(who, "approvals.stats", input);

test("what was asked and answered, by tool, rule and person", async () => {
  const world = await openWorld();
  await fill(world, 3);
  expect(await stats(world)).toMatchObject({
    requests: 5,
    approved: 3,
    open: 2,
    approvalRate: 1,
    medianMs: 9_000,
    p90Ms: 9_000,
    fast: 0,
    whole: true,
    tools: [{ tool: "fs/write_file", requests: 5, approved: 3 }],
    rules: [{ policy: "hold-writes", decided: 3, approved: 3 }],
    approvers: [{ user: "petra", answers: 3, yes: 3, warnings: [] }],
    suggestions: [],
    warnings: [],
  });
});

test("a rule that was always approved: a grant is suggested, with the number", async () => {
  const world = await openWorld();
  await fill(world, 21);
  const { suggestions, warnings } = await stats(world);
  expect(suggestions).toEqual([expect.stringContaining("Rule hold-writes was approved 21 of 21 times")]);
  expect(warnings).toEqual([expect.stringContaining("petra said yes to all 21")]);
});

test.each<[string, object]>([
  ["tainted traffic (T18)", { tainted: true }],
  ["what leaves", { effect: "send" }],
  ["what nobody reviewed", { labelled: false, effect: "unknown" }],
  ["what reaches beyond its readers", { readers: "beyond" }],
])("nothing is suggested of %s", async (_name, flow) => {
  const world = await openWorld();
  await fill(world, 21, { flow });
  expect((await stats(world))["suggestions"]).toEqual([]);
});

test("answers in no time are warned of; opening it late makes them no faster", async () => {
  const world = await openWorld();
  await fill(world, 20, { fast: true });
  expect((await stats(world))["warnings"]).toEqual(
    expect.arrayContaining([expect.stringContaining("answered 20 of 20 within 3 seconds")]),
  );
});

test("a card at somebody's own place says when they could read it", async () => {
  const world = await openWorld();
  await fill(world, 1);
  const { store, ids, ambient } = world;
  const row = await store.query
    .selectFrom("approvals")
    .selectAll()
    .where("status", "=", "consumed")
    .executeTakeFirstOrThrow();
  const petra = ids.users["petra"] ?? "";
  await store.query
    .insertInto("channels")
    .values({
      name: "slack",
      platform: "slack",
      settings: "{}",
      tenants: "[]",
      privacy: "minimal",
      reach: "[]",
      account: "{}",
      hook: "h",
      added_by: petra,
      created_at: 0,
      version: 0,
    })
    .execute();
  await store.query
    .insertInto("posts")
    .values({
      id: "pst_1",
      channel: "slack",
      place_kind: "person",
      place: "U1",
      audience: `user:${petra}`,
      step: 0,
      wanted: "",
      shown: null,
      attempts: 1,
      sending_at: null,
      next_at: null,
      last_error: null,
      message: null,
      seed: new Uint8Array(1),
      card_digest: null,
      created_at: ambient.now(),
      first_shown_at: row.requested_at + 8_000,
      failed_at: null,
    })
    .execute();
  await store.query
    .insertInto("post_items")
    .values({ post_id: "pst_1", approval_id: row.id, whole: 1 })
    .execute();
  expect(await stats(world, "ada", { since: "1d" })).toMatchObject({
    fast: 1,
    approvers: [{ user: "petra", fast: 1, cardsPerDay: 1, medianMs: 1_000 }],
  });
});

test("an owner sees what their own agents asked, and no one else's", async () => {
  const world = await openWorld();
  await fill(world, 2, { owner: "otto" });
  expect(await stats(world, "otto")).toMatchObject({ requests: 3, approved: 2 });
  expect(await stats(world, "olga")).toMatchObject({ requests: 1, approved: 0 });
});

test("only what lies within the days asked for", async () => {
  const world = await openWorld();
  await fill(world, 2);
  world.ambient.advance(3 * 86_400_000);
  expect(await stats(world, "ada", { since: "1d" })).toMatchObject({ requests: 0 });
  expect(await stats(world, "ada", { since: "4d" })).toMatchObject({ requests: 4 });
  expect(await stats(world, "ada", { since: "yesterday" })).toEqual({ fault: "since_unreadable" });
});
