import type { IncomingHttpHeaders } from "node:http";
import { canonicalJson, digestOfBytes, Fault, type JsonObject } from "#base";
import { estimateOf, type Spender, type Spending } from "#budgets";
import type { Candidate } from "#inference";
import { type Face, faceOf, type ModelRequest, type Protocol, translate } from "#llm";
import type { Action, Effect, Verb } from "#vocabulary";
import { actionIdOf } from "../columns.ts";
import type { Attempt } from "../outside.ts";
import type { LlmOutside } from "./own.ts";
import type { Standing } from "./register.ts";
import type { Visit } from "./visit.ts";

/** A request as one upstream would get it. */
export interface Rendering {
  readonly candidate: Candidate;
  readonly face: Face;
  /** As the upstream's own face reads what it is sent. */
  readonly request: ModelRequest;
  readonly body: JsonObject;
  readonly isTranslated: boolean;
  /** Fields of no weight that the upstream's protocol has no place for. */
  readonly lost: readonly string[];
}

/** What an upstream is spoken to in, best first, where it does not speak the client's own protocol. */
const PREFERRED: readonly Protocol[] = [
  "openai-chat",
  "anthropic-messages",
  "ollama-chat",
  "openai-responses",
  "openai-completions",
  "ollama-generate",
  "openai-embeddings",
  "ollama-embed",
];

/** Throws `translation_refused` where the upstream's protocol has no place for what matters. */
export function renderingOf({ request, face }: Visit, candidate: Candidate): Rendering {
  if (candidate.protocols.includes(request.protocol)) {
    const body = face.forwarded(request, { model: candidate.model });
    return { candidate, face, request, body, isTranslated: false, lost: [] };
  }
  const spoken = PREFERRED.filter((protocol) => candidate.protocols.includes(protocol));
  const to = spoken.find(
    (protocol) => faceOf(protocol).task === face.task && fits(request.protocol, protocol),
  );
  const protocol = to ?? spoken[0];
  if (protocol === undefined) throw mute(candidate);
  const target = faceOf(protocol);
  const translation = translate(request, target.protocol, candidate.model);
  const read = target.readRequest(translation.body);
  const body = target.forwarded(read, { model: candidate.model });
  return { candidate, face: target, request: read, body, isTranslated: true, lost: translation.lost };
}

function mute({ upstream }: Candidate): Fault {
  return new Fault(
    "translation_refused",
    `the upstream "${upstream}" is said to speak no protocol`,
    "Name what it speaks: `doorward upstreams set NAME --protocols openai-chat`.",
  );
}

const COMPLETIONS: readonly Protocol[] = ["openai-completions", "ollama-generate"];

/** Plain completions go to plain completions; everything else is a conversation. */
function fits(from: Protocol, to: Protocol): boolean {
  return COMPLETIONS.includes(from) === COMPLETIONS.includes(to);
}

export interface Deed {
  readonly verb: Verb;
  readonly name: string;
  readonly arguments: JsonObject;
  readonly effects: readonly [Effect, ...Effect[]];
}

/** Where an action goes, and what would answer there. */
export interface Place {
  readonly candidate: Candidate;
  readonly standing: Standing;
}

/** One action at the llm door whose effect lands at an upstream. */
export function attemptAt(
  own: LlmOutside,
  visit: Visit,
  { candidate, standing: { weights, objection } }: Place,
  deed: Deed,
): Attempt {
  const { identity, principals } = visit.who;
  const action: Action = {
    door: "llm",
    verb: deed.verb,
    target: { server: candidate.upstream, name: deed.name },
    arguments: deed.arguments,
    destination: { kind: "model-upstream", server: candidate.upstream, identity: candidate.identity },
    chain: identity.chain,
    agentVersion: null,
    model: visit.request.model,
    ...(weights.digest === null ? {} : { weights: { digest: weights.digest, manifest: weights.manifest } }),
    ...passedOn(visit.headers),
  };
  const text = canonicalJson(action);
  return {
    id: actionIdOf(own.ambient.id("act")),
    identity,
    principals,
    action,
    digest: digestOfBytes(text),
    text,
    facts: { fingerprint: null, effects: deed.effects },
    weights,
    blocked: objection?.isFloor === true ? objection.fault : null,
    ...(objection === null || objection.isFloor ? {} : { unreviewed: objection.fault }),
  };
}

const PASSED_ON = ["anthropic-version", "anthropic-beta", "openai-beta"] as const;

/** T10: the headers that go on to the upstream are part of what is decided, recorded and approved. */
function passedOn(headers: IncomingHttpHeaders): Pick<Action, "headers"> {
  const found = PASSED_ON.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return found.length === 0 ? {} : { headers: Object.fromEntries(found) };
}

export function modelDeed({ body, candidate, face }: Rendering): Deed {
  return {
    verb: face.task === "embed" ? "models/embed" : "models/generate",
    name: candidate.model,
    arguments: body,
    effects: candidate.isLocal ? ["read"] : ["outbound", "read"],
  };
}

/** Whose budgets a call counts in: the user's who delegated it, else those of the agent's owner. */
export function spenderOf({ who }: Visit, { upstream, model }: Candidate): Spender {
  const { chain, ownerId } = who.identity;
  return { agent: chain.agents.at(-1) ?? "", user: chain.user ?? ownerId, model: `${upstream}/${model}` };
}

export function spendingOf({ request, candidate, face }: Rendering): Spending {
  const { price } = candidate;
  return estimateOf({
    inputCharacters: request.inputCharacters,
    outputTokensMax: face.task === "embed" ? 0 : request.outputTokensMax,
    inputMicroUsdPerMTok: price?.inputMicroUsdPerMTok ?? 0,
    outputMicroUsdPerMTok: price?.outputMicroUsdPerMTok ?? 0,
  });
}
