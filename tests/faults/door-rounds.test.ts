import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { createSseParser, type SseEvent } from "#wire";
import { call, type DoorUnderTest, modern, openDoor, openSession, post, until } from "./door-harness.ts";

// Requests that take more than one round: resumed streams, questions to the client, suspended requests.

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

/** Reads events until `enough`, then drops the connection. */
async function eventsOf(reply: Response, enough: (events: SseEvent[]) => boolean): Promise<SseEvent[]> {
  const parser = createSseParser(100_000);
  const decoder = new TextDecoder();
  const events: SseEvent[] = [];
  if (reply.body === null) return events;
  for await (const chunk of reply.body) {
    events.push(...parser.push(decoder.decode(chunk, { stream: true })));
    if (enough(events)) break;
  }
  return events;
}

const all = (): boolean => false;

async function get(session: Record<string, string>, lastEventId?: string): Promise<Response> {
  const last = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  return fetch(target.url, { headers: { accept: "text/event-stream", ...session, ...last } });
}

async function errorOf(reply: Response): Promise<[number, unknown, unknown]> {
  const { error } = (await reply.json()) as { error: { code: number; data: JsonObject } };
  return [reply.status, error.code, error.data["code"]];
}

const note = (n: number): [string, JsonObject] => ["notifications/message", { level: "info", data: n }];

describe("a legacy stream that breaks", () => {
  test.each([
    ["2025-11-25", true],
    ["2025-06-18", false],
  ])("revision %s: what the client missed is sent when it comes back, once", async (version, primes) => {
    const session = await openSession(target, { version });
    const reply = await post(target, call(1, "wait", { key: "k" }), session);
    const exchange = target.seen.handled.at(-1)?.exchange;
    exchange?.notify(...note(1));
    const first = await eventsOf(reply, (events) => events.some((event) => event.data.includes('"data":1')));
    expect(first[0]?.data === "").toBe(primes);
    await until(() => target.door.counts().streams === 0);
    exchange?.notify(...note(2));
    target.seen.release.get("k")?.();
    await until(() => target.door.counts().underWay === 0);
    const rest = await eventsOf(await get(session, first.at(-1)?.id ?? ""), all);
    expect(rest.map((event) => JSON.parse(event.data).params?.data ?? JSON.parse(event.data).id)).toEqual([
      2, 1,
    ]);
    const again = await eventsOf(await get(session, rest.at(-1)?.id ?? ""), all);
    expect(again).toEqual([]);
    expect(target.seen.aborted).toEqual([]);
  });

  test("events of one stream are not sent on another, and not to another agent", async () => {
    const session = await openSession(target);
    const stranger = await openSession(target, { agent: "b" });
    const reply = await post(target, call(1, "wait", { key: "k" }), session);
    target.seen.handled.at(-1)?.exchange.channel.publish(...note(7));
    target.seen.release.get("k")?.();
    const events = await eventsOf(reply, all);
    expect(JSON.stringify(events)).not.toContain('\\"data\\":7');
    const id = events[0]?.id ?? "";
    expect((await get({ ...stranger, "mcp-session-id": session["mcp-session-id"] ?? "" }, id)).status).toBe(
      404,
    );
    const standalone = await eventsOf(await get(session), (seen) => seen.length === 2);
    expect(standalone[1]?.data).toContain('"data":7');
  });

  test("an answer too large to keep is replaced by an error that says the call was made", async () => {
    const session = await openSession(target);
    const reply = await post(target, call(1, "wait", { key: "k" }), session);
    const exchange = target.seen.handled.at(-1)?.exchange;
    exchange?.notify(...note(1));
    const first = await eventsOf(reply, (events) => events.length > 0);
    expect(first.length).toBeGreaterThan(0);
    const big = await post(target, call(2, "big", { size: 5000 }), {
      ...session,
      accept: "text/event-stream",
    });
    const whole = await eventsOf(big, all);
    expect(whole.at(-1)?.data.length).toBeGreaterThan(5000);
    const replayed = await eventsOf(await get(session, whole[0]?.id ?? ""), all);
    expect(JSON.stringify(replayed)).toContain("answer_not_kept");
  });

  test("what is not kept any more is said so", async () => {
    const session = await openSession(target);
    expect(await errorOf(await get(session, "s99-1"))).toEqual([400, -32600, "unknown_event"]);
    expect(await errorOf(await get(session, "rubbish"))).toEqual([400, -32600, "unknown_event"]);
  });
});

