import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { createSseParser, type SseEvent } from "#wire";
import { call, type DoorUnderTest, errorOf, openDoor, openSession, post, until } from "./door-harness.ts";

// Legacy rounds at the door: resumed streams, sessions, questions to the client. The modern ones: door-rounds.

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
