import type { Face } from "../face.ts";
import { openaiProblem } from "../openai/problem.ts";
import { createReader } from "./reader.ts";
import { forwarded, readRequest } from "./request.ts";
import { readAnswer, refuseCalls, whole } from "./whole.ts";
import { createWriter } from "./writer.ts";

/** POST /v1/responses, as npm `openai` 7.57.0 types it. */
export const openaiResponses: Face = {
  protocol: "openai-responses",
  task: "generate",
  streamType: "text/event-stream",
  readRequest,
  forwarded,
  readAnswer,
  createReader,
  createWriter,
  whole,
  refuseCalls,
  problem: openaiProblem,
};