describe("legacy sessions", () => {
  test("belong to the agent and the endpoint that opened them", async () => {
    const session = await openSession(target);
    const stolen = await post(target, call(1, "echo"), { ...session, authorization: "Bearer b" });
    expect(await errorOf(stolen)).toEqual([404, -31000, "session_unknown"]);
    const elsewhere = await fetch(`${target.url}/files`, { method: "DELETE", headers: session });
    expect(await errorOf(elsewhere)).toEqual([404, -31000, "session_unknown"]);
    const { "mcp-session-id": _none, ...without } = session;
    expect(await errorOf(await post(target, call(1, "echo"), without))).toEqual([
      400,
      -32600,
      "session_required",
    ]);
  });

  test("end on DELETE, cancelling what is under way", async () => {
    const session = await openSession(target);
    const waiting = post(target, call(1, "wait", { key: "k" }), session);
    await until(() => target.seen.release.has("k"));
    const { closed } = target.seen.handled.at(-1)?.exchange.channel ?? {};
    expect((await fetch(target.url, { method: "DELETE", headers: session })).status).toBe(204);
    expect([closed?.aborted, target.seen.aborted]).toEqual([true, ["k"]]);
    await (await waiting).body?.cancel();
    expect((await post(target, call(2, "echo"), session)).status).toBe(404);
  });

  test("give way, the least recently used first, unless all are busy", async () => {
    const [one, two] = [await openSession(target), await openSession(target)];
    target.ambient.advance(10);
    await post(target, call(1, "echo"), one);
    await openSession(target);
    expect((await post(target, call(1, "echo"), two)).status).toBe(404);
    expect((await post(target, call(1, "echo"), one)).status).toBe(200);
    expect(target.door.counts().sessions).toBe(2);
  });

  test("are refused when every one is busy", async () => {
    const sessions = [await openSession(target), await openSession(target)];
    const waiting = sessions.map(async (session, n) =>
      post(target, call(1, "wait", { key: `k${n}` }), session),
    );
    await until(() => target.seen.release.size === 2);
    expect((await openSession(target))["mcp-session-id"]).toBe("");
    for (const release of target.seen.release.values()) release();
    await Promise.all(waiting);
  });

  test("end when idle, and their channel with them", async () => {
    const session = await openSession(target);
    const { closed } = target.seen.exchanges.at(-1)?.channel ?? {};
    target.ambient.advance(29 * 60_000);
    target.door.sweep();
    expect((await post(target, call(1, "echo"), session)).status).toBe(200);
    target.ambient.advance(31 * 60_000);
    target.door.sweep();
    expect([target.door.counts().sessions, closed?.aborted]).toEqual([0, true]);
  });

  test("an id in use is refused; ping and unknown revisions are answered by the door", async () => {
    const session = await openSession(target);
    const waiting = post(target, call(1, "wait", { key: "k" }), session);
    await until(() => target.seen.release.has("k"));
    expect(await errorOf(await post(target, call(1, "echo"), session))).toEqual([400, -32600, "id_in_use"]);
    target.seen.release.get("k")?.();
    await (await waiting).body?.cancel();
    expect(await (await post(target, { jsonrpc: "2.0", id: 9, method: "ping" }, session)).json()).toEqual({
      jsonrpc: "2.0",
      id: 9,
      result: {},
    });
    const odd = await post(target, call(3, "echo"), { ...session, "mcp-protocol-version": "1999-01-01" });
    expect(odd.status).toBe(400);
    expect(
      (await post(target, call(3, "echo"), { ...session, "mcp-protocol-version": "2025-03-26" })).status,
    ).toBe(200);
  });

  test("notifications are accepted without a body and passed on", async () => {
    const session = await openSession(target);
    const reply = await post(target, { jsonrpc: "2.0", method: "notifications/initialized" }, session);
    expect([reply.status, await reply.text()]).toEqual([202, ""]);
    expect(target.seen.notified).toEqual([{ method: "notifications/initialized", params: {} }]);
  });
});

async function asked(session: Record<string, string>): Promise<{ id: number; rest: Promise<SseEvent[]> }> {
  const reply = await post(target, call(1, "ask"), session);
  const found = Promise.withResolvers<number>();
  const rest = eventsOf(reply, (events) => {
    const question = events.find((event) => event.data.includes("elicitation/create"));
    if (question !== undefined) found.resolve(JSON.parse(question.data).id);
    return false;
  });
  return { id: await found.promise, rest };
}

const answer = (id: number | string): JsonObject => ({
  jsonrpc: "2.0",
  id,
  result: { action: "accept", content: { name: "x" } },
});

describe("questions to a legacy client", () => {
  test("are answered only from their own session, once", async () => {
    const session = await openSession(target);
    const stranger = await openSession(target, { agent: "b" });
    const { id, rest } = await asked(session);
    expect(await errorOf(await post(target, answer(id), stranger))).toEqual([400, -32600, "unknown_answer"]);
    expect((await post(target, answer(id), { ...session, authorization: "Bearer b" })).status).toBe(404);
    expect(await errorOf(await post(target, answer(`${id}`), session))).toEqual([
      400,
      -32600,
      "unknown_answer",
    ]);
    expect(await errorOf(await post(target, answer(id + 1), session))).toEqual([
      400,
      -32600,
      "unknown_answer",
    ]);
    expect((await post(target, answer(id), session)).status).toBe(202);
    expect((await rest).at(-1)?.data).toContain("accept");
    expect((await post(target, answer(id), session)).status).toBe(202);
  });

  test("a client's refusal reaches the road as the client's error", async () => {
    const session = await openSession(target);
    const { id, rest } = await asked(session);
    await post(target, { jsonrpc: "2.0", id, error: { code: -1, message: "not now" } }, session);
    expect((await rest).at(-1)?.data).toContain('"code":-1');
  });

  test("are not put to a client that did not declare the capability", async () => {
    const session = await openSession(target, { capabilities: {} });
    const reply = await post(target, call(1, "ask"), session);
    const { error } = (await reply.json()) as { error: { code: number; data: JsonObject } };
    expect([error.code, error.data]).toEqual([
      -32021,
      { requiredCapabilities: { elicitation: { form: {} } } },
    ]);
  });

  test("are withdrawn when the client cancels the request", async () => {
    const session = await openSession(target);
    const { rest } = await asked(session);
    await post(
      target,
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
      session,
    );
    expect((await rest).some((event) => event.data.includes('"result"'))).toBe(false);
    await until(() => target.door.counts().underWay === 0);
  });
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
