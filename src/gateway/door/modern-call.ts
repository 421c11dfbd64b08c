import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject, RPC, type RequestId } from "#wire";
import { agentOf, type DoorContext, exchangeEnded } from "./context.ts";
import type { Flight, Peer, Voice } from "./exchange.ts";
import type { Visit } from "./legacy.ts";
import { reasonOf, refuseUndeclared } from "./legacy-asks.ts";
import { createModernAnswer, type ModernAnswer } from "./modern-answer.ts";
import type { Envelope } from "./modern-envelope.ts";
import { clientLeft } from "./refusals.ts";
import { callText, errorText, faultError, sendJson } from "./replies.ts";
import type { AskRequest } from "./road.ts";
import type { Claim, Suspended, Suspensions } from "./suspensions.ts";

/** One modern request under way, over all the rounds in which its client goes for answers and returns. */
export interface Call {
  readonly claim: Claim;
  readonly flight: Flight;
  /** The progress token the road knows: the first round's. */
  readonly token: Json | undefined;
  /** Null while the client is away. */
  answer: ModernAnswer | null;
  /** The progress token of the round now open. */
  roundToken: Json | undefined;
  /** Notifications that wait for the client to return. */
  held: { method: string; params: JsonObject }[];
  /** How it ended while the client was away; said when it returns. */
  ending: ((answer: ModernAnswer) => void) | null;
  /** Settles with the last question so far: a client is asked one set of questions at a time. */
  asking: Promise<unknown>;
}

export function makeCall(claim: Claim, flight: Flight): Call {
  const token = tokenOf(claim.params);
  const away = { answer: null, roundToken: token, held: [], ending: null, asking: Promise.resolve() };
  return { claim, flight, token, ...away };
}

function tokenOf(params: JsonObject): Json | undefined {
  const meta = params["_meta"];
  return isJsonObject(meta) ? meta["progressToken"] : undefined;
}

/** Ends the call on the response that is open, or, while its client is away, on the one it comes back with. */
export function endCall(call: Call, ending: (answer: ModernAnswer) => void): void {
  if (call.answer === null) call.ending = ending;
  else ending(call.answer);
}

/** The answer of the round that `arrival` opens; closing it cancels the call. */
export function answerFor(
  context: DoorContext,
  call: Call,
  arrival: { visit: Visit; message: { id: RequestId } },
): ModernAnswer {
  const { visit, message } = arrival;
  return createModernAnswer({
    context,
    response: visit.response,
    id: message.id,
    agent: agentOf(visit.identity),
    takesJson: visit.takesJson,
    onLeft: () => call.flight.controller.abort(clientLeft()),
  });
}

interface Way {
  readonly context: DoorContext;
  readonly suspensions: Suspensions<Call>;
  readonly call: Call;
}

export function voiceOf(way: Way, peer: Peer): Voice {
  const { call, context } = way;
  return {
    // Closing the response cancels; and a client that went for answers hears nothing until it is back.
    isHeard: () => call.answer !== null && !call.flight.controller.signal.aborted,
    notify: (method, params) => {
      if (call.answer !== null) return speak(call, method, params);
      call.held.push({ method, params });
      if (call.held.length > context.limits.heldNotificationsMax) call.held.shift();
    },
    ask: async (requests) => {
      refuseUndeclared(requests, peer.clientCapabilities);
      if (!ASKING.has(call.claim.method)) throw notHere(call.claim.method);
      const round = call.asking.then(async () => suspend(way, requests));
      // The next question waits for this one however it ends.
      call.asking = round.catch(() => {});
      return round;
    },
  };
}

/** Requests that may be answered `input_required` (2026-07-28, "Supported Requests"). */
const ASKING = new Set(["prompts/get", "resources/read", "tools/call"]);

