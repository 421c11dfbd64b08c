import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { added, call, event, messageEvents, REQUEST, START } from "../../tests/samples/responses-client.ts";
import { chunk } from "../../tests/samples/chat-chunks.ts";
import type { Piece } from "./face.ts";
import { faceOf } from "./faces.ts";
import { asksForTokens, withoutHiddenTokens } from "./logprobs.ts";
import type { Protocol } from "./protocol.ts";
import type { ModelRequest } from "./request.ts";

const token = (text: string): JsonObject => ({
  token: text,
  logprob: -0.1,
  bytes: [...Buffer.from(text)],
  top_logprobs: [{ token: text, logprob: -0.1, bytes: null }],
});
const SECRET = "rm -rf /";

const ollama = (message: JsonObject, logprobs: readonly JsonObject[]): string =>
  `${JSON.stringify({ model: "m", created_at: "2026-01-01T00:00:00Z", message: { role: "assistant", ...message }, done: false, logprobs })}\n`;
const said = (delta: object, content: readonly JsonObject[]): string =>
  chunk(delta).replace('"logprobs":null', `"logprobs":${JSON.stringify({ content, refusal: null })}`);
const responses = (delta: string, logprobs: readonly JsonObject[]): string =>
  event("response.output_text.delta", { output_index: 0, item_id: "m", content_index: 0, delta, logprobs });

const message: JsonObject = {
  id: "m",
  type: "message",
  role: "assistant",
  status: "in_progress",
  content: [],
};
const ollamaRequest = faceOf("ollama-chat").readRequest({
  model: "m",
  messages: [{ role: "user", content: "x" }],
});
const chatRequest = faceOf("openai-chat").readRequest({
  model: "m",
  messages: [{ role: "user", content: "x" }],
});

/** What each runtime sends before it sends the call: text with its tokens, then tokens of what it holds back. */
const STREAMS: readonly (readonly [Protocol, ModelRequest, readonly string[]])[] = [
  [
    "openai-chat",
    chatRequest,
    [
      said({ role: "assistant", reasoning_content: "Hm", content: "Now" }, [token("Hm"), token("Now")]),
      said({ content: "" }, [token("<tool_call>"), token(SECRET)]),
      said({ content: "." }, [token(SECRET), token(".")]),
    ],
  ],
  [
    "ollama-chat",
    ollamaRequest,
    [
      ollama({ content: "Now", thinking: "Hm" }, [token("Hm"), token("Now")]),
      ollama({ content: "" }, [token("<tool_call>"), token(SECRET)]),
      ollama({ content: "." }, [token(SECRET), token(".")]),
    ],
  ],
  [
    "openai-responses",
    REQUEST,
    [
      START + added(0, message) + responses("Now", [token("Now")]),
      responses("", [token("<tool_call>"), token(SECRET)]),
      responses(".", [token(SECRET), token(".")]),
    ],
  ],
];

function piecesOf(protocol: Protocol, request: ModelRequest, events: readonly string[]): readonly Piece[] {
  const reader = faceOf(protocol).createReader(request);
  return events.flatMap((text) => [...reader.push(Buffer.from(text))]);
}

const bytesOf = (pieces: readonly Piece[]): string =>
  Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("utf8");

describe.each(STREAMS)("%s", (protocol, request, events) => {
  const pieces = piecesOf(protocol, request, events);
  const quiet = pieces.map(withoutHiddenTokens);

  test("tokens of what is held back are not told, in text or in bytes", () => {
    const text = bytesOf(quiet);
    expect(bytesOf(pieces)).toContain(SECRET);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(JSON.stringify([...Buffer.from(SECRET)]));
  });

  test("tokens of what is told stay, and every event that has no others is as it came", () => {
    expect(quiet.filter((piece, at) => piece !== pieces[at]).length).toBe(2);
    expect(bytesOf(quiet)).toContain(JSON.stringify(token("Now")));
    // What is left says the same as before to whoever reads it.
    const again = piecesOf(protocol, request, [bytesOf(quiet)]);
    expect(again.flatMap(({ deltas }) => deltas)).toEqual(pieces.flatMap(({ deltas }) => deltas));
  });
});

test("tokens beside a text that is told again stay where they are its own", () => {
  const logprobs = [token("He"), token("llo")];
  const at = { output_index: 0, item_id: "m", content_index: 0 };
  const events = [
    START,
    messageEvents(0, "m", "Hello").replace(
      '"text":"Hello","logprobs":[]',
      `"text":"Hello","logprobs":${JSON.stringify(logprobs)}`,
    ),
  ];
  const pieces = piecesOf("openai-responses", REQUEST, events);
  expect(bytesOf(pieces)).toContain('"llo"');
  expect(pieces.map(withoutHiddenTokens)).toEqual(pieces);
  const lie = event("response.output_text.done", { ...at, text: "Hello", logprobs: [token(SECRET)] });
  const open = piecesOf("openai-responses", REQUEST, [
    START + added(0, message) + responses("Hello", []) + lie,
  ]);
  expect(bytesOf(open.map(withoutHiddenTokens))).not.toContain(SECRET);
});

test.each([
  ["bytes that spell more than their token", [{ ...token("Now"), bytes: [...Buffer.from(SECRET)] }]],
  ["a list of another form", { tokens: [SECRET] }],
  ["text for a token", [SECRET]],
])("%s are not told", (_name, logprobs) => {
  const line = ollama({ content: "Now" }, []).replace(
    '"logprobs":[]',
    `"logprobs":${JSON.stringify(logprobs)}`,
  );
  const [piece] = piecesOf("ollama-chat", ollamaRequest, [line]);
  const quiet = piece === undefined ? "" : bytesOf([withoutHiddenTokens(piece)]);
  expect(quiet).not.toContain(SECRET);
  expect(quiet).not.toContain(JSON.stringify([...Buffer.from(SECRET)]));
});

test("it matters where tokens are asked for and tools are there", () => {
  const tools = [{ name: "t", description: "", inputSchema: null }];
  expect(asksForTokens({ body: { logprobs: true }, tools })).toBe(true);
  expect(asksForTokens({ body: { top_logprobs: 2 }, tools })).toBe(true);
  expect(asksForTokens({ body: { include: ["message.output_text.logprobs"] }, tools })).toBe(true);
  expect(asksForTokens({ body: { logprobs: false, top_logprobs: 0, include: [] }, tools })).toBe(false);
  expect(asksForTokens({ body: { logprobs: true }, tools: [] })).toBe(false);
});

test("whole answers lose them with the call that is refused", () => {
  const refused = new Map([[0, "No."]]);
  const tools = [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }];
  const body = (logprobs: JsonObject): JsonObject => ({
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Now", tool_calls: tools },
        logprobs,
        finish_reason: "x",
      },
    ],
  });
  const chat = faceOf("openai-chat").refuseCalls(body({ content: [token("Now"), token(SECRET)] }), refused);
  expect(JSON.stringify(chat)).not.toContain(SECRET);
  const part = { type: "output_text", text: "Now", annotations: [], logprobs: [token(SECRET)] };
  const output = [{ ...message, content: [part] }, call("a", "f", "{}")];
  expect(JSON.stringify(faceOf("openai-responses").refuseCalls({ id: "r", output }, refused))).not.toContain(
    SECRET,
  );
  const lines = {
    message: { role: "assistant", content: "Now", tool_calls: tools },
    done: true,
    logprobs: [token(SECRET)],
  };
  expect(JSON.stringify(faceOf("ollama-chat").refuseCalls(lines, refused))).not.toContain(SECRET);
});
