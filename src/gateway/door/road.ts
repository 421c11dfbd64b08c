import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Json, JsonObject } from "#base";
import type { Identity, ServerName } from "#vocabulary";

/**
 * The port between the mcp door (bytes, sessions, streams) and the road every action takes (decide, record, forward).
 * The door calls it with requests that were authenticated, read strictly and checked against their protocol revision;
 * it never looks at what they mean. Types only.
 */
export interface Road {
  /** What `initialize` and `server/discover` answer. `serverInfo` needs `name` and `version`. */
  readonly describe: (exchange: Exchange) => Promise<Description>;
  /**
   * One client request -> its result. Throws `RpcError` (#wire) for an answer the client should see as it is; a `Fault`
   * becomes error -32603 with `data {code, reason, remedy}`; anything else is reported and answered as an internal error.
   * Unknown methods: throw `RpcError` -32601. Never called for `initialize`, `ping`, `server/discover`.
   * `subscriptions/listen` (modern) comes here as `params {notifications: filter}`; return `{notifications: the part
   * honoured}`. The stream then stays open and `exchange.signal` aborts when it ends: undo subscriptions there.
   */
  readonly handle: (exchange: Exchange, method: string, params: JsonObject) => Promise<JsonObject>;
  /** A client notification other than `notifications/cancelled`, which the door turns into `signal`. Must not throw. */
  readonly notified: (exchange: Exchange, method: string, params: JsonObject) => void;
}

export interface Description {
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonObject;
  readonly instructions?: string;
}

/** One client request (or notification) on its way, with everything the road may say to its client meanwhile. */
export interface Exchange {
  /** `exc_...`, unique; for logs. Not the JSON-RPC id. */
  readonly id: string;
  readonly identity: Identity;
  /** The server of `/door/mcp/<server>`; null at the aggregate endpoint. */
  readonly endpoint: ServerName | null;
  readonly channel: Channel;
  readonly era: Era;
  /** The revision in use, e.g. `2025-11-25`. */
  readonly protocolVersion: string;
  /** As declared at `initialize` (legacy) or on this request (modern). Self-reported, never a ground for rights. */
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject;
  /** Raw `Mcp-Param-*` values of a modern request by the lower-case name after the prefix, for `checkParameterHeaders` (#wire). */
  readonly parameterHeaders: ReadonlyMap<string, string>;
  /**
   * Aborts when the client cancels (legacy `notifications/cancelled`, modern: closing the response), its session ends,
   * the agent is cut off, or the door closes. A legacy client that merely disconnects does not abort it.
   */
  readonly signal: AbortSignal;
  /** Whether somebody is connected now who would receive the answer. Whoever resumes later gets it all the same. */
  readonly isHeard: () => boolean;
  /** Sends a notification on this request's own stream. Never blocks, never throws; after the answer it is dropped. */
  readonly notify: (method: string, params: JsonObject) => void;
  /**
   * Asks the client (`sampling/createMessage`, `elicitation/create`, `roots/list`), by key; resolves to the results by
   * the same keys. Legacy: JSON-RPC requests on this request's stream. Modern: the client gets `input_required`, and its
   * retry goes on here. Rejects with `RpcError`: -32021 where the client did not declare the capability, the client's
   * own error (legacy), or a Fault: `ask_expired`, `ask_refused`, `exchange_ended`.
   */
  readonly ask: (requests: Readonly<Record<string, AskRequest>>) => Promise<Record<string, Json>>;
}

export type Era = "legacy" | "modern";

export interface AskRequest {
  readonly method: string;
  readonly params: JsonObject;
}

/** What upstream connections are bound to: an MCP session (legacy), or a Doorward session at one endpoint (modern). */
export interface Channel {
  readonly id: string;
  /** Sends what belongs to no request (list changes, resource updates, log messages) to whoever listens. Never throws. */
  readonly publish: (method: string, params: JsonObject) => void;
  /** Aborts when the channel ends; release what is bound to it. */
  readonly closed: AbortSignal;
}

/** Where a request came in: `/door/mcp[/<server>]`, or `/door/k/<secret>/mcp[/<server>]` for keyless clients. */
export interface DoorPath {
  readonly server: ServerName | null;
  readonly secret: string | null;
}

/** Why a request goes no further. `reason` and `remedy` are sentences for people; no secret may be in them. */
export interface DoorRefusal {
  readonly kind: "refused";
  readonly status: 400 | 401 | 403 | 404 | 421 | 429 | 503;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Host and Origin check of every listener (T2). Runs before anything else is read. */
export type Guard = (request: IncomingMessage) => DoorRefusal | null;

/**
 * Who is this? Runs before the body is read. A 401 is answered with `WWW-Authenticate`. `asked` is the request that a proof
 * of possession must be for (RFC 9449).
 */
export type Authenticate = (
  headers: IncomingHttpHeaders,
  path: DoorPath,
  socket: Socket,
  asked: { readonly method?: string | undefined; readonly url?: string | undefined },
) => Promise<Identity | DoorRefusal>;
