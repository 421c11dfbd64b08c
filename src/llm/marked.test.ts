import { describe, expect, test } from "vitest";
import { FULL as MESSAGE, REQUEST as MESSAGES, sdkMessage } from "../../tests/samples/anthropic-client.ts";
import { LINES, USER } from "../../tests/samples/ollama.ts";
import { accumulated } from "../../tests/samples/openai-client.ts";
import { FULL as RESPONSE, REQUEST as RESPONSES, sdkResponse } from "../../tests/samples/responses-client.ts";
import { chunk, DONE } from "../../tests/samples/chat-chunks.ts";
import type { Piece } from "./face.ts";
import { faceOf } from "./faces.ts";
import { marked } from "./marked.ts";
import type { Protocol } from "./protocol.ts";
import type { ModelRequest } from "./request.ts";

const MARK = { doorward: { marks: ["ai-generated"], action: "act_1" } };
const request = (protocol: Protocol): ModelRequest =>
  faceOf(protocol).readRequest({ model: "m", messages: [...USER] });
const CHAT = `: keep-alive\n\n${chunk({ role: "assistant", content: "" })}${chunk({ content: "Hi" })}${chunk({}, "stop")}${DONE}`;

const STREAMS: readonly (readonly [Protocol, ModelRequest, string])[] = [
  ["openai-chat", request("openai-chat"), CHAT],
  ["anthropic-messages", MESSAGES, MESSAGE],
  ["openai-responses", RESPONSES, RESPONSE],
  ["ollama-chat", request("ollama-chat"), LINES.map((line) => `${JSON.stringify(line)}\n`).join("")],
];

function withMark(protocol: Protocol, asked: ModelRequest, stream: string): readonly Piece[] {
  const pieces = faceOf(protocol).createReader(asked).push(Buffer.from(stream));
  const at = pieces.findIndex((piece) => marked(piece, MARK) !== null);
  return pieces.map((piece, index) => (index === at ? (marked(piece, MARK) ?? piece) : piece));
}

const bytesOf = (pieces: readonly Piece[]): string =>
  Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("utf8");

test.each(STREAMS)("%s: one event has the mark, and every other is as it came", (protocol, asked, stream) => {
  const text = bytesOf(withMark(protocol, asked, stream));
  expect(text.split(JSON.stringify(MARK).slice(1, -1)).length).toBe(2);
  const lines = stream.split("\n");
  const changed = text.split("\n").filter((line, at) => line !== lines[at]);
  expect(changed.length).toBe(1);
});

describe("the official clients find it where they look for what is true of the answer", () => {
  test("OpenAI's chunks", async () => {
    const text = bytesOf(withMark("openai-chat", request("openai-chat"), CHAT));
    expect(text.indexOf("ai-generated")).toBeLessThan(text.indexOf('"Hi"'));
    expect((await accumulated([Buffer.from(text)])).choices[0]?.message.content).toBe("Hi");
  });

  test("Anthropic's message", async () => {
    const text = bytesOf(withMark("anthropic-messages", MESSAGES, MESSAGE));
    expect(await sdkMessage(text)).toMatchObject(MARK);
    expect({ ...(await sdkMessage(text)), doorward: 0 }).toEqual({
      ...(await sdkMessage(MESSAGE)),
      doorward: 0,
    });
  });

  test("OpenAI's response", async () => {
    const text = bytesOf(withMark("openai-responses", RESPONSES, RESPONSE));
    expect((await sdkResponse(text)).output).toEqual((await sdkResponse(RESPONSE)).output);
    expect(text.indexOf("ai-generated")).toBeLessThan(text.indexOf("response.in_progress"));
  });
});
