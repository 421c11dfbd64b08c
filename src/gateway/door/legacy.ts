import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import {
  isJsonObject,
  type NotificationMessage,
  negotiateLegacy,
  RpcError,
  type RequestMessage,
  type ResponseMessage,
  revisionOf,
} from "#wire";
import { agentOf, type DoorContext, exchangeEnded } from "./context.ts";
import {
  drained,
  errorOf,
  makeExchange,
  MUTE,
  NO_PARAMETER_HEADERS,
  type Peer,
  takeOff,
} from "./exchange.ts";
import { createLegacyAnswer } from "./legacy-answer.ts";
import {
  badInitialize,
  clientCancelled,
  idInUse,
  notFound,
  sessionRequired,
  sessionUnknown,
  tooManyExchanges,
  tooManySessions,
  unknownAnswer,
  unsupportedVersion,
} from "./refusals.ts";
import { callText, errorText, resultText, sendEmpty, sendJson } from "./replies.ts";
import type { DoorPath, Exchange } from "./road.ts";
import type { McpSession, SessionTable } from "./sessions.ts";

/** One authenticated HTTP request, before it is known what it wants. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly identity: Identity;
  readonly path: DoorPath;
  /** False where the client takes event streams only. */
  readonly takesJson: boolean;
}

/** The POST side of revisions 2025-06-18 and 2025-11-25. */
export interface LegacyDoor {
  readonly request: (visit: Visit, message: RequestMessage) => Promise<void>;
  readonly notification: (visit: Visit, message: NotificationMessage) => void;
  readonly response: (visit: Visit, message: ResponseMessage) => void;
}

export function createLegacyDoor(context: DoorContext, sessions: SessionTable): LegacyDoor {
  const within = (visit: Visit, act: (session: McpSession) => void | Promise<void>): void | Promise<void> => {
    const session = sessionOf(sessions, visit);
    return session instanceof RpcError ? refuse(visit, session) : act(session);
  };
  return {
    request: async (visit, message) =>
      message.method === "initialize"
        ? initialize(context, sessions, { visit, message })
        : within(visit, async (session) => handle(context, session, { visit, message })),
    notification: (visit, message) =>
      void within(visit, (session) => notified(context, session, { visit, message })),
    response: (visit, message) => void within(visit, (session) => answered(session, visit, message)),
  };
}

/** The session a request names, or why there is none for it. */
export function sessionOf(sessions: SessionTable, visit: Visit): McpSession | RpcError {
  const { headers } = visit.request;
  const id = headers["mcp-session-id"];
  if (id === undefined) return sessionRequired();
  const session = typeof id === "string" ? sessions.find(id, visit.identity, visit.path.server) : null;
  if (session === null) return sessionUnknown();
  const version = headers["mcp-protocol-version"];
  if (version !== undefined && revisionOf(String(version))?.era !== "legacy") {
    return unsupportedVersion(String(version));
  }
  return session;
}

/** Answers a request for which there is no session: 404 tells the client to initialize anew. */
export function refuse(visit: Visit, error: RpcError): void {
  const isUnknown = isJsonObject(error.data) && error.data["code"] === "session_unknown";
  sendJson(visit.response, isUnknown ? 404 : 400, errorText(undefined, error));
}

interface Asked {
  readonly visit: Visit;
  readonly message: RequestMessage;
}

async function initialize(context: DoorContext, sessions: SessionTable, asked: Asked): Promise<void> {
  const { visit, message } = asked;
  const { response, identity, path } = visit;
  const { protocolVersion, capabilities, clientInfo } = message.params;
  if (typeof protocolVersion !== "string" || !isJsonObject(capabilities) || !isJsonObject(clientInfo)) {
    return sendJson(response, 400, errorText(message.id, badInitialize()));
  }
  const flight = takeOff(context, identity);
  if (flight === null) return tooMany(context, asked);
  const revision = negotiateLegacy(protocolVersion);
  const greeting = {
    identity,
    endpoint: path.server,
    revision,
    clientCapabilities: capabilities,
    clientInfo,
  };
  try {
    const session = sessions.open(greeting);
    if (session === null) sendJson(response, 429, errorText(message.id, tooManySessions(context.limits)));
    else await greet(context, session, asked);
  } finally {
    flight.release();
  }
}

