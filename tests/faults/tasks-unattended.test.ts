import { describe, expect, test } from "vitest";
import { Fault, type JsonObject } from "#base";
import {
  DECISION_TO_RELEASE_MAX_MS,
  TASK_TTL_MIN_MS,
  UNATTENDED_RELEASE_MAX_MS,
} from "../../src/gateway/tasks/limits.ts";
import { CALL, errorOf, heldHouse, idOf, LEGACY, settled } from "../support/tasks.ts";

// What is released while nobody is on the line: in time, once, or not at all.

type House = ReturnType<typeof heldHouse>;

const asTask = (own: House, params: JsonObject = {}) =>
  own.mcp.handle(own.exchange(LEGACY), "tools/call", { ...CALL, task: {}, ...params });
const get = (own: House, id: string, era = LEGACY) =>
  own.mcp.handle(own.exchange(era), "tasks/get", { taskId: id });
const result = (own: House, id: string) =>
  own.mcp.handle(own.exchange(LEGACY), "tasks/result", { taskId: id });
const restart = async (own: House) => {
  const tasks = own.openTasks();
  tasks.sweep();
  await settled();
  return own.roadWith(tasks);
};

describe("never late", () => {
  test.each<[string, (own: House) => void, boolean]>([
    ["decided at the last moment", (own) => own.ambient.advance(UNATTENDED_RELEASE_MAX_MS), true],
    ["decided a moment after that", (own) => own.ambient.advance(UNATTENDED_RELEASE_MAX_MS + 1), false],
  ])("%s of unattended release", async (_name, wait, isReleased) => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    wait(own);
    own.person("approved");
    await settled();
    expect(own.asked).toHaveLength(isReleased ? 1 : 0);
    expect(await get(own, id)).toMatchObject({ status: isReleased ? "completed" : "failed" });
    if (isReleased) return;
    expect(await result(own, id)).toMatchObject({
      _meta: {
        "doorward.dev/refusal": { kind: "held", code: "not_run_unattended", retry: "after-approval" },
      },
    });
    // The approval is a grant for the retry, which runs it once.
    const retried = await own.mcp.handle(own.exchange(LEGACY), "tools/call", CALL);
    expect([retried, own.asked.length]).toEqual([{ content: [] }, 1]);
  });

  test.each([
    [DECISION_TO_RELEASE_MAX_MS, 1],
    [DECISION_TO_RELEASE_MAX_MS + 1, 0],
    [-DECISION_TO_RELEASE_MAX_MS - 1, 0],
  ])("looked at %i ms after the decision: %i calls", async (ms, calls) => {
    const own = heldHouse();
    await asTask(own);
    await settled();
    own.person("approved", false);
    own.ambient.advance(ms);
    own.tasks.sweep();
    await settled();
    expect(own.asked).toHaveLength(calls);
    expect(own.approvals()).toMatchObject([{ status: calls === 1 ? "consumed" : "approved" }]);
  });

  test("undecided for too long it is told so, and the request stays for the retry", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    own.ambient.advance(UNATTENDED_RELEASE_MAX_MS + 1);
    own.tasks.sweep();
    expect(await get(own, id)).toMatchObject({ status: "failed" });
    expect(own.approvals()).toMatchObject([{ status: "requested" }]);
  });

  test("expired: on record, and told", async () => {
    const own = heldHouse();
    own.policy.expiresAfterMs = 60_000;
    const id = idOf(await asTask(own));
    await settled();
    own.ambient.advance(60_000);
    own.tasks.sweep();
    await settled();
    expect(own.entries()).toContain("approval.expired");
    expect(await result(own, id)).toMatchObject({
      _meta: { "doorward.dev/refusal": { code: "approval_expired" } },
    });
  });

  test("after its ttl a task is gone, result and all, whatever became of it", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own, { task: { ttl: TASK_TTL_MIN_MS } }));
    await settled();
    own.ambient.advance(TASK_TTL_MIN_MS);
    expect(await errorOf(get(own, id))).toMatchObject({ code: -32602 });
    own.tasks.sweep();
    expect(own.store.connection.prepare("SELECT COUNT(*) AS n FROM tasks").get()).toEqual({ n: 0 });
    own.person("approved");
    await settled();
    expect(own.asked).toEqual([]);
  });
});

describe("while nobody is there", () => {
  test("a policy that changed meanwhile wins over the approval", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    own.policy.denies = true;
    own.person("approved");
    await settled();
    expect([own.asked, await get(own, id)]).toMatchObject([[], { status: "failed" }]);
  });

  test("an agent that was revoked does nothing any more", async () => {
    const own = heldHouse();
    await asTask(own);
    await settled();
    own.revoked.is = true;
    own.person("approved");
    await settled();
    expect(own.asked).toEqual([]);
    expect(own.approvals()).toMatchObject([{ status: "approved" }]);
  });

  test.each(["fingerprint = 'sha256:x'", "status = 'gone'"])(
    "a tool that changed (%s) is not called",
    async (set) => {
      const own = heldHouse();
      await asTask(own);
      await settled();
      own.store.connection.prepare(`UPDATE tools SET ${set}`).run();
      own.person("approved");
      await settled();
      expect(own.asked).toEqual([]);
    },
  );

  test("its client's closed connection is replaced by one of its own; a question of the server finds nobody", async () => {
    const own = heldHouse();
    const closing = new AbortController();
    const channel = { id: "mcps_1", publish: () => {}, closed: closing.signal };
    const asking = own.exchange({ ...LEGACY, channel });
    await own.mcp.handle(asking, "tools/call", { ...CALL, task: {} });
    await settled();
    closing.abort();
    own.person("approved");
    await settled();
    expect(own.asked).toHaveLength(1);
    expect(own.lines.of({ ...channel, id: "ses_1/away" })).toHaveLength(1);
  });

  test("the same call as a plain request joins what waits, and there is one effect", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    const plain = own.mcp.handle(own.exchange(LEGACY), "tools/call", CALL);
    await settled();
    for (const approval of own.person("approved")) own.outside.waiters.wake(approval);
    expect(await plain).toEqual({ content: [] });
    await settled();
    expect([own.asked.length, await get(own, id)]).toMatchObject([1, { status: "completed" }]);
  });
});

