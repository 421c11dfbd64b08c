import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "#base";
import { type Face, faceOf } from "#llm";
import type { Identity } from "#vocabulary";
import { isJsonObject, parseStrictJson } from "#wire";
import { type Body, readBody } from "../door/body.ts";
import { agentOf, createTally, type Tally } from "../door/context.ts";
import { isPlainJson } from "../door/media.ts";
import { discardRest } from "../door/replies.ts";
import type { Matches } from "../door/door.ts";
import type { Authenticate, DoorRefusal, Guard } from "../door/road.ts";
import { ModelFault, StatusFault } from "./faults.ts";
import { converse } from "./flow.ts";
import { answerLists } from "./lists.ts";
import type { LlmOutside } from "./own.ts";
import { type LlmPath, llmPathOf } from "./path.ts";
import { problemOfFault } from "./problems.ts";
import { clientLeft, createReply, type Reply } from "./reply.ts";
import { answerResponse } from "./responses.ts";
import { sendProblem } from "./send-problem.ts";

export interface LlmDoorOptions {
  readonly own: LlmOutside;
  readonly guard: Guard;
  readonly authenticate: Authenticate;
  readonly version: string;
}

/** The llm door. `handle` says whether the request was one of its own; then it is answered, whatever happens. */
export interface LlmDoor {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Ends every request of the identities that match: revocation and stop. */
  readonly cut: (matches: Matches, why: Fault) => void;
  /** Refuses further requests, and gives those under way at most `graceMs`. */
  readonly drain: (graceMs: number) => Promise<void>;
  readonly close: () => void;
}

interface UnderWay {
  readonly identity: Identity;
  readonly stop: AbortController;
  readonly response: ServerResponse;
}

interface Desk extends LlmDoorOptions {
  readonly underWay: Set<UnderWay>;
  /** Requests of one agent, from their first byte on. */
  readonly places: Tally;
  closing: boolean;
}

const DRAIN_POLL_MS = 20;
/** For a client to take in why it was cut. */
const CUT_GRACE_MS = 400;

export function createLlmDoor(options: LlmDoorOptions): LlmDoor {
  const places = createTally(options.own.limits.requestsPerAgentMax);
  const desk: Desk = { ...options, underWay: new Set(), places, closing: false };
  const cut: LlmDoor["cut"] = (matches, why) => {
    for (const one of desk.underWay) {
      const { identity, stop, response } = one;
      if (!matches(identity, stop.signal)) continue;
      stop.abort(why);
      // Who reads nothing is not told why; the connection ends all the same.
      setTimeout(() => desk.underWay.has(one) && response.destroy(), CUT_GRACE_MS).unref();
    }
  };
  return {
    handle: (request, response) => {
      const path = llmPathOf(request.url);
      if (path === null) return false;
      void serve(desk, path, { request, response });
      return true;
    },
    cut,
    drain: async (graceMs) => {
      desk.closing = true;
      const { ambient } = options.own;
      const until = ambient.monotonic() + graceMs;
      while (desk.underWay.size > 0 && ambient.monotonic() < until) await sleep(DRAIN_POLL_MS);
    },
    close: () => {
      desk.closing = true;
      cut(() => true, closing());
    },
  };
}

