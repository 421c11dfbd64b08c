import { Fault } from "#base";
import { faceOf, findTextCalls, type Part, replaceSpans, type Turn } from "#llm";
import type { Identity } from "#vocabulary";
import { responseUnknown } from "./flow.ts";
import { markedHeaders, markOf } from "./marking.ts";
import type { LlmOutside } from "./own.ts";
import type { Reply } from "./reply.ts";

/**
 * `GET` and `DELETE /v1/responses/<id>`, from our own store: only the session that a response was made in knows it. Calls
 * are not told again: what is kept is the model's turn, and whether each was released was decided once, for the answer
 * itself. Throws `response_unknown`.
 */
export function answerResponse(
  own: LlmOutside,
  { reply, identity }: { readonly reply: Reply; readonly identity: Identity },
  { method, id }: { readonly method: string | undefined; readonly id: string },
): void {
  if (method !== "GET" && method !== "DELETE") throw noSuchMethod();
  const kept = own.turns.response(identity, id);
  if (kept === null) throw responseUnknown(id);
  if (method === "DELETE") {
    own.turns.forgetResponse(identity, id);
    return reply.json(200, { id, object: "response", deleted: true });
  }
  const head = {
    id,
    model: kept.model,
    createdAt: Math.floor(kept.createdAt / 1_000),
    isUsageWanted: true,
    mark: markOf(kept),
  };
  reply.head(markedHeaders(kept));
  const turn = withoutCalls(own, identity, kept.turn);
  reply.json(200, faceOf("openai-responses").whole(turn, head));
}

const CALL = "(A tool call stood here. Calls are given once, with the answer itself, when they are decided.)";

function withoutCalls(own: LlmOutside, identity: Identity, turn: Turn): Turn {
  // All the text at once: a call may go on from part to part.
  const said = turn.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
  const spans = findTextCalls(said, own.dialects(identity)).map((span) => ({ ...span, text: CALL }));
  const isInText = spans.length > 0;
  const rest = turn.parts.flatMap((part): Part[] => {
    if (part.kind === "call") return [{ kind: "text", text: CALL }];
    return isInText && part.kind === "text" ? [] : [part];
  });
  const parts: Part[] = isInText ? [{ kind: "text", text: replaceSpans(said, spans) }, ...rest] : rest;
  return { ...turn, parts, finish: turn.finish === "calls" ? "stop" : turn.finish };
}

function noSuchMethod(): Fault {
  return new Fault(
    "method_not_allowed",
    "a response is read with GET and forgotten with DELETE",
    "Responses are made with POST /v1/responses; one that is under way is stopped by closing its connection.",
  );
}
