import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, type Json } from "#base";
import type { Identity } from "#vocabulary";
import {
  isJsonObject,
  isModernRevision,
  JSON_BODY_LIMITS,
  type Message,
  META,
  parseStrictJson,
  readMessage,
  RPC,
  type RpcError,
  validIdOf,
} from "#wire";
import { type Body, readBody } from "./body.ts";
import { type ChannelTable, createChannelTable } from "./channels.ts";
import { agentOf, createTally, type DoorContext, type DoorOptions } from "./context.ts";
import { createLegacyDoor, type LegacyDoor, type Visit } from "./legacy.ts";
import { acceptableOf, isPlainJson } from "./media.ts";
import { createModernDoor, type ModernDoor } from "./modern.ts";
import { doorPathOf } from "./path.ts";
import { doorClosing } from "./refusals.ts";
import { errorText, faultError, sendJson, sendRefusal } from "./replies.ts";
import type { DoorPath, DoorRefusal } from "./road.ts";
import { createSessionTable, type SessionTable } from "./sessions.ts";
import { endSession, openGet } from "./streams.ts";

const DRAIN_POLL_MS = 20;

/** The mcp door: answers every request under `/door/`. Never throws, never rejects. */
export interface McpDoor {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Ends every session and request of the identities that match: revocation and stop. Returns how many there were. */
  readonly cut: (matches: Matches, why: Fault) => number;
  /** What is open now, for status and tests. */
  readonly counts: () => DoorCounts;
  /** Ends what has expired. Runs by itself every `sweepMs`. */
  readonly sweep: () => void;
  /** Refuses further requests, and gives those under way at most `graceMs` to end by themselves. */
  readonly drain: (graceMs: number) => Promise<void>;
  /** Cancels everything under way and ends every stream. Further requests are refused. */
  readonly close: () => void;
}

/** Whom to end: by who it is, or by the signal of one request. */
export type Matches = (identity: Identity, signal?: AbortSignal) => boolean;

export interface DoorCounts {
  readonly sessions: number;
  readonly channels: number;
  readonly underWay: number;
  readonly suspended: number;
  readonly streams: number;
}

interface Parts {
  readonly context: DoorContext;
  readonly sessions: SessionTable;
  readonly channels: ChannelTable;
  readonly legacy: LegacyDoor;
  readonly modern: ModernDoor;
  closing: boolean;
}

export function createMcpDoor(options: DoorOptions): McpDoor {
  const parts = assemble(options);
  const { context, sessions, channels, modern } = parts;
  const { limits } = context;
  const sweep = (): void => {
    sessions.sweep();
    channels.sweep();
    modern.sweep();
  };
  const keepAlive = setInterval(
    () => context.outlets.forEach((outlet) => outlet.keepAlive()),
    limits.keepAliveMs,
  );
  const sweeper = setInterval(sweep, limits.sweepMs);
  keepAlive.unref();
  sweeper.unref();
  return {
    handle: async (request, response) => handle(parts, request, response),
    cut: (matches, why) => cut(context, matches, why),
    counts: () => ({
      sessions: sessions.count(),
      channels: channels.count(),
      underWay: context.endables.size - sessions.count(),
      suspended: modern.suspended(),
      streams: context.outlets.size,
    }),
    sweep,
    drain: async (graceMs) => {
      parts.closing = true;
      const until = context.ambient.monotonic() + graceMs;
      while (context.endables.size > sessions.count() && context.ambient.monotonic() < until)
        await sleep(DRAIN_POLL_MS);
    },
    close: () => {
      parts.closing = true;
      clearInterval(keepAlive);
      clearInterval(sweeper);
      cut(context, () => true, doorClosing());
      channels.closeAll(doorClosing());
      for (const outlet of context.outlets) outlet.end();
    },
  };
}

