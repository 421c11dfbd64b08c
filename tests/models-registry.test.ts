import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { operationNamed, perform } from "#operations";
import { digestIn } from "./support/models.ts";
import { openWorld, type World } from "./support/operations.ts";

// The register of models: who may move what, what a yes is for, and what is kept of it.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const DIGEST = digestIn("weights");
const OTHER = digestIn("other weights");
const REPORT = digestIn("report");
const DAY_MS = 86_400_000;

const propose = (more: object = {}, who = "ada") =>
  world.ask(who, "models.propose", {
    digest: DIGEST,
    name: "llama-3.2-1b",
    purpose: "answers mail",
    risk: "low",
    ...more,
  });
const withProposal = z.object({ proposal: z.object({ digest: z.string() }).nullable() });
/** Of the terms that wait now; of others where none do. */
const looked = async () => withProposal.parse(await get()).proposal?.digest ?? OTHER;
const approve = async (who = "ada", more: object = {}) =>
  world.ask(who, "models.approve", { digest: DIGEST, proposal: await looked(), ...more });
const get = (digest = DIGEST) => world.ask("aud", "models.get", { digest });
const addOllama = () => world.ask("ada", "upstreams.add", { name: "ollama", kind: "ollama" });

/** As an admin, whatever they were. */
async function asAdmin(name: string, operation: string, input: object): Promise<string> {
  const context = world.as(name, { roles: ["admin"] });
  const performed = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
  return performed.kind === "would" ? "would" : modelStatus.parse(performed.output).status;
}

const modelStatus = z.object({ status: z.string() });

describe("found", () => {
  const seen = (more: object = {}, who = "olga") =>
    world.ask(who, "models.found", {
      digest: DIGEST,
      name: "llama.gguf",
      host: "lab-7",
      path: "/m/llama.gguf",
      ...more,
    });

  test("a report puts it where people see it, and lets nobody use it more", async () => {
    expect(await seen({ size: 5 })).toMatchObject({
      digest: DIGEST,
      status: "found",
      proof: "unproven",
      owner: null,
    });
    expect((await get())["places"]).toEqual([
      { host: "lab-7", path: "/m/llama.gguf", size: 5, at: "2026-01-01T12:00:00.000Z" },
    ]);
    expect(world.kept.at(-1)).toMatchObject({
      kind: "model.changed",
      subject: `model:${DIGEST}`,
      body: { change: "found" },
    });
  });

  test("seen again in the same place, nothing is written down for hours", async () => {
    await seen();
    const before = world.dump();
    await seen();
    expect(world.dump()).toBe(before);
    await seen({ path: "/m/copy.gguf" });
    expect((await get())["places"]).toHaveLength(2);
  });

  test("what is revoked stays so, whoever sees it again under whatever name", async () => {
    await world.ask("ada", "models.revoke", { digest: DIGEST, reason: "a backdoor" });
    expect(await seen({ name: "innocent" })).toMatchObject({ status: "revoked", name: DIGEST });
  });

  test.each([
    ["the beginning of a digest", { digest: DIGEST.slice(0, 20) }],
    ["a digest in capitals", { digest: `sha256:${"A".repeat(64)}` }],
    ["a digest with more after it", { digest: `${DIGEST}00` }],
    ["a name that turns the line around", { name: "llama\u202Egguf.exe" }],
    ["a name of two lines", { name: "llama\nstatus: approved" }],
    ["a path with a hidden character", { path: "/m/\u200Bllama" }],
  ])("refuses %s", async (_name, more) => {
    expect(await seen(more)).toEqual({ fault: "input_invalid" });
  });

  test.each(["aud", "petra"])("not everybody reports: %s", async (who) => {
    expect(await seen({}, who)).toEqual({ fault: "permission_denied" });
  });
});

describe("proposed", () => {
  test("shows what is asked and of whom, and serves nobody", async () => {
    expect(
      await propose({ evidence: [`scan ok ${REPORT} nothing found`], licence: "Apache-2.0" }),
    ).toMatchObject({
      status: "proposed",
      waits: true,
      owner: "ada",
      proposal: {
        outcome: "waiting",
        groups: ["admins"],
        missing: ["admins"],
        terms: { evidence: [{ kind: "scan", verdict: "ok", digest: REPORT, summary: "nothing found" }] },
      },
    });
  });

  test.each([
    ["no name, and never found", { name: undefined }, "input_invalid"],
    ["an upstream that is none", { services: ["nowhere/llama3.2"] }, "upstream_unknown"],
    ["evidence without a digest", { evidence: ["scan ok fine"] }, "input_invalid"],
    ["more years than two", { validDays: 1_000 }, "input_invalid"],
    ["high risk, which needs two who are not its proposer", { risk: "high" }, "model_no_approver"],
  ])("refuses %s", async (_name, more, fault) => {
    expect(await propose(more)).toEqual({ fault });
  });

  test("what answers under its names is pinned with what is around the weights", async () => {
    await addOllama();
    expect(await propose({ services: ["ollama/llama3.2"] })).toMatchObject({
      proof: "reported",
      serving: [{ name: "ollama/llama3.2", digest: DIGEST, manifest: digestIn("manifest"), same: true }],
    });
    world.serving.weights = "other weights";
    world.serving.manifest = "other manifest";
    world.ambient.advance(1_000);
    expect(await propose({ services: ["ollama/llama3.2"] })).toEqual({ fault: "model_service_other" });
    expect(await get()).toMatchObject({ proof: "unproven", serving: [{ digest: OTHER, same: false }] });
  });

  test("an owner answers for their own models alone", async () => {
    expect(await propose({ owner: "otto" }, "olga")).toEqual({ fault: "not_yours" });
    await propose({}, "olga");
    expect(await propose({}, "otto")).toEqual({ fault: "not_yours" });
    expect(await world.ask("otto", "models.deprecate", { digest: DIGEST, reason: "mine now" })).toEqual({
      fault: "not_yours",
    });
  });
});

