import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { type DoorUnderTest, errorOf, modern, openDoor, post, until } from "./door-harness.ts";

// Modern requests that take more than one round, suspended until their client asks again, and the answers they get.

let target: DoorUnderTest;

beforeEach(async () => {
  target = await openDoor({
    limits: {
      streamAfterMs: 30,
      replayBytesMax: 4000,
      suspensionsPerAgentMax: 2,
      asksPerSessionMax: 2,
      sessionsPerAgentMax: 2,
    },
  });
});

afterEach(async () => {
  await target.close();
});

const ask = modern(1, "tools/call", { name: "ask", arguments: { n: 1 } });

async function suspend(agent = "a", request = ask): Promise<JsonObject> {
  const reply = await post(target, request.body, { ...request.headers, authorization: `Bearer ${agent}` });
  return ((await reply.json()) as { result: JsonObject }).result;
}

async function retry(
  state: unknown,
  changes: { agent?: string; params?: JsonObject; responses?: JsonObject } = {},
): Promise<Response> {
  const responses = changes.responses ?? { who: { action: "accept", content: { name: "x" } } };
  const params = {
    name: "ask",
    arguments: { n: 1 },
    ...changes.params,
    requestState: state as string,
    inputResponses: responses,
  };
  const { body, headers } = modern(2, "tools/call", params);
  return post(target, body, { ...headers, authorization: `Bearer ${changes.agent ?? "a"}` });
}

describe("suspended modern requests", () => {
  test("go on with the answers, once", async () => {
    const { resultType, inputRequests, requestState } = await suspend();
    expect([resultType, Object.keys(inputRequests as JsonObject)]).toEqual(["input_required", ["who"]]);
    const done = (await (await retry(requestState)).json()) as { id: number; result: JsonObject };
    expect([done.id, done.result["resultType"]]).toEqual([2, "complete"]);
    expect(await errorOf(await retry(requestState))).toEqual([400, -32602, "request_state_unknown"]);
    expect(target.seen.handled).toHaveLength(1);
  });

  test("are bound to agent, method, parameters and our key", async () => {
    const { requestState } = await suspend();
    const state = requestState as string;
    const flipped = state.replace(/.$/, (last) => (last === "A" ? "Q" : "A"));
    for (const attempt of [
      retry(state, { agent: "b" }),
      retry(state, { params: { arguments: { n: 2 } } }),
      retry(flipped),
      retry(`A${state.slice(1)}`),
      retry(""),
      retry("x".repeat(10_000)),
    ]) {
      expect(await errorOf(await attempt)).toEqual([400, -32602, "request_state_unknown"]);
    }
    expect((await retry(state)).status).toBe(200);
  });

  test("ask again for what is missing, and ignore what was not asked", async () => {
    const { requestState } = await suspend();
    const again = (await (await retry(requestState, { responses: { other: {} } })).json()) as {
      result: JsonObject;
    };
    expect(again.result["resultType"]).toBe("input_required");
    expect((await retry(requestState)).status).toBe(400);
    expect((await retry(again.result["requestState"])).status).toBe(200);
  });

  test("without a state of ours, answers are refused", async () => {
    for (const params of [
      { inputResponses: {} },
      { requestState: 7 },
      { requestState: "x", inputResponses: [] },
    ] as JsonObject[]) {
      const { body, headers } = modern(1, "tools/call", { name: "ask", ...params });
      expect(await errorOf(await post(target, body, headers))).toEqual([
        400,
        -32602,
        "request_state_missing",
      ]);
    }
  });

  test("are bounded per agent, and given up when their time is over", async () => {
    const states = [await suspend(), await suspend()];
    expect(target.door.counts()).toMatchObject({ suspended: 2, underWay: 2 });
    const third = await post(target, ask.body, ask.headers);
    expect(((await third.json()) as { error: { data: JsonObject } }).error.data["code"]).toBe("ask_refused");
    expect((await suspend("b"))["resultType"]).toBe("input_required");
    target.ambient.advance(11 * 60_000);
    expect((await retry(states[0]?.["requestState"])).status).toBe(400);
    target.door.sweep();
    await until(() => target.door.counts().underWay === 0);
    expect(target.door.counts().suspended).toBe(0);
  });

  test("need the capability: 400 and -32021", async () => {
    const { body, headers } = modern(1, "tools/call", { name: "ask", arguments: {} }, {});
    const reply = await post(target, body, headers);
    const { error } = (await reply.json()) as { error: { code: number; data: JsonObject } };
    expect([reply.status, error.code]).toEqual([400, -32021]);
    expect(error.data).toEqual({ requiredCapabilities: { elicitation: { form: {} } } });
  });

  test("are cut off with their agent", async () => {
    await suspend();
    const { doorClosing } = await import("../../src/gateway/door/refusals.ts");
    expect(target.door.cut(() => true, doorClosing())).toBe(1);
    await until(() => target.door.counts().underWay === 0);
    expect(target.door.counts().suspended).toBe(0);
  });
});

describe("modern answers", () => {
  test("unknown methods are 404, session methods too; discovery says what is spoken", async () => {
    for (const method of ["nonsense", "initialize", "ping", "resources/subscribe"]) {
      const { body, headers } = modern(1, method);
      const reply = await post(target, body, headers);
      expect([reply.status, ((await reply.json()) as { error: { code: number } }).error.code]).toEqual([
        404, -32601,
      ]);
    }
    const { body, headers } = modern(1, "server/discover");
    const { result } = (await (await post(target, body, headers)).json()) as { result: JsonObject };
    expect(result).toMatchObject({
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      ttlMs: 0,
      cacheScope: "private",
    });
  });

  test("closing the response cancels, streaming or not", async () => {
    for (const key of ["early", "late"]) {
      const { body, headers } = modern(1, "tools/call", { name: "wait", arguments: { key } });
      const controller = new AbortController();
      const waiting = fetch(target.url, {
        method: "POST",
        signal: controller.signal,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          authorization: "Bearer a",
          ...headers,
        },
        body: JSON.stringify(body),
      });
      waiting.catch(() => {});
      await until(
        () => target.seen.release.has(key) && (key === "early" || target.door.counts().streams === 1),
      );
      controller.abort();
      await until(() => target.seen.aborted.includes(key) && target.door.counts().streams === 0);
    }
    expect(target.seen.aborted).toEqual(["early", "late"]);
  });

  test("channels last while used and for a while, one per agent and endpoint", async () => {
    const { body, headers } = modern(1, "tools/call", { name: "echo", arguments: {} });
    await post(target, body, headers);
    await post(target, body, headers);
    const [first, second] = target.seen.handled.map(({ exchange }) => exchange.channel);
    expect(first).toBe(second);
    target.ambient.advance(31 * 60_000);
    target.door.sweep();
    expect([target.door.counts().channels, first?.closed.aborted]).toEqual([0, true]);
  });
});

test("listening for tasks is for those who declare that they know them (SEP-2663)", async () => {
  const { body, headers } = modern(1, "subscriptions/listen", { notifications: { taskIds: ["tsk_1"] } });
  const reply = await post(target, body, headers);
  expect([reply.status, (await reply.json()) as object]).toMatchObject([
    400,
    {
      error: {
        code: -32021,
        data: { requiredCapabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } } },
      },
    },
  ]);
});

test("whose header names another task is refused: intermediaries go by it (SEP-2663)", async () => {
  const { body, headers } = modern(1, "tasks/get", { taskId: "tsk_1" });
  const lying = await post(target, body, { ...headers, "mcp-name": "tsk_2" });
  expect(await errorOf(lying)).toEqual([400, -32020, "header_mismatch"]);
});
