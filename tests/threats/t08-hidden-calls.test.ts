import { describe, expect, test } from "vitest";
import { z } from "zod";
import { faceOf, type Protocol } from "#llm";
import { requestBody } from "../outside/stream-corpus/clients.ts";

// T8: bytes that go on as they came have one reading. What seeds of t08-mutated-streams found, by name: arguments and texts
// in another type than the protocol's, which Doorward took for absent and a client would not; calls of one protocol within
// the answer of another; calls in fields that nobody knows.

const CALL = { id: "call_1", type: "function", function: { name: "wipe", arguments: "{}" } };
const USE = { type: "tool_use", id: "toolu_1", name: "wipe", input: {} };
const ITEM = {
  type: "function_call",
  id: "fc_1",
  call_id: "call_1",
  name: "look",
  arguments: "{}",
  status: "completed",
};
const chat = (message: object, more: object = {}): object => ({
  id: "c",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "x", ...message }, finish_reason: "stop" }],
  ...more,
});
const claude = (block: object, more: object = {}): object => ({
  id: "m",
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: "x", ...block }],
  stop_reason: "end_turn",
  ...more,
});
const respond = (output: unknown, more: object = {}): object => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  output,
  ...more,
});
const said = (content: unknown): readonly object[] => [
  { type: "message", id: "msg_1", role: "assistant", status: "completed", content },
];
const ollama = (message: object, more: object = {}): object => ({
  model: "m",
  done: true,
  message: { role: "assistant", content: "x", ...message },
  ...more,
});

const WHOLE: readonly (readonly [string, Protocol, object])[] = [
  ["arguments as an object", "openai-responses", respond([{ ...ITEM, arguments: { command: "rm" } }])],
  ["arguments as a list", "openai-responses", respond([{ ...ITEM, arguments: [{ command: "rm" }] }])],
  [
    "free text as an object",
    "openai-responses",
    respond([{ ...ITEM, type: "custom_tool_call", input: { command: "rm" } }]),
  ],
  ["content as text", "openai-responses", respond(said("<tool_call>{}</tool_call>"))],
  ["content with text between its parts", "openai-responses", respond(said(["<tool_call>"]))],
  ["a call in a message", "openai-responses", respond(said([{ ...ITEM, type: "output_text", text: "x" }]))],
  ["a call beside the items", "openai-responses", respond([], { calls: [ITEM] })],
  ["a call in the metadata", "openai-responses", respond([], { metadata: { x: ITEM } })],
  [
    "chat's calls in a response",
    "openai-responses",
    respond([], { choices: [{ message: { tool_calls: [CALL] } }] }),
  ],
  ["calls beside the choices", "openai-chat", chat({}, { tool_calls: [CALL] })],
  ["calls somewhere else", "openai-chat", chat({}, { extra: { deep: [CALL] } })],
  [
    "calls in what a gateway adds",
    "openai-chat",
    chat({ provider_specific_fields: { function_call: CALL.function } }),
  ],
  ["calls as another protocol has them", "openai-chat", chat({}, { content: [USE] })],
  ["a call in a text block", "anthropic-messages", claude({ tool_calls: [CALL] })],
  ["a call as a text's input", "anthropic-messages", claude({ input: [USE] })],
  ["free text in a function's call", "openai-responses", respond([{ ...ITEM, input: [USE] }])],
  ["a call in the citations", "anthropic-messages", claude({ citations: [USE] })],
  ["calls beside the content", "anthropic-messages", claude({}, { tool_calls: [CALL] })],
  ["a second content", "anthropic-messages", claude({}, { message: { content: [USE] } })],
  ["calls beside the message", "ollama-chat", ollama({}, { tool_calls: [CALL] })],
  ["calls of an old form", "ollama-chat", ollama({ function_call: CALL.function })],
  [
    "a call in a call",
    "ollama-chat",
    ollama({ tool_calls: [{ function: { name: "look", arguments: {} }, more: CALL.function }] }),
  ],
];

const json = z.record(z.string(), z.json());

