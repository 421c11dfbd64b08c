import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { wire } from "../../../tests/samples/translated.ts";
import { faceOf } from "../faces.ts";
import { type Conversation, type Item, textOf } from "./conversation.ts";
import { createNotes } from "./notes.ts";
import { readConversation } from "./read.ts";
import { translate } from "./translate.ts";

// What is sent is read again by the upstream's own protocol: the same words, calls, results, tools and wishes.

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => text.trim() === text);
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const given: fc.Arbitrary<JsonObject> = fc.dictionary(
  name.filter((key) => key !== "__proto__"),
  fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null)),
);

/** One exchange: what the user says, what the model says and calls, what the tools give. */
const exchange = fc.record({
  asked: word,
  said: fc.option(word, { nil: "" }),
  calls: fc.array(fc.record({ name, given, result: word }), { maxLength: 3 }),
});

const request = fc.record({
  system: fc.option(word, { nil: null }),
  exchanges: fc.array(exchange, { maxLength: 3 }),
  asked: word,
  tools: fc.uniqueArray(fc.record({ name, description: word }), {
    maxLength: 3,
    selector: (tool) => tool.name,
  }),
  max_tokens: fc.integer({ min: 1, max: 10_000 }),
  stop: fc.array(word, { maxLength: 4 }),
  stream: fc.boolean(),
});

type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

function chatOf(asked: Asked): JsonObject {
  const messages = asked.exchanges.flatMap((one, index) => {
    const ids = one.calls.map((_, at) => `call_${index}_${at}`);
    const calls = one.calls.map((call, at) => ({
      id: ids[at],
      type: "function",
      function: { name: call.name, arguments: JSON.stringify(call.given) },
    }));
    const results = one.calls.map((call, at) => ({
      role: "tool",
      tool_call_id: ids[at],
      content: call.result,
    }));
    const turn = {
      role: "assistant",
      content: one.said,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    return [
      { role: "user", content: one.asked },
      ...(one.said === "" && calls.length === 0 ? [] : [turn]),
      ...results,
    ];
  });
  const { system, max_tokens, stop, stream } = asked;
  return wire({
    model: "m",
    messages: [
      ...(system === null ? [] : [{ role: "system", content: system }]),
      ...messages,
      { role: "user", content: asked.asked },
    ],
    tools: asked.tools.map((tool) => ({
      type: "function",
      function: { ...tool, parameters: { type: "object", properties: {} } },
    })),
    max_tokens,
    stop,
    stream,
  });
}

/** What one conversation says, whichever way its protocol cuts it into messages. */
function said({ messages, tools, wishes, isStream }: Conversation) {
  const items = messages.flatMap(({ role, items: own }) => own.map((item) => [role, item] as const));
  const { maxTokens, stop = [] } = wishes;
  return {
    texts: (["system", "user", "assistant"] as const).map((role) =>
      textOf(items.flatMap(([of, item]) => (of === role ? [item] : []))),
    ),
    calls: items.flatMap(([, item]) => (item.kind === "call" ? [[item.name, item.arguments]] : [])),
    results: items.flatMap(([, item]) => (item.kind === "result" ? [[item.callId, textOf(item.items)]] : [])),
    ids: items.flatMap(([, item]: readonly [string, Item]) => (item.kind === "call" ? [item.id] : [])),
    tools,
    maxTokens,
    stop,
    isStream,
  };
}

describe.each(["anthropic-messages", "ollama-chat"] as const)("from OpenAI's chats to %s and back", (to) => {
  test("nothing that matters changes", () => {
    fc.assert(
      fc.property(request, (asked) => {
        const read = faceOf("openai-chat").readRequest(chatOf(asked));
        const there = faceOf(to).readRequest(translate(read, to, "m").body);
        const back = faceOf("openai-chat").readRequest(translate(there, "openai-chat", "m").body);
        const first = said(readConversation(read, "openai-chat", "ollama-chat", createNotes()).conversation);
        const middle = said(readConversation(there, to, "ollama-chat", createNotes()).conversation);
        const last = said(readConversation(back, "openai-chat", "ollama-chat", createNotes()).conversation);
        expect(middle).toEqual(first);
        expect(last).toEqual(first);
      }),
      { numRuns: 150 },
    );
  });
});
