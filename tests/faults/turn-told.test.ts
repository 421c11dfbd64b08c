import { describe, expect, test } from "vitest";
import type { Identity, SessionId } from "#vocabulary";
import { createTurns } from "../../src/gateway/llm/turns.ts";
import { identityOf, openCalls } from "../support/llm-calls.ts";

// Items that a client names by their ids instead of sending them: from our own store, for whom they were made, and never
// from an upstream's (T2, T9).

async function toldWorld(text = "hello") {
  const world = openCalls();
  const identity = identityOf();
  const turn = {
    id: "resp_1",
    model: "m",
    parts: [{ kind: "text" as const, text }],
    finish: "stop" as const,
    usage: null,
  };
  const action = await world.asked(turn, identity);
  world.turns.keepResponse({ actionId: action, identity, responseId: "resp_1" });
  world.turns.told(action, [{ id: "msg_1", parts: [0], words: "" }]);
  const named = (who: Identity = identity, ids: readonly string[] = ["msg_1"]) =>
    world.turns.itemsNamed(who, ids);
  return { ...world, action, identity, turn, named };
}

describe("an item by its id", () => {
  test("is what its client was given, after a restart too", async () => {
    const { identity, named, outside, store } = await toldWorld();
    expect(named().get("msg_1")).toEqual([
      expect.objectContaining({
        id: "msg_1",
        role: "assistant",
        content: [expect.objectContaining({ text: "hello" })],
      }),
    ]);
    expect(createTurns(outside, store).itemsNamed(identity, ["msg_1", "msg_2"]).size).toBe(1);
  });

  test.each<[string, Partial<Identity>]>([
    ["session", { session: "ses_2" as SessionId }],
    ["credential", { credential: "key_2" }],
    ["agent", { chain: { user: null, agents: ["agt_2" as never] } }],
  ])("is unknown to another %s", async (_name, over) => {
    const { named } = await toldWorld();
    expect(named(identityOf(over)).size).toBe(0);
  });

  test("is gone with its answer: forgotten, after 30 days, or with its person's key", async () => {
    const one = await toldWorld();
    one.turns.forgetResponse(one.identity, "resp_1");
    expect(one.named().size).toBe(0);
    const two = await toldWorld();
    two.ambient.advance(30 * 24 * 60 * 60_000);
    expect(two.named().size).toBe(0);
    const three = await toldWorld();
    const turns = createTurns({ ...three.outside, payload: () => null }, three.store);
    expect(turns.itemsNamed(three.identity, ["msg_1"]).size).toBe(0);
  });

  test("told again under other ids, both are known; under the same, the newest counts", async () => {
    const { action, asked, identity, named, turn, turns } = await toldWorld();
    turns.told(action, [{ id: "msg_1_again", parts: [0], words: "" }]);
    expect(named(identity, ["msg_1", "msg_1_again"]).size).toBe(2);
    const later = await asked({ ...turn, parts: [{ kind: "text", text: "newer" }] }, identity);
    turns.keepResponse({ actionId: later, identity, responseId: "resp_2" });
    turns.told(later, [{ id: "msg_1", parts: [0], words: "" }]);
    expect(JSON.stringify(named().get("msg_1"))).toContain("newer");
  });

  test("nothing of the model's own stands in the state database", async () => {
    const { store } = await toldWorld("the secret plan");
    const rows = store.connection.prepare("SELECT * FROM model_turns").all();
    expect(JSON.stringify(rows)).not.toContain("secret plan");
  });
});

test("items of more answers than are read for one request are refused (T21)", async () => {
  const { asked, identity, named, turn, turns } = await toldWorld();
  const ids: string[] = [];
  for (let at = 0; at < 513; at += 1) {
    const action = await asked(turn, identity);
    turns.keepResponse({ actionId: action, identity, responseId: `resp_${at}` });
    turns.told(action, [{ id: `msg_${at}`, parts: [0], words: "" }]);
    ids.push(`msg_${at}`);
  }
  expect(() => named(identity, ids)).toThrow("more than 512 answers");
  expect(named(identity, ids.slice(1)).size).toBe(512);
});
