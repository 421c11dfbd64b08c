import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Store } from "#store";
import type { AgentId, ServerName, SessionId, UserId } from "#vocabulary";
import { createRoad } from "../../src/gateway/travel.ts";
import { attemptKeys, openStops } from "../../src/gateway/stops.ts";
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

  test.each(["user:usr_lender", "agent:agt_lender", "everything:*"])(
    "of %s refuses what is done with rights that were lent from there, and a stop of its lender's other agent does not",
    async (key) => {
      const own = stopping({ decide: () => allow });
      const plain = attemptBy(own.ambient);
      const chain = {
        user: "usr_lender" as UserId,
        agents: ["agt_lender" as AgentId, ...plain.identity.chain.agents] as const,
      };
      const lent = () => {
        const attempt = attemptBy(own.ambient);
        return {
          ...attempt,
          identity: {
            ...attempt.identity,
            chain,
          },
        };
      };
      stop(own.store, "agent:agt_lenders_other");
      expect((await own.road.travel(lent(), own.asker, own.forward)).kind).toBe("result");
      stop(own.store, key);
      expect(attemptKeys(lent())).toContain(key);
      expect(await own.road.travel(lent(), own.asker, own.forward)).toMatchObject({ code: "stopped" });
    },
  );

  test("of a host holds for every name of this machine, with and without a port, and for nobody else's", () => {
    const own = stopping();
    const to = (host: string) => {
      const attempt = attemptBy(own.ambient);
      const server = `web:${host}` as ServerName;
      return { ...attempt, action: { ...attempt.action, target: { ...attempt.action.target, server } } };
    };
    const keysOf = (host: string): readonly string[] => attemptKeys(to(host));
    for (const host of ["localhost:81", "127.0.0.1:81", "[::1]:81"])
      for (const name of ["localhost", "127.0.0.1", "[::1]", "localhost:81", "127.0.0.1:81", "[::1]:81"])
        expect(keysOf(host)).toContain(`host:${name}`);
    expect(keysOf("127.0.0.1:82")).not.toContain("host:localhost:81");
    expect(keysOf("a.example:81").filter((key) => key.includes("localhost"))).toEqual([]);
    expect(keysOf("127.0.0.9")).toEqual(expect.arrayContaining(["host:127.0.0.9", "host:localhost"]));
    expect(attemptKeys({ ...to("a.example"), governors: ["crm"] })).toContain("server:crm");
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
