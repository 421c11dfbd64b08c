import type { Recording } from "./corpus.ts";

// Anthropic's Messages as platform.claude.com/docs/build-with-claude/streaming shows them: text, tools, thinking, pings.

const event = (data: string): string => {
  const { type } = JSON.parse(data) as { type: string };
  return `event: ${type}\ndata: ${data}\n\n`;
};
const SOURCE =
  "platform.claude.com/docs/build-with-claude/streaming; resources/messages/messages.d.ts of @anthropic-ai/sdk 1.12.0";
const START = event(
  `{"type":"message_start","message":{"id":"msg_014p7gG3wDgGV9EUtLvnow3U","type":"message","role":"assistant","model":"claude","stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":2},"content":[],"stop_reason":null}}`,
);
const PING = event(`{"type": "ping"}`);
const stop = (index: number): string => event(`{"type":"content_block_stop","index":${index}}`);
const end = (reason: string): string =>
  event(
    `{"type":"message_delta","delta":{"stop_reason":"${reason}","stop_sequence":null},"usage":{"output_tokens":15}}`,
  ) + event(`{"type":"message_stop"}`);
const text = (index: number, ...pieces: readonly string[]): string =>
  event(`{"type":"content_block_start","index":${index},"content_block":{"type":"text","text":""}}`) +
  pieces
    .map((piece) =>
      event(
        `{"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(piece)}}}`,
      ),
    )
    .join("") +
  stop(index);
const tool = (index: number, name: string, ...pieces: readonly string[]): string =>
  event(
    `{"type":"content_block_start","index":${index},"content_block":{"type":"tool_use","id":"toolu_0${index}","name":"${name}","input":{}}}`,
  ) +
  pieces
    .map((piece) =>
      event(
        `{"type":"content_block_delta","index":${index},"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(piece)}}}`,
      ),
    )
    .join("") +
  stop(index);

export const ANTHROPIC: readonly Recording[] = [
  {
    name: "Anthropic, text with pings",
    protocol: "anthropic-messages",
    source: SOURCE,
    stream: START + PING + text(0, "Hello", "!", " 🤝 ü") + PING + end("end_turn"),
    text: "Hello! 🤝 ü",
    calls: [],
  },
  {
    name: "Anthropic, text, then two tools",
    protocol: "anthropic-messages",
    source: SOURCE,
    stream:
      START +
      text(0, "Okay", ", let me look.") +
      tool(1, "weather", "", `{"city":`, ` "San Fra`, `ncisco, CA"}`) +
      PING +
      tool(2, "clock", "", "{}") +
      end("tool_use"),
    text: "Okay, let me look.",
    calls: ["weather", "clock"],
  },
  {
    name: "Anthropic, thinking with its signature",
    protocol: "anthropic-messages",
    source: SOURCE,
    stream:
      START +
      event(
        `{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
      ) +
      event(
        `{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"1. 27 * 453"}}`,
      ) +
      event(
        `{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3h"}}`,
      ) +
      stop(0) +
      text(1, "12,231") +
      end("end_turn"),
    text: "12,231",
    calls: [],
  },
  {
    name: "Anthropic's protocol with CRLF and comments",
    protocol: "anthropic-messages",
    source: `${SOURCE}; line ends and comments: HTML Living Standard 9.2.5`,
    stream: `: hello\r\n\r\n${(START + tool(0, "weather", `{"city":"Å"}`) + end("tool_use")).replaceAll("\n", "\r\n")}`,
    text: "",
    calls: ["weather"],
  },
];
