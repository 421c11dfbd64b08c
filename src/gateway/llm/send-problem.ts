import type { Face, Problem } from "#llm";
import type { Reply } from "./reply.ts";

/** Told to the SDKs of OpenAI and Anthropic: what Doorward refused is not answered otherwise a second later. */
const NO_RETRY = { "x-should-retry": "false" };

/** An error in the words of the client's protocol. Does nothing where an answer has begun. */
export function sendProblem(
  reply: Reply,
  face: Pick<Face, "problem">,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.head({ ...NO_RETRY, ...headers });
  reply.json(problem.status, face.problem(problem));
}