function assemble(options: DoorOptions): Parts {
  const { exchangesPerAgentMax, streamsPerAgentMax } = options.limits;
  const context: DoorContext = {
    ...options,
    endables: new Set(),
    outlets: new Set(),
    exchanges: createTally(exchangesPerAgentMax),
    streams: createTally(streamsPerAgentMax),
    bodies: createTally(exchangesPerAgentMax),
  };
  const sessions = createSessionTable(context);
  const channels = createChannelTable(context);
  const legacy = createLegacyDoor(context, sessions);
  const modern = createModernDoor(context, channels);
  return { context, sessions, channels, legacy, modern, closing: false };
}

function cut(context: DoorContext, matches: Matches, why: Fault): number {
  const found = [...context.endables].filter(({ identity, signal }) => matches(identity, signal));
  for (const endable of found) endable.end(why);
  return found.length;
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A client that vanishes mid-write shows up here; unheard it would end the process.
  response.on("error", () => {});
  try {
    const visit = await admit(parts, request, response);
    if (visit !== null) await serve(parts, visit);
  } catch (thrown) {
    parts.context.report(thrown);
    response.destroy();
  }
}

/** Guard, address, credential: in this order, before any byte of the body is looked at. */
async function admit(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Visit | null> {
  const { guard, authenticate, limits } = parts.context;
  const refuse = (refusal: Parameters<typeof sendRefusal>[2]): null => {
    sendRefusal(request, response, refusal, limits);
    return null;
  };
  const guarded = guard(request);
  if (guarded !== null) return refuse(guarded);
  if (parts.closing) return refuse({ ...CLOSING, headers: { "retry-after": "1" } });
  const path = doorPathOf(request.url);
  if (path === null) return refuse(NO_SUCH_DOOR);
  const identity = await authenticate(request.headers, path, request.socket, request);
  if (isRefusal(identity))
    return refuse({ ...identity, headers: challengeOf(parts.context, identity, path) });
  const accepts = acceptableOf(request.headers.accept);
  const refused = refusedForm(request, accepts);
  if (refused !== null) return refuse(refused);
  return { request, response, identity, path, takesJson: accepts.json };
}

function isRefusal(value: Identity | DoorRefusal): value is DoorRefusal {
  return "kind" in value;
}

/** RFC 6750, section 3, and RFC 9728, 5.1: what was wrong with a token, and where one is to be had. */
function challengeOf(
  { metadataAt }: DoorContext,
  { status, code }: DoorRefusal,
  { server }: DoorPath,
): Record<string, string> {
  if (status !== 401) return {};
  const error = code === "token_refused" ? ', error="invalid_token"' : "";
  const path = server === null ? "/door/mcp" : `/door/mcp/${server}`;
  const metadata = metadataAt === undefined ? "" : `, resource_metadata="${metadataAt(path)}"`;
  return { "www-authenticate": `Bearer realm="doorward"${error}${metadata}` };
}

type Form = Parameters<typeof sendRefusal>[2];

/** Method, `Accept` and `Content-Type` (2025-11-25 and 2026-07-28, "Sending Messages"). */
function refusedForm(request: IncomingMessage, accepts: { json: boolean; events: boolean }): Form | null {
  const { method } = request;
  if (method === "DELETE") return null;
  if (method !== "POST" && method !== "GET") return { ...NO_SUCH_METHOD, headers: ALLOW };
  // An answer may become a stream at any moment, so no client can do without; JSON alone it may refuse.
  if (!accepts.events) return NOT_ACCEPTABLE;
  return method === "GET" || isPlainJson(request.headers) ? null : NOT_JSON;
}

async function serve(parts: Parts, visit: Visit): Promise<void> {
  const { method, headers } = visit.request;
  if (method === "POST") return post(parts, visit);
  if (isModernRevision(String(headers["mcp-protocol-version"] ?? ""))) {
    return sendRefusal(
      visit.request,
      visit.response,
      { ...NO_SUCH_METHOD, headers: ALLOW },
      parts.context.limits,
    );
  }
  return method === "GET" ? openGet(parts.context, parts.sessions, visit) : endSession(parts.sessions, visit);
}

async function post(parts: Parts, visit: Visit): Promise<void> {
  const { request, response } = visit;
  const { limits } = parts.context;
  const body = await readOwnBody(parts.context, visit);
  if (body === null)
    return sendRefusal(request, response, tooManyBodies(limits.exchangesPerAgentMax), limits);
  if (body.kind === "broken") return;
  if (body.kind === "too-large") return sendRefusal(request, response, tooLarge(limits.bodyBytesMax), limits);
  const read = readOne(body.bytes, limits.bodyBytesMax);
  if ("refusal" in read) return sendJson(response, 400, read.refusal);
  return dispatch(parts, visit, read.message);
}

/** Bodies wait in memory while they arrive, however slowly: an agent sends only so many at once. Null: too many. */
async function readOwnBody(
  { bodies, limits }: DoorContext,
  { request, identity }: Visit,
): Promise<Body | null> {
  const agent = agentOf(identity);
  if (!bodies.take(agent)) return null;
  try {
    return await readBody(request, limits.bodyBytesMax);
  } finally {
    bodies.release(agent);
  }
}

/** The one reading of the body: everything after works on this value, and what is forwarded is written from it. */
function readOne(bytes: Uint8Array, bytesMax: number): { message: Message } | { refusal: string } {
  let value: Json = null;
  let code: number = RPC.parse;
  try {
    value = parseStrictJson(bytes, { ...JSON_BODY_LIMITS, bytesMax });
    code = RPC.invalidRequest;
    return { message: readMessage(value) };
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code === "bug") throw thrown;
    const error: RpcError = faultError(code, thrown);
    return { refusal: errorText(validIdOf(value), error) };
  }
}

