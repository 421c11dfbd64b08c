import type { Face } from "../face.ts";
import { readChatAnswer, refuseChatCalls, wholeChat } from "./chat-answer.ts";
import { CHAT_TEXT, createEventStreamReader, readChatChunk } from "./chat-reader.ts";
import { forwardedBody, readChatRequest } from "./chat-request.ts";
import { createChatWriter } from "./chat-writer.ts";
import { openaiProblem } from "./problem.ts";

/** OpenAI's chat completions, as OpenAI and the local runtimes speak them. */
export const openaiChat: Face = {
  protocol: "openai-chat",
  task: "generate",
  streamType: "text/event-stream",
  readRequest: readChatRequest,
  forwarded: forwardedBody,
  readAnswer: readChatAnswer,
  createReader: () => createEventStreamReader(readChatChunk, CHAT_TEXT),
  createWriter: createChatWriter,
  whole: wholeChat,
  refuseCalls: refuseChatCalls,
  problem: openaiProblem,
};