describe("approved", () => {
  test("by whom it asks, for so many days, and on record", async () => {
    await propose({ validDays: 30 }, "olga");
    expect(await approve("olga")).toEqual({ fault: "permission_denied" });
    expect(await approve("petra")).toEqual({ fault: "model_answer_refused" });
    expect(await approve()).toMatchObject({
      status: "approved",
      owner: "olga",
      expiresAt: "2026-01-31T12:00:00.000Z",
    });
    expect(world.kept.at(-1)).toMatchObject({
      kind: "model.changed",
      body: { change: "approved", stage: "approved", answer: "approve", missing: [] },
    });
    world.ambient.advance(30 * DAY_MS);
    expect((await get())["status"]).toBe("expired");
    expect((await world.ask("ada", "models.registered", { status: "approved" }))["items"]).toEqual([]);
    expect((await world.ask("ada", "models.registered", { status: "expired" }))["items"]).toHaveLength(1);
  });

  test("two people for high risk, none of them its proposer", async () => {
    for (const user of ["olga", "otto"])
      await world.ask("ada", "users.set-roles", { user, roles: ["admin"] });
    await propose({ risk: "high" });
    expect(await approve("ada")).toEqual({ fault: "model_answer_refused" });
    const yes = { digest: DIGEST, proposal: await looked() };
    expect(await asAdmin("olga", "models.approve", yes)).toBe("proposed");
    await expect(asAdmin("olga", "models.approve", yes)).rejects.toThrow("already");
    expect(await asAdmin("otto", "models.approve", yes)).toBe("approved");
    const [, first, last] = world.kept.slice(-3);
    expect([first?.body["change"], last?.body["change"]]).toEqual(["answered", "approved"]);
  });

  test("a yes is for the proposal that was looked at", async () => {
    await propose();
    const proposal = await looked();
    await propose({ purpose: "decides who is hired" });
    expect(await approve("ada", { proposal })).toEqual({ fault: "model_proposal_changed" });
    expect(await approve("ada", { proposal: undefined })).toEqual({ fault: "input_invalid" });
    expect((await get())["status"]).toBe("proposed");
  });

  test("a no leaves it found; nothing is proposed then", async () => {
    await propose();
    expect(await world.ask("ada", "models.deny", { digest: DIGEST, note: "not this one" })).toMatchObject({
      status: "found",
      waits: false,
    });
    expect(await approve()).toEqual({ fault: "model_proposal_missing" });
  });

  test("a renewal waits beside what is in force, and a no leaves that", async () => {
    await propose();
    await approve();
    expect(await propose({ purpose: "answers more mail" })).toMatchObject({
      status: "approved",
      waits: true,
      purpose: "answers mail",
    });
    expect(await world.ask("ada", "models.deny", { digest: DIGEST })).toMatchObject({ status: "approved" });
  });

  test("two who answer at once: the second sees what the first did", async () => {
    await propose();
    const yes = { digest: DIGEST, proposal: await looked() };
    const results = await Promise.allSettled([
      world.perform("ada", "models.approve", yes),
      world.perform("ada", "models.approve", yes),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("taken back", () => {
  test("deprecated serves on; revoked does not, and the doors are told", async () => {
    await propose();
    await approve();
    expect(await world.ask("ada", "models.deprecate", { digest: DIGEST, reason: "old" })).toMatchObject({
      status: "deprecated",
      reason: "old",
    });
    world.told.length = 0;
    expect(await world.ask("ada", "models.revoke", { digest: DIGEST, reason: "a backdoor" })).toMatchObject({
      status: "revoked",
      reason: "a backdoor",
    });
    expect(world.told).toEqual([`model revoked ${DIGEST}`]);
    const entry = world.kept.at(-1);
    expect(entry).toMatchObject({ body: { change: "revoked", reason: { stored: true } } });
    expect(JSON.stringify(entry?.body)).not.toContain("backdoor");
  });

  test("what nobody has yet can be revoked: an advisory may be first", async () => {
    expect(await world.ask("ada", "models.revoke", { digest: OTHER, reason: "an advisory" })).toMatchObject({
      status: "revoked",
    });
  });

  test("a proposal of what is revoked changes nothing until people said yes", async () => {
    await world.ask("ada", "models.revoke", { digest: DIGEST, reason: "by mistake" });
    expect(await propose()).toMatchObject({ status: "revoked", waits: true });
    expect(await approve()).toMatchObject({ status: "approved", reason: null });
  });

  test.each(["olga", "petra", "aud"])("not everybody revokes: %s", async (who) => {
    expect(await world.ask(who, "models.revoke", { digest: DIGEST, reason: "x" })).toEqual({
      fault: "permission_denied",
    });
  });
});

test("what cannot be read is named, and is nobody's model", async () => {
  await propose();
  world.store.connection.prepare("UPDATE registered_models SET terms = '{}', stage = 'approved'").run();
  expect(await get()).toEqual({ fault: "registry_unreadable" });
  expect(await get(OTHER)).toEqual({ fault: "model_unregistered" });
});

test.each(["models.found", "models.propose", "models.approve", "models.revoke", "models.get"])(
  "an agent may not: %s",
  async (name) => {
    const context = world.as("ada", { kind: "agent" });
    const asked = perform(context, {
      operation: operationNamed(name),
      input: { digest: DIGEST },
      dryRun: false,
    });
    await expect(asked).rejects.toMatchObject({ code: "agent_refused" });
  },
);
