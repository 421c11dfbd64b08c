import { Fault } from "#base";
import { faceOf } from "#llm";
import type { Identity } from "#vocabulary";
import { responseUnknown } from "./flow.ts";
import type { LlmOutside } from "./own.ts";
import type { Reply } from "./reply.ts";

/**
 * `GET` and `DELETE /v1/responses/<id>`, from our own store: only the session that a response was made in knows it.
 * Throws `response_unknown`.
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
    mark: {},
  };
  reply.json(200, faceOf("openai-responses").whole(kept.turn, head));
}

function noSuchMethod(): Fault {
  return new Fault(
    "method_not_allowed",
    "a response is read with GET and forgotten with DELETE",
    "Responses are made with POST /v1/responses; one that is under way is stopped by closing its connection.",
  );
}
