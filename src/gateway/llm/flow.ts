import { setTimeout as sleep } from "node:timers/promises";
import { Fault, type JsonObject } from "#base";
import type { Candidate } from "#inference";
import {
  expandPrevious,
  itemsOf,
  type ModelRequest,
  outputItemsOf,
  type Part,
  referencesOf,
  resolveReferences,
  type Turn,
} from "#llm";
import type { Answer, Forward, Refused } from "../outside.ts";
import { type Came, sendingOf } from "./sending.ts";
import { deliver, deliverKept, pumpOf } from "./deliver.ts";
import {
  attemptAt,
  type Deed,
  modelDeed,
  type Place,
  renderingOf,
  type Rendering,
  spenderOf,
  spendingOf,
} from "./model-attempt.ts";
import type { LlmOutside } from "./own.ts";
import { isElsewhereWorthAsking, problemOfFault, problemOfRefusal } from "./problems.ts";
import type { Standing } from "./register.ts";
import { sendProblem } from "./send-problem.ts";
import { requestDigest, type Visit } from "./visit.ts";

/** One request at the llm door, from its reading to its answer. Throws Faults for whatever nothing was answered to. */
export async function converse(own: LlmOutside, arrived: Visit): Promise<void> {
  const { identity } = arrived.who;
  const { face } = arrived;
  const done = own.quota.take(identity.chain.agents.at(-1) ?? "", arrived.request.inputCharacters);
  try {
    if (face.task === "generate") {
      const { asked } = arrived;
      const visit = { ...arrived, request: named(own, arrived) };
      const pending = own.turns.pending(identity, () => requestDigest(asked), mentionedIn(visit.request));
      if (pending !== null) return await deliverKept(own, visit, pending);
      await own.calls.declare(visit.who, asked.tools);
      const request = resolved(own, visit);
      await own.hearing.request(identity, request);
      return await ask(own, { ...visit, request });
    }
    await ask(own, arrived);
  } finally {
    done();
  }
}

const APPROVAL_IDS = /\bapr_[0-9a-hjkmnp-tv-z]{26}\b/g;
const MENTIONED_MAX = 32;

/** Held calls that the conversation itself speaks of: Doorward said so in the answer before. */
function mentionedIn({ lastAssistantText, previous }: ModelRequest): readonly string[] {
  const ids = new Set(lastAssistantText.match(APPROVAL_IDS) ?? []);
  if (previous !== null) ids.add(previous);
  return [...ids].slice(0, MENTIONED_MAX);
}

/** Items that the client names instead of sending them, from our own store. Throws `response_item_unknown`. */
function named(own: LlmOutside, { who, request, face }: Visit): ModelRequest {
  const ids = request.protocol === "openai-responses" ? referencesOf(request.body) : [];
  if (ids.length === 0) return request;
  const items = own.turns.itemsNamed(who.identity, ids);
  return face.readRequest(resolveReferences(request.body, (id) => items.get(id) ?? null));
}

/** `previous_response_id` from our own store: the upstream never holds a conversation. Throws `response_unknown`. */
function resolved(own: LlmOutside, { who, request, face }: Visit): ModelRequest {
  if (request.previous === null) return request;
  const earlier = own.turns.response(who.identity, request.previous);
  if (earlier === null) throw responseUnknown(request.previous);
  const output = outputItemsOf(answeredOnly(earlier.turn, request));
  return face.readRequest(expandPrevious(request.body, itemsOf(earlier.request), output));
}

/** Calls that the client never saw, for they were refused, have no output; the model is told so instead. */
function answeredOnly(turn: Turn, request: ModelRequest): Turn {
  const outputs = JSON.stringify(request.body["input"] ?? "");
  const parts = turn.parts.map((part): Part => {
    if (part.kind !== "call" || outputs.includes(JSON.stringify(part.call.id))) return part;
    return { kind: "text", text: `(The call of ${part.call.name} was refused by Doorward.)` };
  });
  return { ...turn, parts };
}

export function responseUnknown(id: string): Fault {
  return new Fault(
    "response_unknown",
    `there is no response ${id} here that this session can go on from`,
    "Send the whole conversation as `input`, without previous_response_id: another session's, an expired or a very long response is not kept.",
  );
}

/** Asks upstreams in turn until one answers. Each is decided anew: model, place and readers are others (T20). */
async function ask(own: LlmOutside, visit: Visit): Promise<void> {
  const candidates = await candidatesOf(own, visit.request.model);
  for (let round = 1; ; round += 1) {
    for (const [index, candidate] of candidates.entries()) {
      const isLast = index === candidates.length - 1 && round >= own.limits.roundsMax;
      if (await askOne(own, visit, { candidate, isLast })) return;
    }
    await sleep(own.limits.retryAfterMs * round, undefined, { signal: visit.asker.signal });
  }
}

async function candidatesOf(own: LlmOutside, model: string): Promise<readonly Candidate[]> {
  const found = await own.models.candidates(model);
  if (found.length > 0) return found.slice(0, own.limits.candidatesMax);
  throw new Fault(
    "model_unknown",
    `no upstream has a model named ${JSON.stringify(model.slice(0, 200))}`,
    "See which there are with `doorward models list`, where names go with `doorward models routes`, and add one with `doorward upstreams add`.",
  );
}

