import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { call, message } from "../../../tests/samples/responses-client.ts";
import type { Part, Turn } from "../turn.ts";
import { itemsTold, toldItems } from "./told.ts";
import { outputOf } from "./whole.ts";

const text = (said: string): Part => ({ kind: "text", text: said });
const thought = (said: string, signature: string | null): Part => ({
  kind: "reasoning",
  text: said,
  signature,
});
const asked = (id: string): Part => ({
  kind: "call",
  call: { id, name: "look", arguments: "{}", kind: "function" },
});
const SEARCH: JsonObject = { id: "ws_1", type: "web_search_call", status: "completed" };
const turnOf = (...parts: readonly Part[]): Turn => ({
  id: "resp_1",
  model: "m",
  parts,
  finish: "stop",
  usage: null,
});

describe("what a client was given is given again, by the same ids", () => {
  const all = turnOf(
    thought("hm", "c2VhbA=="),
    { kind: "opaque", json: SEARCH },
    text("I look."),
    asked("call_1"),
    asked("call_2"),
    text("And?"),
  );

  test("as Doorward wrote it", () => {
    const items = outputOf(all, "resp_1");
    const told = toldItems(items, all, []);
    expect(told.map(({ parts, words }) => [parts, words])).toEqual([
      [[0], ""],
      [[1], ""],
      [[2], ""],
      [[3], ""],
      [[4], ""],
      [[5], ""],
    ]);
    expect(itemsTold(told, all)).toEqual(items);
  });

  test("as its upstream wrote it: a message of two parts, reasoning, a call", () => {
    const turn = turnOf(thought("", null), text("a"), text("b"), asked("call_1"));
    const parts = ["a", "b"].map((said) => ({ type: "output_text", text: said, annotations: [] }));
    const items = [
      { id: "rs_9", type: "reasoning", summary: [] },
      { ...message("msg_9", ""), content: parts },
      { ...call("call_1", "look", "{}"), id: "fc_9" },
    ];
    expect(itemsTold(toldItems(items, turn, []), turn)).toEqual([items[0], message("msg_9", "ab"), items[2]]);
  });
});

describe("Doorward's own words", () => {
  const refusal = "Refused by Doorward: no.\nRule: none";

  test("in the place of a call, or of all", () => {
    const turn = turnOf(text("I look."), asked("call_1"), asked("call_2"));
    const items = [message("msg_1", "I look."), message("msg_2", refusal), call("call_2", "look", "{}")];
    const told = toldItems(items, turn, [refusal]);
    expect(itemsTold(told, turn)).toEqual(items);
    const held = toldItems([message("msg_1", "Held by Doorward")], turn, ["Held by Doorward"]);
    expect(itemsTold(held, turn)).toEqual([message("msg_1", "Held by Doorward")]);
  });

  test("after what the model had said already", () => {
    const turn = turnOf(text("I look."), asked("call_1"));
    const items = [message("msg_1", `I look.\n\n${refusal}`)];
    const told = toldItems(items, turn, [refusal]);
    expect(told).toEqual([{ id: "msg_1", parts: [0], words: `\n\n${refusal}` }]);
    expect(itemsTold(told, turn)).toEqual(items);
  });

  test("within the model's text: the text as the model wrote it, then the words; nothing of the model's is repeated", () => {
    const turn = turnOf(text("First <tool_call>{}</tool_call> then."));
    const told = toldItems([message("msg_1", `First ${refusal} then.`)], turn, [refusal]);
    expect(told).toEqual([{ id: "msg_1", parts: [0], words: `\n\n${refusal}` }]);
    expect(JSON.stringify(told)).not.toContain("First");
  });
});

test("what the turn does not have is nothing", () => {
  const turn = turnOf(text("a"));
  const told = toldItems([{ type: "reasoning", id: "rs_1", summary: [] }, { type: "message" }], turn, []);
  expect(told).toEqual([{ id: "rs_1", parts: [], words: "" }]);
  expect(itemsTold([...told, { id: "msg_1", parts: [7], words: "" }], turn)).toEqual([null, null]);
});
