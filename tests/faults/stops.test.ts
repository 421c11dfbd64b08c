import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Store } from "#store";
import type { SessionId } from "#vocabulary";
import { createRoad } from "../../src/gateway/travel.ts";
import { openStops } from "../../src/gateway/stops.ts";
import { allow, attemptBy, hold, house, kinds } from "./road-harness.ts";

// A stop against every step of the road. INVARIANT under attack: after a stop is durable no intent of what it covers is written.

let made = 0;
function stop({ connection }: Store, key: string): void {
  const [kind = "", target = ""] = key.split(/:(.*)/s);
  made += 1;
  connection
    .prepare(
      "INSERT INTO stops (id, kind, target, key, label, reason, at) VALUES (?, ?, ?, ?, ?, 'odd', 0) ON CONFLICT DO NOTHING",
    )
    .run(`stp_${made}`, kind, target, key, target);
}
const resume = ({ connection }: Store): unknown => connection.prepare("UPDATE stops SET ended_at = 1").run();

function stopping(over: Parameters<typeof house>[0] = {}) {
  const own = house(over);
  const outside = { ...own.outside, stops: openStops(own.store) };
  return { ...own, outside, road: createRoad(outside) };
}

const COVERING = [
  "everything:*",
  "agent:agt_1",
  "session:ses_1",
  "user:usr_1",
  "credential:key_1",
  "server:fs",
];
const OTHERS = [
  "agent:agt_2",
  "session:ses_2",
  "user:usr_2",
  "server:other",
  "model:up/m",
  "host:fs",
  "host:*.fs",
];

describe("a stop", () => {
  test.each(COVERING)(
    "of %s refuses what it covers before policy is asked, and when it ends that goes on",
    async (key) => {
      const own = stopping({
        decide: () => {
          throw new Error("policy was asked");
        },
      });
      stop(own.store, key);
      const answer = await own.road.travel(attemptBy(own.ambient), own.asker, own.forward);
      expect(answer).toMatchObject({
        kind: "refused",
        code: "stopped",
        reason: expect.stringMatching(/odd/),
      });
      expect([kinds(own.journal), own.sent]).toEqual([["verdict"], []]);
      resume(own.store);
      await expect(own.road.travel(attemptBy(own.ambient), own.asker, own.forward)).rejects.toThrow(/policy/);
    },
  );

  test.each(OTHERS)("of %s leaves the others alone", async (key) => {
    const own = stopping({ decide: () => allow });
    stop(own.store, key);
    expect((await own.road.travel(attemptBy(own.ambient), own.asker, own.forward)).kind).toBe("result");
  });

  test("holds in stage observe, which stops nothing else", async () => {
    const own = stopping({ decide: () => hold });
    const observed = attemptBy(own.ambient);
    const attempt = { ...observed, identity: { ...observed.identity, stage: "observe" as const } };
    expect((await own.road.travel(attempt, own.asker, own.forward)).kind).toBe("result");
    stop(own.store, "agent:agt_1");
    expect(await own.road.travel(attempt, own.asker, own.forward)).toMatchObject({ code: "stopped" });
    expect(own.sent).toHaveLength(1);
  });

  test("wins over a yes: what was approved is not released, and its request is withdrawn", async () => {
    const own = stopping();
    const asker = {
      ...own.asker,
      waiting: () => {
        own.decideApproval("approved");
        stop(own.store, "session:ses_1");
      },
    };
    const answer = await own.road.travel(attemptBy(own.ambient), asker, own.forward);
    expect(answer).toMatchObject({ kind: "refused", code: "stopped" });
    expect(own.sent).toEqual([]);
    const row = own.store.connection.prepare("SELECT status, withdrawn_why FROM approvals").get();
    expect(row).toEqual({ status: "withdrawn", withdrawn_why: "stopped" });
  });

  test("that comes between the decision and the intent makes the intent's batch fail: nothing is sent", async () => {
    const own = stopping({ decide: () => allow });
    const append = own.journal.append.bind(own.journal);
    let isFirst = true;
    const road = createRoad({
      ...own.outside,
      journal: {
        append: async (batch) => {
          if (isFirst) stop(own.store, "agent:agt_1");
          isFirst = false;
          return append(batch);
        },
      },
    });
    expect(await road.travel(attemptBy(own.ambient), own.asker, own.forward)).toMatchObject({
      code: "stopped",
    });
    expect([kinds(own.journal), own.sent]).toEqual([["verdict"], []]);
  });

  test("knows who waits for what it covers, whatever they wait in, and nobody else", async () => {
    const own = stopping({ decide: () => allow });
    let under: ReadonlySet<AbortSignal> = new Set();
    const forward = {
      prepare: async () => async () => {
        under = own.road.under(({ identity }) => identity.session === ("ses_1" as SessionId));
        return { content: [] };
      },
    };
    await own.road.travel(attemptBy(own.ambient), own.asker, forward);
    expect([...under]).toEqual([own.asker.signal]);
    expect(own.road.under(() => true).size).toBe(0);
  });
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant("call" as const), verdict: fc.constantFrom(allow, hold) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("stop" as const),
      key: fc.constantFrom(...COVERING, ...OTHERS),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ what: "approve" as const }, { what: "resume" as const }) },
);

describe("whatever comes in which order", () => {
  test("no intent of what is stopped is written, and nothing is sent without one", async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
      const own = stopping();
      const covering = (): number =>
        Number(
          own.store.connection
            .prepare(
              `SELECT COUNT(*) AS n FROM stops WHERE ended_at IS NULL AND key IN (${COVERING.map(() => "?").join(", ")})`,
            )
            .get(...COVERING)?.["n"],
        );
      const intents = (): number => kinds(own.journal).filter((kind) => kind === "intent").length;
      const broken: string[] = [];
      for (const one of steps) {
        const [isStopped, before] = [covering() > 0, intents()];
        if (one.what === "stop") stop(own.store, one.key);
        else if (one.what === "resume") resume(own.store);
        else if (one.what === "approve") own.decideApproval("approved");
        else {
          own.decisions.push(one.verdict);
          const answer = await own.road.travel(attemptBy(own.ambient), own.asker, own.forward);
          own.decisions.length = 0;
          if (isStopped && (answer.kind === "result" || intents() > before)) broken.push(answer.kind);
        }
      }
      expect([broken, own.sent.length]).toEqual([[], intents()]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
