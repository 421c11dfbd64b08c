import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Budgets } from "#budgets";
import type { Crosscheck, CrosscheckOptions } from "#crosscheck";
import { systemAmbient } from "#host";
import { type JournalHandle, openJournal } from "#journal";
import { openKeys } from "#keys";
import { parseRecord } from "#ledger";
import { decide } from "#policy";
import { openStore, type Store } from "#store";
import type { PolicyId, Verdict } from "#vocabulary";
import { createConsult, createDecide } from "../../src/gateway/deciding.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { openCrosschecking } from "../../src/main/crosschecking.ts";
import { ask, compiled, NOTES } from "../samples/policy.ts";
import { attemptBy, house } from "./road-harness.ts";

// The two policy engines differ, which no test can make them do: one that lies stands in for the official engine.

type Engine = NonNullable<CrosscheckOptions["engine"]>;
const SET = compiled('@id("p") permit (principal, action, resource);');
const DENIED: Verdict = {
  kind: "deny",
  policySet: SET.digest,
  grounds: [],
  code: "no_permit",
  reason: "",
  remedy: "",
};
const BLAMED = ["p" as PolicyId];

const lying: Engine = {
  ask: async () => ({ id: 1, verdict: DENIED, policies: BLAMED }),
  close: async () => {},
};
const agreeing: Engine = {
  ask: async ({ question }) => ({ id: 1, verdict: decide(SET, question), policies: [] }),
  close: async () => {},
};
const gone: Engine = { ask: () => null, close: async () => {} };

describe("on record", () => {
  const ambient = systemAmbient();
  let directory = "";
  let store: Store;
  let journal: JournalHandle;
  const reports: [string, unknown][] = [];

  beforeEach(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "doorward-engines-")));
    const keys = openKeys(join(directory, "keys"), ambient, "first.example");
    store = openStore(join(directory, "doorward.db"));
    journal = await openJournal({ store, keys, directory: join(directory, "log"), ambient });
    reports.splice(0);
  });
  afterEach(async () => {
    await journal.close();
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (engine: Engine): Crosscheck =>
    openCrosschecking({ ambient, journal, engine, report: (...told) => void reports.push(told) }, 1);
  const decision = { set: SET, question: ask(), lift: null };
  const ours = decide(SET, decision.question);
  const entries = () => journal.list({ kind: "policy.disagreement", limit: 10 });

  async function written(): Promise<void> {
    const end = performance.now() + 10_000;
    while (entries().length === 0 && performance.now() < end)
      await new Promise((done) => setTimeout(done, 5));
  }

  test("an alarm, an entry with the policy to blame and no argument, and distrust that outlives a restart", async () => {
    const first = open(lying);
    expect(first.settled(decision, ours)).toEqual(ours);
    await written();
    const [entry] = entries();
    const body = parseRecord(entry?.record ?? "").body;
    expect(body).toMatchObject({
      policies: ["p"],
      policySet: SET.digest,
      compiled: "allow",
      official: "deny",
      server: "fs",
    });
    expect(JSON.stringify(body)).not.toContain("/tmp/x");
    expect(reports).toMatchObject([["policy_engines_disagree", { policies: ["p"] }]]);
    expect(first.state()).toMatchObject({ isDistrusted: true, disagreements: 1 });

    const next = open(agreeing);
    expect(next.state().isDistrusted).toBe(true);
    await next.consult(decision);
    expect(next.settled(decision, ours)).toEqual(ours);
  });

  test("engines that agree leave nothing", async () => {
    const crosscheck = open(agreeing);
    crosscheck.settled(decision, ours);
    await new Promise((done) => setTimeout(done, 20));
    expect(crosscheck.state()).toMatchObject({ repeated: 1, isDistrusted: false });
    expect([entries(), reports]).toEqual([[], []]);
    expect(open(agreeing).state().isDistrusted).toBe(false);
  });
});

describe("on the road, once they have disagreed", () => {
  const NO_BUDGETS: Pick<Budgets, "overlay"> = { overlay: (verdict) => verdict };

  function roadWith(engine: Engine) {
    const own = house();
    const journal = { append: own.journal.append, list: () => [] };
    const crosscheck = openCrosschecking({ ambient: own.ambient, journal, engine, report: () => {} }, 1);
    const deciding = { policy: () => SET, budgets: NO_BUDGETS, store: own.store, crosscheck };
    const outside = {
      ...own.outside,
      decide: createDecide(deciding),
      consult: createConsult(deciding),
      principals: () => [NOTES],
    };
    const { action, facts } = ask();
    const attempt = { ...attemptBy(own.ambient), principals: [NOTES], action, facts };
    const go = () =>
      createRoad(outside).travel(
        { ...attempt, id: `${attempt.id}${own.sent.length}` as typeof attempt.id },
        own.asker,
        own.forward,
      );
    return { ...own, go, crosscheck };
  }

  async function distrusting(engine: Engine) {
    let current = lying;
    const road = roadWith({ ask: (asking) => current.ask(asking), close: async () => {} });
    expect(await road.go()).toMatchObject({ kind: "result" });
    await new Promise((done) => setTimeout(done, 20));
    expect(road.crosscheck.state().isDistrusted).toBe(true);
    current = engine;
    return road;
  }

  test("what both allow is sent", async () => {
    const road = await distrusting(agreeing);
    expect(await road.go()).toMatchObject({ kind: "result" });
    expect(road.sent).toHaveLength(2);
  });

  test.each([
    ["the official engine denies", lying, "no_permit"],
    ["its queue is full", gone, "policy_queue_full"],
    ["it does not answer", { ...gone, ask: async () => null }, "policy_unconfirmed"],
  ])("nothing is sent where %s", async (_, engine, code) => {
    const road = await distrusting(engine);
    expect(await road.go()).toMatchObject({ kind: "refused", code });
    expect(road.sent).toHaveLength(1);
  });
});
