import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import type { SessionId } from "#vocabulary";
import {
  TASK_RESULT_BYTES_MAX,
  TASK_TTL_DEFAULT_MS,
  TASK_TTL_MAX_MS,
  TASK_TTL_MIN_MS,
  TASKS_KEPT_MAX,
  TASKS_WORKING_MAX,
} from "../../src/gateway/tasks/limits.ts";
import { CALL, errorOf, heldHouse, idOf, LEGACY, MODERN, settled } from "../support/tasks.ts";

// Shapes: MCP 2025-11-25, basic/utilities/tasks, and SEP-2663 (modelcontextprotocol/modelcontextprotocol @ b0f60ba).

type House = ReturnType<typeof heldHouse>;

const asTask = (own: House, params: JsonObject = {}) =>
  own.mcp.handle(own.exchange(LEGACY), "tools/call", { ...CALL, task: {}, ...params });
const get = (own: House, id: string, era = LEGACY) =>
  own.mcp.handle(own.exchange(era), "tasks/get", { taskId: id });
const result = (own: House, id: string) =>
  own.mcp.handle(own.exchange(LEGACY), "tasks/result", { taskId: id });

const cancel = (own: House, id: string) =>
  own.mcp.handle(own.exchange(LEGACY), "tasks/cancel", { taskId: id });

describe("a call asked for as a task (2025-11-25)", () => {
  test("is answered at once, released when a person approves, and told to whoever asks", async () => {
    const own = heldHouse();
    const created = await asTask(own, { task: { ttl: 600_000 } });
    const id = idOf(created);
    expect(created).toMatchObject({
      task: { status: "working", ttl: 600_000, createdAt: "2026-01-01T12:00:00.000Z" },
    });
    await settled();
    expect(await get(own, id)).toMatchObject({
      taskId: id,
      status: "working",
      statusMessage: expect.stringContaining("apr_"),
      pollInterval: 5_000,
    });
    expect(own.asked).toEqual([]);
    own.person("approved");
    await settled();
    expect(own.asked).toHaveLength(1);
    expect(await get(own, id)).toMatchObject({ status: "completed" });
    expect(await result(own, id)).toEqual({
      content: [],
      _meta: { "io.modelcontextprotocol/related-task": { taskId: id } },
    });
    expect(own.entries()).toEqual(["verdict", "approval.requested", "intent", "outcome"]);
    expect(own.reported).toEqual([]);
  });

  test("`tasks/result` waits for the end", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    const waiting = result(own, id);
    await settled();
    own.person("denied");
    expect(await waiting).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("A person refused this action") }],
    });
    expect(await get(own, id)).toMatchObject({ status: "failed" });
    expect(own.asked).toEqual([]);
  });

  test("what needs no person is a task as well, and an error of the server fails it", async () => {
    const own = heldHouse();
    own.policy.holds = false;
    own.server.answer = async () => ({ content: [], isError: true });
    const id = idOf(await asTask(own));
    await settled();
    expect(await get(own, id)).toMatchObject({ status: "failed", pollInterval: 1_000 });
    expect(await result(own, id)).toMatchObject({ isError: true });
    expect(own.asked).toHaveLength(1);
  });

  test("what policy refuses is a task that failed, with why", async () => {
    const own = heldHouse();
    own.policy.denies = true;
    const id = idOf(await asTask(own));
    expect(await result(own, id)).toMatchObject({
      isError: true,
      _meta: { "doorward.dev/refusal": { code: "no_permit" } },
    });
  });

  test.each([
    ["none", {}, TASK_TTL_DEFAULT_MS],
    ["unlimited", { ttl: null }, TASK_TTL_DEFAULT_MS],
    ["too short", { ttl: 1 }, TASK_TTL_MIN_MS],
    ["too long", { ttl: Number.MAX_SAFE_INTEGER }, TASK_TTL_MAX_MS],
  ])("a ttl that is %s is one of ours", async (_name, task, ttl) => {
    expect(await asTask(heldHouse(), { task })).toMatchObject({ task: { ttl } });
  });

  test.each([[{ task: 1 }], [{ task: { ttl: -1 } }], [{ task: { ttl: "1" } }]])(
    "%j is no task",
    async (params) => {
      expect(await errorOf(asTask(heldHouse(), params))).toMatchObject({ code: -32602 });
    },
  );

  test("what is not the protocol's for a revision is not there", async () => {
    const own = heldHouse();
    const old = { ...LEGACY, protocolVersion: "2025-06-18" };
    own.policy.holds = false;
    // Not declared, so what asks for it is ignored.
    expect(await own.mcp.handle(own.exchange(old), "tools/call", { ...CALL, task: {} })).toEqual({
      content: [],
    });
    for (const [era, method] of [
      [old, "tasks/get"],
      [MODERN, "tasks/result"],
      [MODERN, "tasks/list"],
      [LEGACY, "tasks/update"],
    ] as const) {
      const asking = own.mcp.handle(own.exchange(era), method, { taskId: "tsk_1" });
      expect(await errorOf(asking)).toMatchObject({ code: -32601 });
    }
  });

  test("lists say that any tool may be called so, whatever its server says of tasks of its own", async () => {
    const own = heldHouse();
    const tools = async (era: typeof LEGACY) => own.mcp.handle(own.exchange(era), "tools/list", {});
    expect(await tools(LEGACY)).toMatchObject({ tools: [{ execution: { taskSupport: "optional" } }] });
    expect(JSON.stringify([await tools({ ...LEGACY, protocolVersion: "2025-06-18" }), await tools(MODERN)]))
      .not //
      .toContain("execution");
    expect((await own.mcp.describe(own.exchange(LEGACY))).capabilities["tasks"]).toEqual({
      list: {},
      cancel: {},
      requests: { tools: { call: {} } },
    });
    expect((await own.mcp.describe(own.exchange(MODERN))).capabilities["extensions"]).toEqual({
      "io.modelcontextprotocol/tasks": {},
    });
  });
});

