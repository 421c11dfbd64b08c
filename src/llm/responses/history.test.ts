import { expect, test } from "vitest";
import type { JsonObject } from "#base";
import { parameterOf } from "../strict.ts";
import { Fault } from "#base";
import { expandPrevious, inputOf, itemsOf, outputItemsOf, resolveReferences } from "./history.ts";
import { referencesOf } from "./request.ts";
import { call, message } from "../../../tests/samples/responses-client.ts";
import { openaiResponses } from "./responses.ts";

const BODY: JsonObject = { model: "m", input: "and now?", previous_response_id: "resp_1", temperature: 1 };
const USER: JsonObject = { type: "message", role: "user", content: "hello" };
const NOW: JsonObject = { type: "message", role: "user", content: "and now?" };
const SEALED: JsonObject = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAA" };
const UNSEALED: JsonObject = {
  id: "rs_2",
  type: "reasoning",
  summary: [{ type: "summary_text", text: "hm" }],
};

test("text is one message of the user, items are themselves", () => {
  expect(itemsOf({ input: "hello" })).toEqual([USER]);
  expect(itemsOf({ input: [USER, NOW] })).toEqual([USER, NOW]);
  expect(itemsOf({})).toEqual([]);
});

test("an earlier turn's items are what its client was told, and go on as input", () => {
  const turn = openaiResponses.readAnswer({
    id: "resp_1",
    status: "completed",
    output: [SEALED, message("msg_1", "hi"), call("c1", "f", "{}")],
  });
  const items = outputItemsOf(turn);
  expect(items).toMatchObject([
    { type: "reasoning", encrypted_content: "gAAA" },
    { type: "message", role: "assistant", content: [{ text: "hi" }] },
    { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
  ]);
  const result: JsonObject = { type: "function_call_output", call_id: "c1", output: "done" };
  const expanded = expandPrevious({ ...BODY, input: [result] }, [USER], items);
  expect(itemsOf(expanded)).toEqual([USER, ...items, result]);
  openaiResponses.readRequest(expanded);
  expect(outputItemsOf({ id: null, model: null, parts: [], finish: "stop", usage: null })).toEqual([]);
});

test("an earlier answer becomes input, and the whole reads and goes out without its id", () => {
  const output = [SEALED, message("msg_1", "hi"), call("c1", "f", "{}")];
  const expanded = expandPrevious(BODY, [USER], output);
  expect(expanded).toEqual({ model: "m", temperature: 1, input: [USER, ...output, NOW] });
  const request = openaiResponses.readRequest(expanded);
  expect(request.previous).toBeNull();
  expect(openaiResponses.forwarded(request, { model: "up" })).toEqual({
    ...expanded,
    model: "up",
    store: false,
  });
});

test("reasoning without its seal is left out, and what names it loses its id", () => {
  const output = [UNSEALED, message("msg_1", "hi"), call("c1", "f", "{}")];
  const { id: _id, ...bare } = call("c1", "f", "{}");
  const expanded = expandPrevious(BODY, [], output);
  expect(expanded["input"]).toEqual([{ type: "message", role: "assistant", content: "hi" }, bare, NOW]);
  openaiResponses.readRequest(expanded);
});

test("what an earlier answer may not bring in is refused like anything else", () => {
  const smuggled = expandPrevious(BODY, [{ type: "program", id: "msg_9" }], []);
  expect(() => openaiResponses.readRequest(smuggled)).toThrow(
    expect.objectContaining({ code: "llm_field_refused" }),
  );
  const reference = openaiResponses.readRequest(expandPrevious(BODY, [{ id: "msg_9" }], []));
  expect(() => openaiResponses.forwarded(reference, { model: "m" })).toThrow("resolved before");
});

test("references become the items that they name, or are refused", () => {
  const kept = new Map([["msg_1", [message("msg_1", "hi")]]]);
  const find = (id: string) => kept.get(id) ?? null;
  const body: JsonObject = { model: "m", input: [{ type: "item_reference", id: "msg_1" }, NOW] };
  expect(referencesOf(body)).toEqual(["msg_1"]);
  expect(referencesOf({ input: [{ id: "msg_2" }, USER] })).toEqual(["msg_2"]);
  const resolved = resolveReferences(body, find);
  expect(resolved["input"]).toEqual([message("msg_1", "hi"), NOW]);
  openaiResponses.readRequest(resolved);
  expect(resolveReferences({ input: "hello" }, find)).toEqual({ input: "hello" });

  const unknown = { input: [NOW, { id: "msg_2" }] };
  expect(flawOf(() => resolveReferences(unknown, find))).toEqual(["response_item_unknown", "input[1]"]);
});

test("of an answer's items those are left out that mean nothing without the upstream's own store", () => {
  const items = [UNSEALED, message("msg_1", "hi"), null];
  expect(inputOf(items)).toEqual([[], [{ type: "message", role: "assistant", content: "hi" }], []]);
  expect(inputOf([SEALED, message("msg_1", "hi")])).toEqual([[SEALED], [message("msg_1", "hi")]]);
});

function flawOf(act: () => unknown): readonly [string, string | null] {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return [error.code, parameterOf(error)];
    throw error;
  }
  throw new Error("nothing was refused");
}