interface Pair {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The one place where whatever went wrong becomes an answer of the client's protocol. */
async function serve(desk: Desk, path: LlmPath, { request, response }: Pair): Promise<void> {
  const { own } = desk;
  response.on("error", () => {});
  const reply = createReply(response, own.limits.stallMs);
  const face = familyFace(path);
  try {
    await admitted(desk, path, { request, response, reply });
  } catch (thrown) {
    fail(own, { reply, face, request }, thrown);
  }
}

interface Failing {
  readonly reply: Reply;
  readonly face: Face;
  readonly request: IncomingMessage;
}

function fail(own: LlmOutside, { reply, face, request }: Failing, thrown: unknown): void {
  const fault = thrown instanceof Fault && thrown.code !== "bug" ? thrown : internal();
  if (fault !== thrown) own.report("llm_door_failed", thrown);
  // What was begun cannot become an error any more; its stream said so itself, or ends without its end.
  if (reply.hasBegun()) return reply.cut();
  sendProblem(reply, face, problemOfFault(fault), headersOf(fault));
  if (!request.complete) lingerOver(request, own);
}

function headersOf(fault: Fault): Record<string, string> {
  if (UNAUTHENTICATED.has(fault.code)) return { "www-authenticate": 'Bearer realm="doorward"' };
  if (fault instanceof ModelFault && fault.retryAfterSeconds !== null)
    return { "retry-after": String(fault.retryAfterSeconds), "x-should-retry": "true" };
  if (fault instanceof ModelFault) return RETRIED.has(fault.status) ? { "x-should-retry": "true" } : {};
  return fault.code === "rate_limited" || fault.code === "door_closing" ? { "retry-after": "1" } : {};
}

const UNAUTHENTICATED: ReadonlySet<string> = new Set([
  "agent_unauthenticated",
  "delegation_ended",
  "token_refused",
]);

/** An upstream's own failure is the client's to retry, as it would without Doorward. */
const RETRIED: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

/** A body that is still on its way is read for a while: a reset under it would overtake the answer. */
function lingerOver(request: IncomingMessage, { limits }: LlmOutside): void {
  request.pause();
  setTimeout(discardRest, limits.lingerPauseMs, request, limits);
}

interface Arrival extends Pair {
  readonly reply: Reply;
}

/** Guard, credential, form: in this order, before any byte of the body is looked at. */
async function admitted(desk: Desk, path: LlmPath, arrival: Arrival): Promise<void> {
  const { request, response } = arrival;
  const { errand } = path;
  const turned = desk.guard(request);
  if (turned !== null) throw refusal(turned);
  if (desk.closing) throw closing();
  const identity = await identified(desk, path, request);
  if (errand.kind === "closed") throw closedPath();
  const agent = agentOf(identity);
  if (!desk.places.take(agent)) throw tooMany(desk.own.limits.requestsPerAgentMax);
  const stop = new AbortController();
  const one = { identity, stop, response };
  desk.underWay.add(one);
  // Also emitted after a complete answer; then nobody listens any more, and no reason need be made.
  response.once("close", () => {
    if (desk.underWay.has(one)) stop.abort(clientLeft());
  });
  try {
    await carriedOut(desk, path, { ...arrival, identity, signal: stop.signal });
  } finally {
    desk.underWay.delete(one);
    desk.places.release(agent);
  }
}

async function identified(
  { authenticate }: Desk,
  path: LlmPath,
  request: IncomingMessage,
): Promise<Identity> {
  const { headers, socket } = request;
  const key = headers["x-api-key"];
  // Anthropic's clients send their key in a header of its own; a request has one credential.
  const shown = headers.authorization ?? (typeof key === "string" ? `Bearer ${key}` : undefined);
  const presented = shown === undefined ? headers : { ...headers, authorization: shown };
  const identity = await authenticate(presented, { server: null, secret: path.secret }, socket, request);
  if ("kind" in identity) throw refusal(identity);
  return identity;
}

interface Admitted extends Arrival {
  readonly identity: Identity;
  readonly signal: AbortSignal;
}

async function carriedOut(desk: Desk, path: LlmPath, admission: Admitted): Promise<void> {
  const { own, version } = desk;
  const { request, reply, identity, signal } = admission;
  const { errand } = path;
  if (errand.kind === "response")
    return answerResponse(own, { reply, identity }, { method: request.method, id: errand.id });
  if (errand.kind !== "call") {
    if (request.method !== "GET") throw noSuchMethod("GET");
    return answerLists(
      own,
      { reply, who: own.principal(identity), version },
      { path, headers: request.headers },
    );
  }
  if (request.method !== "POST") throw noSuchMethod("POST");
  if (!isPlainJson(request.headers)) throw notJson();
  const body = wholeOf(own, await readBody(request, own.limits.bodyBytesMax));
  const face = faceOf(errand.protocol);
  const asker = { signal, isHeard: () => !admission.response.destroyed, waiting: () => {} };
  const asked = face.readRequest(body);
  await converse(own, {
    who: own.principal(identity),
    face,
    request: asked,
    asked,
    headers: request.headers,
    reply,
    asker,
  });
}

/** The one reading of the body: everything after works on this value, and what is forwarded is written from it (T8). */
function wholeOf({ limits }: LlmOutside, body: Body) {
  if (body.kind === "broken") throw clientLeft();
  if (body.kind === "too-large") throw tooLarge(limits.bodyBytesMax);
  const { bodyBytesMax: bytesMax, bodyDepthMax: depthMax, bodyValuesMax: valuesMax } = limits;
  const value = parseStrictJson(body.bytes, { bytesMax, depthMax, valuesMax });
  if (isJsonObject(value)) return value;
  throw new Fault("llm_value_invalid", "the body is no JSON object", "Send one request as a JSON object.");
}

function familyFace({ errand, family }: LlmPath): Face {
  if (errand.kind === "call") return faceOf(errand.protocol);
  return faceOf(FAMILY_FACES[family]);
}

const FAMILY_FACES = {
  openai: "openai-chat",
  anthropic: "anthropic-messages",
  ollama: "ollama-chat",
} as const;

function refusal(refused: DoorRefusal): Fault {
  return new StatusFault(refused.status, refused);
}

function closing(): Fault {
  return new Fault("door_closing", "Doorward is stopping", "Send the request again once it is back.");
}

function internal(): Fault {
  return new Fault("internal", "Doorward failed at this request", "Look at Doorward's log, and report it.");
}

function closedPath(): Fault {
  return new Fault(
    "path_closed",
    "this path is not passed on: it manages a runtime, or no protocol of the llm door has it",
    "Models are managed at the runtime itself; the paths that the door takes are in docs/guide/llm-door.md.",
  );
}

function noSuchMethod(wanted: string): Fault {
  return new Fault(
    "method_not_allowed",
    "this address does not take this HTTP method",
    `Send it with ${wanted}.`,
  );
}

function notJson(): Fault {
  return new Fault(
    "not_json",
    "the body is not declared as plain JSON in UTF-8",
    "Send Content-Type: application/json and no Content-Encoding.",
  );
}

function tooMany(max: number): Fault {
  return new Fault(
    "too_many_requests",
    `this agent has ${max} requests under way`,
    "Wait for some of them to finish, or cancel them.",
  );
}

function tooLarge(bytesMax: number): Fault {
  return new Fault(
    "body_too_large",
    `the body is larger than ${bytesMax} bytes`,
    "Send a shorter conversation.",
  );
}