describe("a held call of a client that takes tasks (the extension)", () => {
  test("becomes one where a person must decide, and only there", async () => {
    const own = heldHouse();
    const call = async () => own.mcp.handle(own.exchange(MODERN), "tools/call", CALL);
    const created = await call();
    expect(created).toMatchObject({ resultType: "task", status: "working", pollIntervalMs: 5_000 });
    const id = idOf(created);
    expect(await get(own, id, MODERN)).not.toHaveProperty("result");
    own.person("approved");
    await settled();
    expect(await get(own, id, MODERN)).toMatchObject({ status: "completed", result: { content: [] } });
    own.policy.holds = false;
    expect(await call()).toEqual({ content: [] });
    expect(own.asked).toHaveLength(2);
  });

  test("a tool's own error completes it: only an error of the protocol is a failure there", async () => {
    const own = heldHouse();
    own.server.answer = async () => ({ content: [], isError: true });
    const id = idOf(await own.mcp.handle(own.exchange(MODERN), "tools/call", CALL));
    own.person("approved");
    await settled();
    expect(await get(own, id, MODERN)).toMatchObject({ status: "completed", result: { isError: true } });
  });

  test("is told nothing of tasks unless this request says that it takes them", async () => {
    const own = heldHouse();
    const notify = () => own.ambient.advance(10);
    const silent = own.exchange({ ...MODERN, clientCapabilities: {}, notify });
    const call = { ...CALL, _meta: { progressToken: 1 } };
    expect(await own.mcp.handle(silent, "tools/call", call)).toMatchObject({
      _meta: { "doorward.dev/refusal": { kind: "held" } },
    });
  });

  test.each(["tasks/get", "tasks/update", "tasks/cancel"])(
    "%s is for those who declare the extension",
    async (method) => {
      const own = heldHouse();
      const silent = own.exchange({ ...MODERN, clientCapabilities: {} });
      const asking = own.mcp.handle(silent, method, { taskId: "tsk_1" });
      expect(await errorOf(asking)).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } } },
      });
    },
  );

  test("cancelling is acknowledged, twice too", async () => {
    const own = heldHouse();
    const id = idOf(await own.mcp.handle(own.exchange(MODERN), "tools/call", CALL));
    const acknowledged = async () => own.mcp.handle(own.exchange(MODERN), "tasks/cancel", { taskId: id });
    expect([await acknowledged(), await acknowledged()]).toEqual([{}, {}]);
    expect(await get(own, id, MODERN)).toMatchObject({ status: "cancelled" });
    expect(own.approvals()[0]).toMatchObject({ status: "withdrawn" });
    expect(await own.mcp.handle(own.exchange(MODERN), "tasks/update", { taskId: id })).toEqual({});
  });
});

