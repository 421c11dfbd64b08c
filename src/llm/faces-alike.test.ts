import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import {
  BODY as MESSAGES,
  callBlock,
  START as MESSAGE,
  stopEvents,
} from "../../tests/samples/anthropic-client.ts";
import {
  BODY as RESPONSES,
  callEvents,
  completed,
  call as callItem,
  START as RESPONSE,
} from "../../tests/samples/responses-client.ts";
import { chunk, DONE } from "../../tests/samples/chat-chunks.ts";
import { faceOf } from "./faces.ts";
import type { Protocol } from "./protocol.ts";
import { callsOf, type Turn } from "./turn.ts";

// The same situation, whichever protocol the upstream speaks: the same is made of it.

interface Call {
  readonly id: string;
  readonly name: string;
}

/** How each protocol streams calls, and how it says them in one answer. */
interface Form {
  readonly body: JsonObject;
  readonly stream: (calls: readonly Call[]) => string;
  readonly whole: (calls: readonly Call[]) => JsonObject;
}

const CHAT: JsonObject = { model: "m", messages: [{ role: "user", content: "x" }] };
const tools = (calls: readonly Call[]): JsonObject[] =>
  calls.map(({ id, name }, index) => ({ index, id, type: "function", function: { name, arguments: "{}" } }));
const ollamaCalls = (calls: readonly Call[]): JsonObject => ({
  model: "m",
  message: {
    role: "assistant",
    content: "",
    tool_calls: calls.map(({ id, name }) => ({ id, function: { name, arguments: {} } })),
  },
  done: true,
  done_reason: "stop",
});
const item = ({ id, name }: Call): JsonObject => callItem(id, name, "{}");

const FORMS: readonly (readonly [Protocol, Form])[] = [
  [
    "openai-chat",
    {
      body: CHAT,
      stream: (calls) => chunk({ tool_calls: tools(calls) }) + chunk({}, "tool_calls") + DONE,
      whole: (calls) => ({
        id: "x",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: null, tool_calls: tools(calls) },
            finish_reason: "tool_calls",
          },
        ],
      }),
    },
  ],
  [
    "anthropic-messages",
    {
      body: MESSAGES,
      stream: (calls) =>
        MESSAGE +
        calls.map(({ id, name }, at) => callBlock(at, id, name, "{}")).join("") +
        stopEvents("tool_use"),
      whole: (calls) => ({
        type: "message",
        content: calls.map(({ id, name }) => ({ type: "tool_use", id, name, input: {} })),
        stop_reason: "tool_use",
      }),
    },
  ],
  [
    "openai-responses",
    {
      body: RESPONSES,
      stream: (calls) =>
        RESPONSE +
        calls.map(({ id, name }, at) => callEvents(at, id, name, "{}")).join("") +
        completed(...calls.map(item)),
      whole: (calls) => ({ id: "x", status: "completed", output: calls.map(item) }),
    },
  ],
  [
    "ollama-chat",
    {
      body: CHAT,
      stream: (calls) => `${JSON.stringify(ollamaCalls(calls))}\n`,
      whole: ollamaCalls,
    },
  ],
];

function streamed(protocol: Protocol, { body, stream }: Form, calls: readonly Call[]): Turn {
  const face = faceOf(protocol);
  const reader = face.createReader(face.readRequest(body));
  reader.push(Buffer.from(stream(calls)));
  reader.end();
  return reader.turn();
}

describe.each(FORMS)("%s", (protocol, form) => {
  const TWO = [
    { id: "call_a", name: "f" },
    { id: "call_b", name: "g" },
  ];
  const both = [
    ["streamed", (calls: readonly Call[]) => streamed(protocol, form, calls)],
    ["whole", (calls: readonly Call[]) => faceOf(protocol).readAnswer(form.whole(calls))],
  ] as const;

  test.each(both)("two calls, %s", (_how, read) => {
    const turn = read(TWO);
    expect(callsOf(turn)).toEqual(TWO.map((one) => ({ ...one, arguments: "{}", kind: "function" })));
    expect(turn.finish).toBe("calls");
  });

  test.each(both)("two calls of one id are malformed, %s", (_how, read) => {
    expect(() => read(TWO.map((one) => ({ ...one, id: "call_a" })))).toThrow("the same id");
  });

  test.each(both)("a call without a name is malformed, %s", (_how, read) => {
    expect(() => read([{ id: "call_a", name: "" }])).toThrow(
      expect.objectContaining({ code: "answer_malformed" }),
    );
  });

  test.each(both)("a call without an id has one that Doorward made, or is malformed, %s", (_how, read) => {
    // Clients of the two protocols on the left answer by it; Ollama's and the older of OpenAI's get along without.
    const isMade = protocol === "openai-chat" || protocol === "ollama-chat";
    const idOf = (): string => {
      try {
        return callsOf(read([{ id: "", name: "f" }]))[0]?.id ?? "";
      } catch {
        return "malformed";
      }
    };
    expect(idOf()).toMatch(isMade ? /^call_.+/ : /^malformed$/);
  });

  test.each(both)("nothing at all is an empty turn, %s", (_how, read) => {
    expect(callsOf(read([]))).toEqual([]);
    expect(read([]).finish).toBe("stop");
  });

  test("nothing written is nothing sent, but for what must begin", () => {
    const writer = faceOf(protocol).createWriter({
      id: "x",
      model: "m",
      createdAt: 1,
      isUsageWanted: false,
      mark: {},
    });
    expect(writer.text("")).not.toContain("delta");
    expect(writer.text("a")).toContain("a");
    expect(writer.text("")).toBe("");
  });

  test("a stream that stops before its end is cut, not whole", () => {
    const face = faceOf(protocol);
    const bytes = Buffer.from(form.stream(TWO));
    for (const cut of [1, Math.floor(bytes.length / 2), bytes.length - 30]) {
      const reader = face.createReader(face.readRequest(form.body));
      reader.push(bytes.subarray(0, cut));
      expect(() => reader.end()).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/answer_(cut|malformed)/) as string }),
      );
    }
  });
});
