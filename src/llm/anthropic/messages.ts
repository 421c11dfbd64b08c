import type { Face } from "../face.ts";
import { problem } from "./problem.ts";
import { createReader } from "./reader.ts";
import { readRequest } from "./request.ts";
import { readAnswer, refuseCalls, whole } from "./whole.ts";
import { createWriter } from "./writer.ts";

/** POST /v1/messages, version 2023-06-01, as @anthropic-ai/sdk 1.12.0 types it. */
export const anthropicMessages: Face = {
  protocol: "anthropic-messages",
  task: "generate",
  streamType: "text/event-stream",
  readRequest,
  forwarded: (request, { model }) => ({ ...request.body, model }),
  readAnswer,
  createReader,
  createWriter,
  whole,
  refuseCalls,
  problem,
};