describe("whose a task is", () => {
  test.each<[string, Parameters<House["exchange"]>[0]]>([
    ["session", { identity: { ...identity(), session: "ses_2" as SessionId } }],
    ["credential", { identity: { ...identity(), credential: "key_2" } }],
    ["agent", { identity: { ...identity(), chain: { user: null, agents: ["agt_2" as never] } } }],
  ])("another %s finds none, by whatever method", async (_name, over) => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    const other = own.exchange({ ...LEGACY, ...over });
    for (const method of ["tasks/get", "tasks/result", "tasks/cancel"])
      expect(await errorOf(own.mcp.handle(other, method, { taskId: id }))).toMatchObject({
        code: -32602,
        message: "Task not found",
      });
    expect(await own.mcp.handle(other, "tasks/list", {})).toEqual({ tasks: [] });
    await settled();
    expect(own.approvals()[0]).toMatchObject({ status: "requested" });
  });

  test("lists go on by cursor, and a cursor made up is refused", async () => {
    const own = heldHouse();
    own.policy.denies = true;
    for (let made = 0; made < 60; made += 1) {
      await asTask(own, { arguments: { made } });
      await settled();
    }
    const page = await own.mcp.handle(own.exchange(LEGACY), "tasks/list", {});
    expect(page["tasks"]).toHaveLength(50);
    const { nextCursor: cursor = null } = page;
    const rest = await own.mcp.handle(own.exchange(LEGACY), "tasks/list", { cursor });
    expect(rest["tasks"]).toHaveLength(10);
    expect(rest).not.toHaveProperty("nextCursor");
    for (const bad of ["x", 1, "tsk_'; DROP TABLE tasks"])
      expect(
        await errorOf(own.mcp.handle(own.exchange(LEGACY), "tasks/list", { cursor: bad })),
      ).toMatchObject({
        code: -32602,
      });
  });

  test("an agent has so many under way, and no more (T21)", async () => {
    const own = heldHouse();
    own.policy.holds = false;
    own.server.answer = async () => new Promise(() => {});
    for (let made = 0; made < TASKS_WORKING_MAX; made += 1) await asTask(own, { arguments: { made } });
    const refused = await errorOf(asTask(own));
    expect(refused.data).toMatchObject({ code: "tasks_exceeded" });
    const other = own.exchange({
      ...LEGACY,
      identity: { ...identity(), chain: { user: null, agents: ["agt_2" as never] } },
    });
    expect(await own.mcp.handle(other, "tools/call", { ...CALL, task: {} })).toHaveProperty("task");
  });
});

describe("what is kept for an agent (T21)", () => {
  test("is bounded: what was fetched gives way, and what was not keeps its place", async () => {
    const own = heldHouse();
    own.policy.denies = true;
    const ids: string[] = [];
    for (let made = 0; made < TASKS_KEPT_MAX; made += 1) {
      ids.push(idOf(await asTask(own, { arguments: { made } })));
      await settled();
    }
    expect((await errorOf(asTask(own))).data).toMatchObject({ code: "tasks_exceeded", retry: "later" });
    const [first = "", second = ""] = ids;
    await result(own, first);
    expect(await asTask(own)).toHaveProperty("task");
    expect(await errorOf(get(own, first))).toMatchObject({ code: -32602 });
    expect(await get(own, second)).toMatchObject({ status: "failed" });
  });

  test("a result that is too large is not: its client is told that the call was made", async () => {
    const own = heldHouse();
    own.policy.holds = false;
    own.server.answer = async () => ({
      content: [{ type: "text", text: "x".repeat(TASK_RESULT_BYTES_MAX) }],
    });
    const id = idOf(await asTask(own));
    await settled();
    expect(await result(own, id)).toMatchObject({
      isError: true,
      _meta: { "doorward.dev/refusal": { code: "answer_not_kept", retry: "never" } },
    });
  });
});

describe("cancelling", () => {
  test("withdraws what waits for a person: a yes afterwards moves nothing", async () => {
    const own = heldHouse();
    const id = idOf(await asTask(own));
    await settled();
    expect(await cancel(own, id)).toMatchObject({ taskId: id, status: "cancelled" });
    expect(own.approvals()[0]).toMatchObject({ status: "withdrawn" });
    expect(own.entries()).toContain("approval.withdrawn");
    own.person("approved");
    await settled();
    expect(own.asked).toEqual([]);
    expect(await errorOf(cancel(own, id))).toMatchObject({ code: -32602 });
    expect(await errorOf(result(own, id))).toMatchObject({ code: -31000 });
  });

  test("leaves a request alone that somebody else waits for", async () => {
    const own = heldHouse();
    const [one, two] = [idOf(await asTask(own)), idOf(await asTask(own))];
    await settled();
    await cancel(own, one);
    expect(own.approvals()).toMatchObject([{ status: "requested" }]);
    own.person("approved");
    await settled();
    expect([own.asked.length, await get(own, two)]).toMatchObject([1, { status: "completed" }]);
    expect(await get(own, one)).toMatchObject({ status: "cancelled" });
  });

  test("of what left already lets it end, on record, and stays cancelled", async () => {
    const own = heldHouse();
    const answer = Promise.withResolvers<JsonObject>();
    own.server.answer = async () => answer.promise;
    const id = idOf(await asTask(own));
    await settled();
    own.person("approved");
    await settled();
    expect(await cancel(own, id)).toMatchObject({ status: "cancelled" });
    answer.resolve({ content: [] });
    await settled();
    expect(await get(own, id)).toMatchObject({ status: "cancelled" });
    expect(own.entries().at(-1)).toBe("outcome");
  });
});

function identity() {
  return heldHouse().exchange().identity;
}