interface Try {
  readonly candidate: Candidate;
  readonly isLast: boolean;
}

/** Answers whether the client has its answer; false: another upstream may be asked. */
async function askOne(own: LlmOutside, arrived: Visit, { candidate, isLast }: Try): Promise<boolean> {
  const rendering = renderingOf(arrived, candidate);
  const standing = await own.register.of(candidate);
  const visit = { ...arrived, weights: standing.weights };
  const place = { candidate, standing };
  const refused = await declared(own, visit, place);
  if (refused !== null) return toldRefusal(own, visit, { candidate, refused });
  const came: Came = { whole: null, pump: null, marks: [] };
  const answer = await travel(own, visit, { rendering, standing }, came);
  if (answer.kind === "result") {
    await deliver(own, visit, {
      action: answer.action,
      result: answer.result,
      rendering,
      came,
    });
    return true;
  }
  if (answer.kind !== "failed") return toldRefusal(own, visit, { candidate, refused: answer });
  const mayGoOn = !isLast && !visit.reply.hasBegun() && !visit.asker.signal.aborted;
  if (mayGoOn && isElsewhereWorthAsking(answer.error)) return false;
  await toldFailure(visit, came, answer.error);
  return true;
}

/** What broke in mid-stream is said in the stream itself: it has no status any more, and must not look whole. */
async function toldFailure({ reply }: Visit, { pump }: Came, error: unknown): Promise<void> {
  if (pump === null || !reply.hasBegun() || !(error instanceof Fault)) throw error;
  await reply.write(pump.writer.failed(problemOfFault(error)));
  reply.end();
}

interface Ready {
  readonly rendering: Rendering;
  readonly standing: Standing;
}

async function travel(
  own: LlmOutside,
  visit: Visit,
  { rendering, standing }: Ready,
  came: Came,
): Promise<Answer> {
  const spender = spenderOf(visit, rendering.candidate);
  const estimate = spendingOf(rendering);
  const attempt = {
    ...attemptAt(own, visit, { candidate: rendering.candidate, standing }, modelDeed(rendering)),
    standing: () => own.budgets.standing(spender, estimate),
  };
  const createPump = (marks: readonly string[]) =>
    pumpOf(own, visit, { rendering, marks, action: attempt.id });
  return own.road.travel(attempt, visit.asker, sendingOf({ own, visit, rendering, came, createPump }));
}

interface Told {
  readonly candidate: Candidate;
  readonly refused: Refused;
}

function toldRefusal(own: LlmOutside, visit: Visit, { candidate, refused }: Told): true {
  const headers = resetHeader(own, visit, { candidate, refused });
  sendProblem(visit.reply, visit.face, problemOfRefusal(refused), {
    ...headers,
    "x-doorward-action": refused.action,
  });
  return true;
}

/** When the budget that refused has room again (RFC 9110 section 10.2.3). */
function resetHeader(own: LlmOutside, visit: Visit, { candidate, refused }: Told): Record<string, string> {
  const { code } = refused;
  if (code !== "budget_exceeded") return {};
  const one = {
    requests: 1,
    inputTokens: 0,
    outputTokens: 0,
    inputMicroUsdPerMTok: 0,
    outputMicroUsdPerMTok: 0,
  };
  const { exceeded } = own.budgets.standing(spenderOf(visit, candidate), one);
  const resets = exceeded.filter(({ budget }) => budget.over === "deny").map(({ resetsAt }) => resetsAt);
  const seconds = Math.ceil((Math.max(...resets) - own.ambient.now()) / 1_000);
  return Number.isFinite(seconds) ? { "retry-after": String(Math.max(1, seconds)) } : {};
}

/**
 * Tools that the upstream would run itself and URLs that it would fetch: nothing of theirs passes Doorward later, so
 * declaring one is the action (T9). Answers the first refusal; null where all may be.
 */
async function declared(own: LlmOutside, visit: Visit, place: Place): Promise<Refused | null> {
  const deeds = declaredDeeds(visit.request);
  if (deeds.length > own.limits.declarationsMax) throw tooManyDeclared(own.limits.declarationsMax);
  for (const deed of deeds) {
    const answer = await own.road.travel(attemptAt(own, visit, place, deed), visit.asker, NOTHING_TO_SEND);
    if (answer.kind === "refused" || answer.kind === "held") return answer;
    if (answer.kind === "failed") throw answer.error;
  }
  return null;
}

function declaredDeeds({ hosted, fetches }: ModelRequest): readonly Deed[] {
  const tools = hosted.map(
    ({ type, definition }): Deed => ({
      verb: "models/host-tool",
      name: type,
      arguments: definition,
      effects: ["outbound"],
    }),
  );
  const urls = fetches.map(
    (url): Deed => ({ verb: "models/fetch-url", name: url, arguments: { url }, effects: ["outbound"] }),
  );
  return [...tools, ...urls];
}

/** Declaring is the whole effect: what it permits leaves with the request itself. */
const NOTHING_TO_SEND: Forward = {
  prepare: async () => async (): Promise<JsonObject> => ({ declared: true }),
};

function tooManyDeclared(max: number): Fault {
  return new Fault(
    "llm_value_invalid",
    `the request declares more than ${max} tools and URLs that the upstream would use itself`,
    "Send fewer in one request.",
  );
}
