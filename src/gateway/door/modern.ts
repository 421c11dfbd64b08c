import type { JsonObject } from "#base";
import {
  asModernResult,
  LATEST_MODERN_REVISION,
  META,
  MODERN_REVISIONS,
  type NotificationMessage,
  type RequestMessage,
  RpcError,
} from "#wire";
import type { ChannelTable } from "./channels.ts";
import { type DoorContext, exchangeEnded } from "./context.ts";
import {
  drained,
  errorOf,
  type Flight,
  makeExchange,
  MUTE,
  parameterHeadersOf,
  type Peer,
  takeOff,
} from "./exchange.ts";
import type { Visit } from "./legacy.ts";
import { subscribe } from "./listen.ts";
import { answerFor, type Call, endCall, makeCall, resume, voiceOf } from "./modern-call.ts";
import { type Envelope, readEnvelope } from "./modern-envelope.ts";
import { notFound, tooManyExchanges } from "./refusals.ts";
import { errorText, sendEmpty, sendJson } from "./replies.ts";
import type { Exchange } from "./road.ts";
import { createSuspensions, type Suspensions } from "./suspensions.ts";

/** The POST side of revision 2026-07-28: every request stands alone. */
export interface ModernDoor {
  readonly request: (visit: Visit, message: RequestMessage) => Promise<void>;
  readonly notification: (visit: Visit, message: NotificationMessage) => void;
  readonly sweep: () => void;
  /** Requests that wait for their client to come back. */
  readonly suspended: () => number;
}

interface State {
  readonly context: DoorContext;
  readonly channels: ChannelTable;
  readonly suspensions: Suspensions<Call>;
}

interface Arrival {
  readonly visit: Visit;
  readonly message: RequestMessage;
  readonly envelope: Envelope;
}

export function createModernDoor(context: DoorContext, channels: ChannelTable): ModernDoor {
  const state: State = { context, channels, suspensions: createSuspensions<Call>(context) };
  return {
    request: async (visit, message) => receive(state, visit, message),
    notification: (visit, message) => notified(state, visit, message),
    sweep: state.suspensions.sweep,
    suspended: state.suspensions.count,
  };
}

/** Methods that only sessions have. */
const LEGACY_ONLY = new Set([
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
]);

async function receive(state: State, visit: Visit, message: RequestMessage): Promise<void> {
  const { context } = state;
  const refuse = (status: number, error: RpcError): void =>
    sendJson(visit.response, status, errorText(message.id, error));
  const envelope = readEnvelope(visit.request.headers, message);
  if (envelope instanceof RpcError) return refuse(400, envelope);
  if (LEGACY_ONLY.has(message.method)) return refuse(404, notFound(message));
  const { requestState, inputResponses } = envelope.params;
  if (requestState !== undefined || inputResponses !== undefined) {
    return resume(context, state.suspensions, { visit, message, envelope });
  }
  const flight = takeOff(context, visit.identity);
  if (flight === null) return refuse(429, tooManyExchanges(context.limits));
  const { channel, release } = state.channels.use(visit.identity, visit.path.server);
  const arrival = { visit, message, envelope };
  try {
    await travel(state, arrival, { flight, peer: peerOf(visit, channel, envelope) });
    await drained(visit.response, context.limits.stallMs);
  } finally {
    release();
    flight.release();
  }
}

function peerOf(visit: Visit, channel: Peer["channel"], envelope: Omit<Envelope, "params">): Peer {
  return {
    identity: visit.identity,
    path: visit.path,
    channel,
    era: "modern",
    protocolVersion: envelope.protocolVersion,
    clientCapabilities: envelope.clientCapabilities,
    clientInfo: envelope.clientInfo,
    parameterHeaders: parameterHeadersOf(visit.request.headers),
  };
}

async function travel(state: State, arrival: Arrival, way: { flight: Flight; peer: Peer }): Promise<void> {
  const { context, suspensions } = state;
  const { visit, message, envelope } = arrival;
  const { signal } = way.flight.controller;
  const claim = {
    identity: visit.identity,
    endpoint: visit.path.server,
    method: message.method,
    params: envelope.params,
  };
  const call = makeCall(claim, way.flight);
  call.answer = answerFor(context, call, arrival);
  const exchange = makeExchange(context, way.peer, {
    signal,
    ...voiceOf({ context, suspensions, call }, way.peer),
  });
  if (message.method === "subscriptions/listen") {
    return subscribe(context, state.channels, {
      exchange,
      id: message.id,
      params: envelope.params,
      answer: call.answer,
    });
  }
  const onAbort = (): void => {
    suspensions.remove(call, exchangeEnded("it was cancelled"));
    call.answer?.error(errorOf(context, signal.reason));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const result = await run(context, exchange, arrival);
    endCall(call, (answer) => answer.result(asModernResult(message.method, result, context.serverInfo)));
  } catch (thrown) {
    // After an abort the client has its answer; what the road throws then is only the echo.
    const error = signal.aborted ? null : errorOf(context, thrown);
    if (error !== null) endCall(call, (answer) => answer.error(error));
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function run(context: DoorContext, exchange: Exchange, arrival: Arrival): Promise<JsonObject> {
  const { message, envelope } = arrival;
  if (message.method !== "server/discover")
    return context.road.handle(exchange, message.method, envelope.params);
  const { serverInfo, ...description } = await context.road.describe(exchange);
  return { ...description, supportedVersions: MODERN_REVISIONS, _meta: { [META.serverInfo]: serverInfo } };
}

/** No notification of this revision goes to a server over HTTP; others are passed on for what they may mean. */
function notified(state: State, visit: Visit, message: NotificationMessage): void {
  if (message.method !== "notifications/cancelled") {
    const { channel, release } = state.channels.use(visit.identity, visit.path.server);
    const peer = peerOf(visit, channel, {
      protocolVersion: LATEST_MODERN_REVISION,
      clientCapabilities: {},
      clientInfo: {},
    });
    state.context.road.notified(makeExchange(state.context, peer, MUTE), message.method, message.params);
    release();
  }
  sendEmpty(visit.response, 202);
}
