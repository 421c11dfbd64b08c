import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "#base";
import type { Candidate, ListedModel } from "#inference";
import {
  anthropicModel,
  anthropicModels,
  type ModelEntry,
  openaiModel,
  openaiModels,
  tagsAnswer,
} from "#llm";
import type { Principal } from "../attempt.ts";
import type { LlmOutside } from "./own.ts";
import type { LlmPath } from "./path.ts";
import type { Reply } from "./reply.ts";

interface Asking {
  readonly reply: Reply;
  readonly who: Principal;
  readonly version: string;
}

/** Lists of models, trimmed to what this agent may use: what it may not, it does not learn of. */
export function answerLists(
  own: LlmOutside,
  { reply, who, version }: Asking,
  { path, headers }: { readonly path: LlmPath; readonly headers: IncomingHttpHeaders },
): void {
  const { errand } = path;
  if (errand.kind === "version") return reply.json(200, { version });
  const entries = entriesFor(own, who);
  if (errand.kind === "tags") return reply.json(200, tagsAnswer(entries));
  const isAnthropic = headers["anthropic-version"] !== undefined;
  if (errand.kind !== "models") throw new Fault("bug", "no list of that kind", "Report this.");
  if (errand.id === null)
    return reply.json(200, isAnthropic ? anthropicModels(entries) : openaiModels(entries));
  const one = entries.find(({ name }) => name === errand.id);
  if (one === undefined) throw unknown(errand.id);
  reply.json(200, isAnthropic ? anthropicModel(one) : openaiModel(one));
}

function entriesFor(own: LlmOutside, who: Principal): readonly ModelEntry[] {
  const seen = new Set<string>();
  return own.models
    .models()
    .filter(({ name }) => !seen.has(name) && seen.add(name) && mayAsk(own, who, name))
    .map((model) => entryOf(model));
}

/** Whether any place that the name goes to now could be allowed. */
function mayAsk(own: LlmOutside, who: Principal, model: string): boolean {
  const targets = own.models.routes(model).flatMap((route) => route.targets);
  return targets.some(({ candidate }) => candidate !== null && mayUse(own, who, candidate));
}

function mayUse(own: LlmOutside, { identity, principals }: Principal, candidate: Candidate): boolean {
  return own.outside.mayUse({
    action: {
      door: "llm",
      verb: "models/generate",
      target: { server: candidate.upstream, name: candidate.model },
      arguments: {},
      destination: { kind: "model-upstream", server: candidate.upstream, identity: candidate.identity },
      chain: identity.chain,
      agentVersion: null,
      model: candidate.model,
    },
    facts: { fingerprint: null, effects: candidate.isLocal ? ["read"] : ["outbound", "read"] },
    principals,
    stage: identity.stage,
    session: identity.session,
  });
}

function entryOf({ name, upstream, createdAt }: ListedModel): ModelEntry {
  return { name, owner: upstream, createdAt };
}

function unknown(id: string): Fault {
  return new Fault(
    "model_unknown",
    `there is no model named ${JSON.stringify(id)} that this agent may use`,
    "See which there are with GET /v1/models.",
  );
}