describe("after a restart", () => {
  test("what was decided meanwhile, and not too long ago, is released once", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    own.person("approved", false);
    await restart(own);
    {
      const mcp = await restart(own);
      expect(await mcp.handle(own.exchange(LEGACY), "tasks/get", { taskId: id })).toMatchObject({
        status: "completed",
      });
    }
    expect(own.asked).toHaveLength(1);
  });

  test("what was not written down is found by its action, or was never sent", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    own.store.connection.exec("UPDATE tasks SET approval_id = NULL");
    const mcp = await restart(own);
    own.store.connection.exec("DELETE FROM approvals");
    await restart(own);
    expect(await mcp.handle(own.exchange(LEGACY), "tasks/result", { taskId: id })).toMatchObject({
      _meta: { "doorward.dev/refusal": { code: "task_not_run" } },
    });
    expect(own.asked).toEqual([]);
  });

  test.each([
    ["unknown", "outcome_unknown"],
    ["not-sent", "task_not_run"],
  ])("what was under way and has the outcome %s is %s, and not sent again", async (status, code) => {
    const own = heldHouse();
    own.policy.holds = false;
    own.server.answer = async () => new Promise(() => {});
    const id = idOf(await asTask(own));
    await settled();
    expect(own.entries()).toEqual(["intent"]);
    const subject = own.journal.kept[0]?.subject ?? "";
    await own.journal.append({ entries: [{ kind: "outcome", subject, at: 0, body: { status } }] });
    const mcp = await restart(own);
    expect(await mcp.handle(own.exchange(LEGACY), "tasks/result", { taskId: id })).toMatchObject({
      _meta: { "doorward.dev/refusal": { code } },
    });
    expect(own.asked).toHaveLength(1);
  });

  test("what was approved, left, and had no outcome is unknown: never sent again (T20)", async () => {
    const own = heldHouse();
    own.server.answer = async () => new Promise(() => {});
    const id = idOf(await asTask(own));
    await settled();
    own.person("approved");
    await settled();
    const subject = String(own.approvals()[0]?.["action_id"]);
    await own.journal.append({ entries: [{ kind: "outcome", subject, at: 0, body: { status: "unknown" } }] });
    const mcp = own.roadWith(own.openTasks());
    const second = own.openTasks();
    second.sweep();
    await settled();
    expect(await mcp.handle(own.exchange(LEGACY), "tasks/result", { taskId: id })).toMatchObject({
      _meta: { "doorward.dev/refusal": { code: "outcome_unknown" } },
    });
    expect(own.asked).toHaveLength(1);
  });
});

describe("stopping", () => {
  test("ends what is under way with its word on record, and leaves what waits for people", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    await own.tasks.close(0);
    own.person("approved");
    await settled();
    expect([own.asked, await get(own, id)]).toMatchObject([[], { status: "working" }]);
  });
});

const full = async () => Promise.reject(new Fault("journal_full", "the disk is full", "Make room."));

describe("a disk that is full in between", () => {
  const FULL = `CREATE TRIGGER full BEFORE UPDATE OF status ON tasks WHEN NEW.status = 'completed'
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`;

  test.each([
    ["waited for a person", true],
    ["needed none", false],
  ])(
    "the end of a call that %s is found on record by the next look, and not made again",
    async (_name, holds) => {
      const own = heldHouse();
      own.policy.holds = holds;
      own.server.answer = async () => ({ content: [{ type: "text", text: "done" }] });
      own.store.connection.exec(FULL);
      const id = idOf(await asTask(own));
      await settled();
      own.person("approved");
      await settled();
      expect([await get(own, id), own.reported]).toMatchObject([{ status: "working" }, ["task_failed"]]);
      own.store.connection.exec("DROP TRIGGER full");
      own.tasks.sweep();
      await settled();
      expect(await result(own, id)).toMatchObject({ content: [{ text: "done" }] });
      expect(own.asked).toHaveLength(1);
    },
  );

  test("what cannot be written down is not begun", async () => {
    const own = heldHouse();
    own.policy.holds = false;
    own.store.connection.exec(
      "CREATE TRIGGER full BEFORE INSERT ON tasks BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    await expect(asTask(own)).rejects.toThrow("full");
    await settled();
    expect(own.asked).toEqual([]);
  });

  test("a journal that takes no intent leaves the approval for the retry", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    const { append } = own.journal;
    Object.assign(own.journal, { append: full });
    own.person("approved");
    await settled();
    Object.assign(own.journal, { append });
    expect([own.asked, own.approvals()]).toMatchObject([[], [{ status: "approved" }]]);
    expect(await get(own, id)).toMatchObject({ status: "failed" });
    expect(await own.mcp.handle(own.exchange(LEGACY), "tools/call", CALL)).toEqual({ content: [] });
  });
});

test("stopping does not wait for a server that never answers, and what left is unknown at the next start (T20)", async () => {
  const own = heldHouse();
  own.server.answer = async () => new Promise(() => {});
  await asTask(own);
  await settled();
  own.person("approved");
  await settled();
  await own.tasks.close(0);
  expect(own.asked).toHaveLength(1);
  expect(own.entries().at(-1)).toBe("intent");
});