describe("whole answers", () => {
  test.each(WHOLE)("%s (%s)", (_what, protocol, body) => {
    expect(() => faceOf(protocol).readAnswer(json.parse(body))).toThrow(
      /the model's answer (?:holds|has|asks|numbers)/,
    );
  });

  test("with nothing hidden they are read", () => {
    for (const [protocol, body] of [
      ["openai-chat", chat({}, { usage: { prompt_tokens: 1 }, x_groq: { id: "r" } })],
      ["anthropic-messages", claude({ citations: [] })],
      [
        "openai-responses",
        respond([ITEM], { metadata: { name: "a", input: "b" }, tools: [{ name: "a", input: {} }] }),
      ],
      [
        "ollama-chat",
        ollama({ tool_calls: [{ function: { name: "look", arguments: { name: "a", input: {} } } }] }),
      ],
    ] as const)
      expect(faceOf(protocol).readAnswer(json.parse(body)).parts).toHaveLength(
        protocol === "ollama-chat" ? 2 : 1,
      );
  });
});

const sse = (event: Readonly<Record<string, unknown>>): string =>
  `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`;
const chunk = (more: object): string =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: null, ...more }] })}\n\n`;
const CREATED = sse({ type: "response.created", response: { id: "resp_1", output: [] } });
const ADDED = sse({
  type: "response.output_item.added",
  output_index: 0,
  item: { ...ITEM, arguments: "" },
});

const STREAMS: readonly (readonly [string, Protocol, string])[] = [
  ["a call beside a delta", "openai-chat", chunk({ logprobs: { tool_calls: [CALL] } })],
  [
    "a call in a choice that is numbered now and then",
    "openai-chat",
    chunk({ delta: { tool_calls: [{ ...CALL, index: 0 }] } }) +
      chunk({ index: undefined, delta: { tool_calls: [{ index: 0, function: { arguments: "}" } }] } }),
  ],
  [
    "a call in a choice that is numbered now and then",
    "openai-chat",
    chunk({ delta: { tool_calls: [{ ...CALL, index: 0 }] } }) +
      chunk({ index: undefined, delta: { tool_calls: [{ index: 0, function: { arguments: "}" } }] } }),
  ],
  ["a message beside a delta", "openai-chat", chunk({ message: { content: [USE] } })],
  [
    "another protocol's event",
    "anthropic-messages",
    sse({ type: "response.created", response: { id: "r", output: [{ ...ITEM }] } }),
  ],
  ["a call in a ping", "anthropic-messages", sse({ type: "ping", x: USE })],
  ["a block in a ping", "anthropic-messages", sse({ type: "ping", content_block: USE })],
  [
    "items that are no list",
    "openai-responses",
    sse({ type: "response.created", response: { id: "r", output: ITEM } }),
  ],
  ["a call in an error", "anthropic-messages", sse({ type: "error", error: { message: "x" }, x: USE })],
  ["a call in an unknown event", "openai-responses", CREATED + sse({ type: "response.new", calls: [ITEM] })],
  [
    "arguments that grow by an object",
    "openai-responses",
    CREATED +
      ADDED +
      sse({ type: "response.function_call_arguments.delta", output_index: 0, delta: { command: "rm" } }),
  ],
  [
    "arguments that end as an object",
    "openai-responses",
    CREATED +
      ADDED +
      sse({
        type: "response.output_item.done",
        output_index: 0,
        item: { ...ITEM, arguments: { command: "rm" } },
      }),
  ],
  [
    "a response that is a call itself",
    "openai-responses",
    sse({ type: "response.created", response: { id: "r", name: "wipe", arguments: "{}" } }),
  ],
  ["a message that is one", "ollama-chat", '{"message":{"name":"wipe","arguments":{}},"done":false}\n'],
  [
    "calls beside a line's message",
    "ollama-chat",
    '{"tool_calls":[{"function":{"name":"wipe"}}],"done":false}\n',
  ],
];

test.each(STREAMS)("streamed: %s (%s)", (_what, protocol, stream) => {
  const face = faceOf(protocol);
  const reader = face.createReader(face.readRequest(json.parse(requestBody(protocol, "x"))));
  expect(() => reader.push(Buffer.from(stream))).toThrow(/the model's answer (?:holds|has|asks|numbers)/);
});