function speak(call: Call, method: string, params: JsonObject): void {
  const isOurs = call.token !== undefined && params["progressToken"] === call.token;
  // The retry is a request of its own: progress goes under its token, or not at all.
  if (method !== "notifications/progress" || !isOurs) call.answer?.send(callText(method, params));
  else if (call.roundToken !== undefined) {
    call.answer?.send(callText(method, { ...params, progressToken: call.roundToken }));
  }
}

async function suspend(way: Way, requests: Suspended<Call>["requests"]): Promise<Record<string, Json>> {
  return new Promise((resolve, reject) => wait(way, { requests, answers: {}, resolve, reject }));
}

function wait(way: Way, question: Omit<Suspended<Call>, "call" | "claim">): void {
  const { call, suspensions } = way;
  const { signal } = call.flight.controller;
  if (signal.aborted) return question.reject(reasonOf(signal));
  let requestState: string;
  try {
    requestState = suspensions.add({ ...question, call, claim: stableClaim(call.claim) });
  } catch (thrown) {
    return question.reject(thrown instanceof Error ? thrown : reasonOf(signal));
  }
  const answer = call.answer;
  call.answer = null;
  answer?.result({
    resultType: "input_required",
    inputRequests: requestsText(question.requests),
    requestState,
  });
}

function requestsText(requests: Readonly<Record<string, AskRequest>>): JsonObject {
  return Object.fromEntries(
    Object.entries(requests).map(([key, { method, params }]) => [key, { method, params }]),
  );
}

/** What the retry must repeat: everything but what each round says of itself. */
function stableClaim(claim: Claim): Claim {
  const { _meta: _own, requestState: _state, inputResponses: _answers, ...params } = claim.params;
  return { ...claim, params };
}

/** A client that returns with answers: its call goes on where it asked, and speaks on this response from now on. */
export function resume(
  context: DoorContext,
  suspensions: Suspensions<Call>,
  arrival: { visit: Visit; message: { id: RequestId; method: string }; envelope: Envelope },
): void {
  const { visit, message, envelope } = arrival;
  const { requestState, inputResponses = {} } = envelope.params;
  const refuse = (fault: Fault): void =>
    sendJson(visit.response, 400, errorText(message.id, faultError(RPC.invalidParams, fault)));
  if (typeof requestState !== "string" || !areResponses(inputResponses)) return refuse(badResponses());
  const { identity, path } = visit;
  const claim = { identity, endpoint: path.server, method: message.method, params: envelope.params };
  const found = suspensions.take(requestState, stableClaim(claim));
  if (found instanceof Fault) return refuse(found);
  const { call } = found;
  call.roundToken = tokenOf(envelope.params);
  call.answer = answerFor(context, call, arrival);
  for (const { method, params } of call.held.splice(0)) speak(call, method, params);
  if (call.ending === null) return settle({ context, suspensions, call }, found, inputResponses);
  call.ending(call.answer);
  found.reject(exchangeEnded("its call ended before the client came back"));
}

/** Hands the answers over, or asks again for those that are missing, as the revision asks. */
function settle(way: Way, found: Suspended<Call>, responses: Readonly<Record<string, JsonObject>>): void {
  const given = Object.entries(responses).filter(([key]) => Object.hasOwn(found.requests, key));
  const answers = { ...found.answers, ...Object.fromEntries(given) };
  const missing = Object.entries(found.requests).filter(([key]) => !Object.hasOwn(answers, key));
  if (missing.length === 0) found.resolve(answers);
  else wait(way, { ...found, requests: Object.fromEntries(missing), answers });
}

function areResponses(value: Json): value is Readonly<Record<string, JsonObject>> {
  return isJsonObject(value) && Object.values(value).every(isJsonObject);
}

function badResponses(): Fault {
  return new Fault(
    "request_state_missing",
    "a retry needs the requestState it was given, and inputResponses as an object of results",
    "Send both as the MCP specification describes, or the request without either.",
  );
}

function notHere(method: string): Fault {
  return new Fault(
    "ask_refused",
    `revision 2026-07-28 allows no question to the client during ${method}`,
    "Ask during tools/call, prompts/get or resources/read.",
  );
}
