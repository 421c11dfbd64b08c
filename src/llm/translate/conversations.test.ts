import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { CHAT, MESSAGES, OLLAMA, SOURCES } from "../../../tests/samples/conversations.ts";
import { refusalOf, through } from "../../../tests/samples/translated.ts";
import type { Protocol } from "../protocol.ts";

/** Sources and targets of which neither is the other. */
function others(to: Protocol) {
  return SOURCES.filter(([from]) => from !== to);
}

/** Ollama's calls have no ids; those made for them get the names that the other samples use. */
function named(body: JsonObject): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(body).replaceAll(/call_[0-9a-f]{24}/g, (id) => {
    ids.set(id, ids.get(id) ?? `call_${ids.size + 1}`);
    return ids.get(id) ?? "";
  });
  return JSON.parse(text);
}

const CHAT_STOP = { stop: ["END"] };

/** Responses know no stop texts, so theirs has none. */
function withoutStop<T extends object>(from: Protocol, body: T): T {
  if (from !== "openai-responses") return body;
  return JSON.parse(JSON.stringify(body, (name, value) => (name.startsWith("stop") ? undefined : value)));
}

test.each(others("openai-chat"))("the conversation from %s becomes an OpenAI chat", (from, body) => {
  const expected: ChatCompletionCreateParams = {
    ...CHAT,
    ...CHAT_STOP,
    model: "theirs",
    messages: CHAT.messages.map((message) => (message.role === "assistant" ? spelt(message) : message)),
    stream: true,
    stream_options: { include_usage: true },
  };
  expect(named(through(from, body, "openai-chat").body)).toEqual(withoutStop(from, expected));
});

/** No arguments are an empty object, once they have been read. */
function spelt<T extends object>(message: T): T {
  return JSON.parse(JSON.stringify(message).replaceAll('"arguments":""', '"arguments":"{}"'));
}

test.each(others("anthropic-messages"))(
  "the conversation from %s becomes Anthropic's messages",
  (from, body) => {
    const expected = { ...MESSAGES, model: "theirs" };
    expect(named(through(from, body, "anthropic-messages").body)).toEqual(withoutStop(from, expected));
  },
);

test.each(others("ollama-chat"))("the conversation from %s becomes an Ollama chat", (from, body) => {
  const { body: made } = through(from, body, "ollama-chat");
  expect(made).toMatchObject(withoutStop(from, { ...OLLAMA, model: "theirs" }));
});

const PAIRS = (["openai-chat", "anthropic-messages", "ollama-chat"] as const).flatMap((to) =>
  others(to).map(([from, body]) => [from, to, body] as const),
);

describe.each(PAIRS)("from %s to %s", (from, to, body) => {
  test("what matters is read from it again", () => {
    const { request, read } = through(from, body, to);
    expect(read.tools).toEqual(request.tools);
    expect(read.isStream).toBe(request.isStream);
    expect(read.outputTokensMax).toBe(request.outputTokensMax);
    expect(read.lastAssistantText).toBe(request.lastAssistantText);
    expect(read.fetches).toEqual(request.fetches);
    expect(read.model).toBe("theirs");
  });
});

test.each(SOURCES)("a conversation from %s is no plain completion", (from, body) => {
  expect(refusalOf(from, body, "openai-completions")).not.toBe("");
  expect(refusalOf(from, body, "ollama-generate")).not.toBe("");
});