async function dispatch(parts: Parts, visit: Visit, message: Message): Promise<void> {
  const { legacy, modern } = parts;
  const isModern = speaksModern(visit.request, message);
  if (message.kind === "request") return (isModern ? modern : legacy).request(visit, message);
  if (message.kind === "notification") return (isModern ? modern : legacy).notification(visit, message);
  return legacy.response(visit, message);
}

/** The era is the body's to say; the header decides where the body says nothing. */
function speaksModern(request: IncomingMessage, message: Message): boolean {
  if (message.kind === "response") return false;
  const meta = message.params["_meta"];
  if (isJsonObject(meta) && META.protocolVersion in meta) return true;
  return isModernRevision(String(request.headers["mcp-protocol-version"] ?? ""));
}

const ALLOW = { allow: "POST, GET, DELETE" };

const CLOSING: Form = {
  status: 503,
  code: "door_closing",
  reason: "Doorward is stopping",
  remedy: "Send the request again once it is back.",
};

const NO_SUCH_DOOR: Form = {
  status: 404,
  code: "no_such_door",
  reason: "there is no door at this address",
  remedy: "Use /door/mcp, or /door/mcp/NAME for one server; `doorward doors list` prints them.",
};

const NO_SUCH_METHOD: Form = {
  status: 405,
  code: "method_not_allowed",
  reason: "this address does not take this HTTP method",
  remedy: "Send MCP messages with POST.",
};

const NOT_ACCEPTABLE: Form = {
  status: 406,
  code: "not_acceptable",
  reason: "the client does not accept text/event-stream",
  remedy: "Send Accept: application/json, text/event-stream.",
};

const NOT_JSON: Form = {
  status: 415,
  code: "not_json",
  reason: "the body is not declared as plain JSON in UTF-8",
  remedy: "Send Content-Type: application/json and no Content-Encoding.",
};

function tooManyBodies(max: number): Form {
  return {
    status: 429,
    code: "too_many_requests",
    reason: `this agent is sending ${max} requests at once`,
    remedy: "Finish some of them first.",
    headers: { "retry-after": "1" },
  };
}

function tooLarge(bytesMax: number): Form {
  return {
    status: 413,
    code: "body_too_large",
    reason: `the body is larger than ${bytesMax} bytes`,
    remedy: "Send less in one message, or hand over a reference instead of the content.",
  };
}
