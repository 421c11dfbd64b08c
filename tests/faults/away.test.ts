import { describe, expect, test } from "vitest";
import { DECISION_TO_RELEASE_MAX_MS, UNATTENDED_RELEASE_MAX_MS } from "../../src/gateway/tasks/limits.ts";
import { CALL, heldHouse, LEGACY, settled } from "../support/tasks.ts";

// An agent that went home while a person thought, and its owner said whether that releases what was approved.

type House = ReturnType<typeof heldHouse>;

/** A client that asks, waits as long as it may, and goes. */
async function asked(own: House, params = CALL) {
  const notify = () => own.ambient.advance(10);
  const exchange = own.exchange({ ...LEGACY, notify });
  return own.mcp.handle(exchange, "tools/call", { ...params, _meta: { progressToken: 1 } });
}

const HELD = { _meta: { "doorward.dev/refusal": { kind: "held", code: "held" } } };

describe("its owner asked for release while it is away", () => {
  test("approved: released at once, and its retry collects the result", async () => {
    const own = heldHouse();
    own.away.releases = true;
    expect(await asked(own)).toMatchObject(HELD);
    own.person("approved");
    await settled();
    expect(own.asked).toHaveLength(1);
    expect(await asked(own)).toEqual({ content: [] });
    expect(own.asked).toHaveLength(1);
    // Delivered: the same call is a new action now.
    expect(await asked(own)).toMatchObject(HELD);
    expect(own.asked).toHaveLength(1);
  });

  test("who asks again and again is kept once, and no client finds a task of it", async () => {
    const own = heldHouse();
    own.away.releases = true;
    await asked(own);
    await asked(own);
    expect(own.store.connection.prepare("SELECT way FROM tasks").all()).toEqual([{ way: "callback" }]);
    expect(await own.mcp.handle(own.exchange(LEGACY), "tasks/list", {})).toEqual({ tasks: [] });
    own.person("approved");
    await settled();
    expect(own.store.connection.prepare("SELECT * FROM tasks").all()).toEqual([]);
  });

  test("taken back meanwhile: the approval waits for the retry", async () => {
    const own = heldHouse();
    own.away.releases = true;
    await asked(own);
    own.away.releases = false;
    own.person("approved");
    await settled();
    expect([own.asked, own.approvals()]).toMatchObject([[], [{ status: "approved" }]]);
    expect([await asked(own), own.asked.length]).toEqual([{ content: [] }, 1]);
  });

  test("a client that is back when a person says yes gets the result of the one effect", async () => {
    const own = heldHouse();
    own.away.releases = true;
    await asked(own);
    const back = own.mcp.handle(own.exchange(LEGACY), "tools/call", CALL);
    await settled();
    for (const approval of own.person("approved")) own.outside.waiters.wake(approval);
    expect([await back, own.asked.length]).toEqual([{ content: [] }, 1]);
  });

  test.each([
    ["asked for too long ago", UNATTENDED_RELEASE_MAX_MS + 1, 0],
    ["decided too long ago", 0, DECISION_TO_RELEASE_MAX_MS + 1],
  ])("%s: waits for the retry, once", async (_name, beforeMs, afterMs) => {
    const own = heldHouse();
    own.away.releases = true;
    await asked(own);
    own.ambient.advance(beforeMs);
    own.person("approved", afterMs === 0);
    own.ambient.advance(afterMs);
    own.tasks.sweep();
    await settled();
    expect(own.asked).toEqual([]);
    expect(own.approvals()).toMatchObject([{ status: "approved" }]);
    expect([await asked(own), own.asked.length]).toEqual([{ content: [] }, 1]);
  });
});

test("nobody asked for that: the approval waits for the retry, however soon it came", async () => {
  const own = heldHouse();
  await asked(own);
  own.person("approved");
  own.tasks.sweep();
  await settled();
  expect(own.asked).toEqual([]);
  expect([await asked(own), own.asked.length]).toEqual([{ content: [] }, 1]);
});

test("days later, after two restarts and over a new connection of the same session: one effect", async () => {
  const own = heldHouse();
  await asked(own);
  own.ambient.advance(3 * 86_400_000);
  own.restarted().tasks.sweep();
  own.person("approved", false);
  own.ambient.advance(3 * 86_400_000);
  const { tasks, mcp } = own.restarted();
  tasks.sweep();
  await settled();
  expect(own.asked).toEqual([]);
  const channel = { id: "mcps_2", publish: () => {}, closed: new AbortController().signal };
  const retry = async () => mcp.handle(own.exchange({ ...LEGACY, channel }), "tools/call", CALL);
  expect([await retry(), own.asked.length]).toEqual([{ content: [] }, 1]);
  expect(own.approvals()).toMatchObject([{ status: "consumed" }]);
});
