import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "#base";
import { DECISION_TO_RELEASE_MAX_MS, UNATTENDED_RELEASE_MAX_MS } from "../../src/gateway/tasks/limits.ts";
import { heldHouse, LEGACY, MODERN, settled } from "../support/tasks.ts";

// Whatever comes in whatever order: never two effects of one approval, none without one that is good at that moment, and
// none that starts by itself too late.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EXPIRY_MS = 48 * HOUR;

type Step =
  | { readonly kind: "ask"; readonly how: "stays" | "leaves" | "task" | "held-task"; readonly what: string }
  | { readonly kind: "person"; readonly says: "approved" | "denied"; readonly isHeard: boolean }
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "leave" | "restart" | "sweep" | "revoke" | "permit" | "cancel" };

const what = fc.constantFrom("a", "b");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      how: fc.constantFrom("stays", "leaves", "task", "held-task"),
      what,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("person" as const),
      says: fc.constantFrom("approved", "approved", "denied"),
      isHeard: fc.constantFrom(true, false, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("time" as const),
      ms: fc.constantFrom(14 * MINUTE, 16 * MINUTE, 25 * HOUR, 25 * HOUR, EXPIRY_MS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "leave" as const,
        "restart" as const,
        "sweep" as const,
        "sweep" as const,
        "revoke" as const,
        "permit" as const,
        "cancel" as const,
      ),
    }),
  },
);

/** `AWAY_RUNS=3000 npx vitest run tests/faults/away-properties.test.ts` for more. */
const RUNS = Number(process.env["AWAY_RUNS"] ?? 200);

interface Effect {
  readonly at: number;
  readonly what: string;
  readonly isAttended: boolean;
}

/** One world in which the steps happen. */
function world(releases: boolean) {
  const own = heldHouse();
  own.away.releases = releases;
  own.policy.expiresAfterMs = EXPIRY_MS;
  const effects: Effect[] = [];
  /** Clients that are connected, and when somebody asked to be answered later, by what they asked for. */
  const present = new Map<AbortController, string>();
  const asked: { readonly what: string; readonly at: number }[] = [];
  let running: Pick<typeof own, "tasks" | "mcp"> = own;
  own.server.answer = async ({ arguments: args = null }) => {
    const name = canonicalJson(args);
    const at = own.ambient.now();
    const isAskedNow = asked.some((one) => one.what === name && one.at === at);
    effects.push({ at, what: name, isAttended: isAskedNow || [...present.values()].includes(name) });
    return { content: [{ type: "text", text: name }] };
  };
  const leave = (): void => {
    for (const controller of present.keys()) controller.abort(new Error("left"));
    present.clear();
  };
  const ask = ({ how, what: name }: Extract<Step, { kind: "ask" }>): void => {
    const controller = new AbortController();
    const args = { path: name };
    const later = how === "task" || how === "held-task";
    if (how === "stays") present.set(controller, canonicalJson(args));
    if (how === "leaves") controller.abort(new Error("left"));
    if (later || own.away.releases) asked.push({ what: canonicalJson(args), at: own.ambient.now() });
    const exchange = own.exchange({ ...(how === "held-task" ? MODERN : LEGACY), signal: controller.signal });
    const params = { name: "act", arguments: args, ...(how === "task" ? { task: {} } : {}) };
    // What it says is not what this looks at; a revoked agent is refused.
    running.mcp.handle(exchange, "tools/call", params).then(
      () => present.delete(controller),
      () => present.delete(controller),
    );
  };
  const cancel = async (): Promise<void> => {
    const rows = own.store.connection.prepare("SELECT id FROM tasks WHERE way = 'task'").all();
    for (const { id } of rows)
      await running.mcp.handle(own.exchange(MODERN), "tasks/cancel", { taskId: String(id) }).catch(() => {});
  };
  const take = async (next: Step): Promise<void> => {
    if (next.kind === "ask") ask(next);
    else if (next.kind === "person") {
      const ids = own.person(next.says, false);
      for (const id of next.isHeard ? ids : []) {
        own.outside.waiters.wake(id);
        running.tasks.decided(id);
      }
    } else if (next.kind === "time") own.ambient.advance(next.ms);
    else if (next.kind === "leave") leave();
    else if (next.kind === "cancel") await cancel();
    else if (next.kind === "revoke" || next.kind === "permit") own.revoked.is = next.kind === "revoke";
    else if (next.kind === "sweep") running.tasks.sweep();
    else {
      leave();
      await running.tasks.close(0);
      running = own.restarted();
      running.tasks.sweep();
    }
    await settled();
  };
  const end = async (): Promise<void> => {
    leave();
    await settled();
    await running.tasks.close(0);
  };
  return { own, effects, asked, take, end };
}

test("interleavings of asking, leaving, deciding, restarting, retrying, expiring and revoking", {
  timeout: 60_000 + 200 * RUNS,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(step, { minLength: 6, maxLength: 14 }),
      async (releases, steps) => {
        const { own, effects, asked, take, end } = world(releases);
        for (const next of steps) await take(next);
        await end();
        const intents = own.journal.kept.filter(({ kind }) => kind === "intent");
        const rows = new Map(own.approvals().map((row) => [String(row["id"]), row]));
        expect(intents).toHaveLength(effects.length);
        const used = intents.map(({ body }) => JSON.stringify(body["approval"]).slice(1, -1));
        expect(new Set(used).size).toBe(used.length);
        for (const [at, intent] of intents.entries()) {
          const row = rows.get(used[at] ?? "");
          const decidedAt = Number(row?.["decided_at"]);
          expect(row).toMatchObject({ status: "consumed", consumed_by: intent.subject });
          expect(intent.at).toBeLessThan(Number(row?.["expires_at"]));
          const effect = effects[at];
          if (effect === undefined || effect.isAttended) continue;
          expect(effect.at - decidedAt).toBeLessThanOrEqual(DECISION_TO_RELEASE_MAX_MS);
          const inTime = asked.filter(
            (one) => one.what === effect.what && effect.at - one.at <= UNATTENDED_RELEASE_MAX_MS,
          );
          expect(inTime).not.toEqual([]);
        }
        expect([...rows.values()].filter(({ status }) => status === "consumed")).toHaveLength(effects.length);
        expect(own.reported).toEqual([]);
      },
    ),
    { numRuns: RUNS },
  );
});