async function greet(context: DoorContext, session: McpSession, asked: Asked): Promise<void> {
  const { visit, message } = asked;
  try {
    const exchange = makeExchange(context, peerOf(session, visit), {
      ...MUTE,
      signal: session.channel.closed,
    });
    const description = await context.road.describe(exchange);
    const text = resultText(message.id, { protocolVersion: session.revision.version, ...description });
    sendJson(visit.response, 200, text, { "mcp-session-id": session.id });
  } catch (thrown) {
    session.close(exchangeEnded("its session could not be opened"));
    sendJson(visit.response, 200, errorText(message.id, errorOf(context, thrown)));
  }
}

function tooMany(context: DoorContext, asked: Asked): void {
  const text = errorText(asked.message.id, tooManyExchanges(context.limits));
  sendJson(asked.visit.response, 429, text, { "retry-after": "1" });
}

function peerOf(session: McpSession, visit: Visit): Peer {
  const { channel, revision, clientCapabilities, clientInfo } = session;
  return {
    identity: visit.identity,
    path: visit.path,
    channel,
    era: "legacy",
    protocolVersion: revision.version,
    clientCapabilities,
    clientInfo,
    parameterHeaders: NO_PARAMETER_HEADERS,
  };
}

/** Methods of the modern era: the road must not take them for something a session has. */
const MODERN_ONLY = new Set(["server/discover", "subscriptions/listen"]);

async function handle(context: DoorContext, session: McpSession, asked: Asked): Promise<void> {
  const { visit, message } = asked;
  const { response } = visit;
  if (message.method === "ping") return sendJson(response, 200, resultText(message.id, {}));
  if (MODERN_ONLY.has(message.method))
    return sendJson(response, 200, errorText(message.id, notFound(message)));
  if (session.calls.has(message.id)) return sendJson(response, 400, errorText(message.id, idInUse()));
  const flight = takeOff(context, visit.identity);
  if (flight === null) return tooMany(context, asked);
  session.calls.set(message.id, (why) => flight.controller.abort(why));
  try {
    await travel(context, session, { ...asked, signal: flight.controller.signal });
    await drained(response, context.limits.stallMs);
  } finally {
    session.calls.delete(message.id);
    flight.release();
  }
}

async function travel(
  context: DoorContext,
  session: McpSession,
  call: Asked & { signal: AbortSignal },
): Promise<void> {
  const { visit, message, signal } = call;
  const answer = createLegacyAnswer({
    context,
    session,
    response: visit.response,
    id: message.id,
    agent: agentOf(visit.identity),
    takesJson: visit.takesJson,
  });
  const onAbort = (): void =>
    isCancelled(signal.reason) ? answer.abandon() : answer.error(errorOf(context, signal.reason));
  signal.addEventListener("abort", onAbort, { once: true });
  const notify: Exchange["notify"] = (method, params) => answer.send(callText(method, params));
  const ask: Exchange["ask"] = async (requests) => session.asks.ask(requests, answer.send, signal);
  try {
    const exchange = makeExchange(context, peerOf(session, visit), {
      signal,
      notify,
      ask,
      isHeard: answer.isHeard,
    });
    answer.result(await context.road.handle(exchange, message.method, message.params));
  } catch (thrown) {
    // After an abort the client has its answer; what the road throws then is only the echo.
    if (!signal.aborted) answer.error(errorOf(context, thrown));
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function isCancelled(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && reason.code === "client_cancelled";
}

function notified(
  context: DoorContext,
  session: McpSession,
  told: { visit: Visit; message: NotificationMessage },
): void {
  const { visit, message } = told;
  if (message.method === "notifications/cancelled") cancel(session, message.params);
  else
    context.road.notified(
      makeExchange(context, peerOf(session, visit), MUTE),
      message.method,
      message.params,
    );
  sendEmpty(visit.response, 202);
}

function cancel(session: McpSession, params: JsonObject): void {
  const { requestId } = params;
  if (typeof requestId === "string" || typeof requestId === "number") {
    session.calls.get(requestId)?.(clientCancelled());
  }
}

function answered(session: McpSession, visit: Visit, message: ResponseMessage): void {
  if (session.asks.answered(message)) sendEmpty(visit.response, 202);
  else sendJson(visit.response, 400, errorText(undefined, unknownAnswer()));
}
