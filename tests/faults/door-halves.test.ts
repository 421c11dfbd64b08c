import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { type DoorUnderTest, modern, openDoor, post, rawSocket, until } from "./door-harness.ts";

// States in which one side has gone on and the other has not, and what an agent can pile up in them.

let target: DoorUnderTest;
beforeEach(async () => {
  target = await openDoor({ limits: { exchangesPerAgentMax: 3, channelsPerAgentMax: 4 } });
});
afterEach(async () => {
  await target.close();
});

async function answerOf(params: JsonObject): Promise<JsonObject> {
  const { body, headers } = modern(1, "tools/call", params);
  const reply = await post(target, body, headers);
  return (await reply.json()) as JsonObject;
}

describe("a modern call that ends while its client is away for answers", () => {
  test.each<[boolean, JsonObject]>([
    [false, { result: { content: [{ type: "text", text: "went on" }] } }],
    [true, { error: { code: -32001, message: "it died" } }],
  ])(
    "is answered when the client is back, and nobody has heard it before (fails: %s)",
    async (fails, end) => {
      const params = { name: "ask-and-go", arguments: { fails } };
      const { result } = (await answerOf(params)) as { result: JsonObject };
      await until(() => target.door.counts().underWay === 0);
      expect(target.seen.heard).toBe(false);
      const inputResponses = { who: { action: "accept", content: { name: "x" } } };
      const requestState = result["requestState"] ?? "";
      expect(await answerOf({ ...params, requestState, inputResponses })).toMatchObject(end);
      expect(target.door.counts()).toMatchObject({ suspended: 0, streams: 0 });
    },
  );
});

test("endpoints that an agent makes up do not pile up", async () => {
  const { body, headers } = modern(1, "tools/call", { name: "echo", arguments: {} });
  for (let at = 0; at < 20; at += 1) {
    const reply = await fetch(`${target.url}/made-up-${at}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: "Bearer a",
        ...headers,
      },
      body: JSON.stringify(body),
    });
    await reply.text();
  }
  expect(target.door.counts().channels).toBe(4);
});

async function begin(agent: string) {
  const raw = await rawSocket(target);
  raw.socket.write(
    `POST /door/mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent}\r\nContent-Type: application/json\r\n` +
      "Accept: application/json, text/event-stream\r\nContent-Length: 4000000\r\n\r\n{",
  );
  return raw;
}

test("bodies that arrive slowly are few per agent, and another agent sends its own", async () => {
  const slow = [await begin("a"), await begin("a"), await begin("a")];
  const fourth = await begin("a");
  await until(() => fourth.received().includes("too_many_requests"));
  expect(fourth.received()).toContain("429");
  const other = await begin("b");
  for (const { socket } of slow) socket.destroy();
  await expect.poll(async () => (await answerOf({ name: "echo", arguments: {} }))["result"]).toBeDefined();
  expect(other.received()).toBe("");
  other.socket.destroy();
  fourth.socket.destroy();
});
