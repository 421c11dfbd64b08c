import { setTimeout as sleep } from "node:timers/promises";
import {
  PROTOCOL_VERSION_META_KEY,
  SdkErrorCode,
  SdkHttpError,
  type StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { Fault } from "#base";
import type { Egress, EgressResponse, EgressRules } from "#egress";
import { createSseParser, type SseEvent } from "#wire";
import type { Channel, JsonRpcMessage, SendOptions } from "./channel.ts";
import type { HttpTarget } from "./http.ts";
import { BACK_OFF_FIRST_MS, MESSAGE_BYTES_MAX, RECONNECTIONS_MAX, REQUEST_TOTAL_MS_MAX } from "./limits.ts";
import { isObject, parseJson, readMessage } from "./message.ts";
import { encodeHeader } from "./parameter-headers.ts";

const RETRY_MS_MAX = 30_000;
const STREAM_AFTER_ANSWER_MS = 5_000;

export interface ExchangeOptions {
  readonly target: HttpTarget;
  readonly egress: Egress;
  readonly protocolVersion: string;
  /** Holds the session and does whatever is not one plain exchange: GET stream, authorization, DELETE. */
  readonly transport: StreamableHTTPClientTransport;
}

/**
 * One POST per message, straight over egress: the SDK's transport costs about 0.9 ms of processor time for a call, this
 * about a tenth. Answers come as JSON or as a stream of events, which is resumed by `Last-Event-ID` when it breaks
 * (2025-11-25 transports, "Resumability and Redelivery"). INVARIANT: a message is posted once. Only an answer that says
 * it was not let in (401, or 403 for its scope) hands it to the SDK, which authorises and posts it again.
 */
export function createExchange(options: ExchangeOptions): Channel {
  const { transport } = options;
  const channel: Channel = { send: (message, given) => post(options, channel, message, given) };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's Transport has this property only.
  transport.onmessage = (message: unknown) => channel.onmessage?.(message);
  // Failures of its GET stream: the server has no such stream, or the next POST will tell.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  transport.onerror = () => {};
  return channel;
}

async function post(
  options: ExchangeOptions,
  channel: Channel,
  message: JsonRpcMessage,
  given?: SendOptions,
): Promise<void> {
  const { egress, target } = options;
  const headers = await headersFor(options, message, given);
  const response = await egress.request(rulesOf(target), {
    url: target.url,
    method: "POST",
    headers,
    body: JSON.stringify(message),
    ...(given === undefined ? {} : { signal: given.requestSignal }),
  });
  if (response.status === 401 || isScopeWanted(response)) {
    response.discard();
    return options.transport.send(asSdk(message), given);
  }
  if (response.status < 200 || response.status > 299) return refused(response, channel, message);
  const request = typeof message.id === "number" && message.method !== undefined ? message.id : null;
  if (request === null || response.status === 202) return response.discard();
  return receive(response, { ...options, channel, request, signal: given?.requestSignal });
}

async function headersFor(
  { target, transport, protocolVersion }: ExchangeOptions,
  message: JsonRpcMessage,
  given?: SendOptions,
): Promise<Record<string, string>> {
  const tokens = await target.oauth.provider.tokens();
  const session = transport.sessionId;
  return {
    ...given?.headers,
    ...(tokens === undefined ? {} : { authorization: `Bearer ${tokens.access_token}` }),
    ...lowerCase(target.headers),
    ...(session === undefined ? {} : { "mcp-session-id": session }),
    "mcp-protocol-version": protocolVersion,
    ...mirrored(message),
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
}

/** `Mcp-Method` and `Mcp-Name` of revision 2026-07-28, for messages that carry its envelope. */
function mirrored({ method, params }: JsonRpcMessage): Record<string, string> {
  const meta = params?.["_meta"];
  if (method === undefined || params === undefined || !isObject(meta) || !(PROTOCOL_VERSION_META_KEY in meta))
    return {};
  const name = method === "resources/read" ? params["uri"] : params["name"];
  return { "mcp-method": method, ...(typeof name === "string" ? { "mcp-name": encodeHeader(name) } : {}) };
}

interface Receiving extends ExchangeOptions {
  readonly channel: Channel;
  readonly request: number;
  readonly signal: AbortSignal | undefined;
}

async function receive(response: EgressResponse, receiving: Receiving): Promise<void> {
  const type = (response.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "text/event-stream") return receiveEvents(response, receiving);
  if (type !== "application/json") {
    response.discard();
    throw broken(`its type is ${type === undefined || type === "" ? "missing" : type}`);
  }
  const value = parseJson(await response.text());
  if (readMessage(value) === null) throw broken("it is no JSON-RPC message");
  receiving.channel.onmessage?.(value, { request: receiving.request });
}

/** Reads the stream, and resumes it where it broke, until the answer came. */
async function receiveEvents(first: EgressResponse, receiving: Receiving): Promise<void> {
  let response = first;
  for (let attempt = 0; ; attempt += 1) {
    const end = await drain(response, receiving);
    if (end.answered) return;
    const isFinal = end.lastId === null || attempt >= RECONNECTIONS_MAX;
    if (isFinal) throw end.cause ?? broken("the stream ended before the answer");
    await sleep(
      Math.min(end.retryMs ?? BACK_OFF_FIRST_MS * 2 ** attempt, RETRY_MS_MAX),
      undefined,
      signalOf(receiving),
    );
    response = await resume(receiving, end.lastId ?? "");
  }
}

interface StreamEnd {
  readonly answered: boolean;
  readonly lastId: string | null;
  readonly retryMs: number | null;
  readonly cause: Error | null;
}

async function drain(response: EgressResponse, receiving: Receiving): Promise<StreamEnd> {
  const parser = createSseParser(MESSAGE_BYTES_MAX);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let answered = false;
  let cause: Error | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const chunk of response.chunks()) {
      for (const event of parser.push(decoder.decode(chunk, { stream: true }))) {
        answered = deliver(event, receiving) || answered;
      }
      // The server ends the stream after the answer; one that does not is cut.
      if (answered) timer ??= setTimeout(response.discard, STREAM_AFTER_ANSWER_MS);
    }
  } catch (problem) {
    if (!answered && (receiving.signal?.aborted === true || isBound(problem))) throw problem;
    cause = problem instanceof Error ? problem : broken(String(problem));
  }
  clearTimeout(timer);
  response.discard();
  return { answered, lastId: parser.lastId(), retryMs: parser.retryMs(), cause };
}

/** Passes on what an event holds; true when it is the answer. What is no message is skipped: the answer may still come. */
function deliver({ event, data }: SseEvent, { channel, request }: Receiving): boolean {
  if (event !== "message" || data === "") return false;
  const value = parseJson(data);
  const message = readMessage(value);
  if (message === null) return false;
  channel.onmessage?.(value, { request });
  return message.kind !== "request" && message.kind !== "notification" && message.id === request;
}

async function resume(receiving: Receiving, lastId: string): Promise<EgressResponse> {
  const { egress, target, signal } = receiving;
  const headers = await headersFor(receiving, { jsonrpc: "2.0" });
  const response = await egress.request(rulesOf(target), {
    url: target.url,
    method: "GET",
    headers: { ...headers, accept: "text/event-stream", "last-event-id": lastId },
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status === 200) return response;
  response.discard();
  throw broken(`the stream could not be resumed: HTTP ${response.status}`);
}

/** An error answer under an error status is still the server's answer; anything else is a failed exchange. */
async function refused(response: EgressResponse, channel: Channel, message: JsonRpcMessage): Promise<void> {
  const text = await response.text().catch(() => "");
  const value = parseJson(text);
  const answer = readMessage(value);
  if (answer?.kind === "error" && answer.id === message.id && response.status !== 404) {
    return channel.onmessage?.(value, {});
  }
  throw new SdkHttpError(
    SdkErrorCode.ClientHttpNotImplemented,
    `the server answered: ${text.slice(0, 500)}`,
    {
      status: response.status,
      statusText: "",
      text,
    },
  );
}

function isScopeWanted({ status, headers }: EgressResponse): boolean {
  return status === 403 && /error="?insufficient_scope/.test(headers["www-authenticate"] ?? "");
}

/** Limits that were hit: resuming would only hit them again. */
function isBound(problem: unknown): boolean {
  return (
    problem instanceof Fault &&
    (problem.code === "egress_body_too_large" || problem.code === "sse_event_too_large")
  );
}

function rulesOf(target: HttpTarget): EgressRules {
  const { allowPrivate, url } = target;
  return { allowPrivate, bytesMax: MESSAGE_BYTES_MAX, timeoutMs: REQUEST_TOTAL_MS_MAX, origin: url.origin };
}

function signalOf({ signal }: Receiving): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function asSdk(message: JsonRpcMessage): Parameters<StreamableHTTPClientTransport["send"]>[0] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same JSON-RPC message; the SDK types its cases apart.
  return message as Parameters<StreamableHTTPClientTransport["send"]>[0];
}

function broken(why: string): Fault {
  return new Fault(
    "upstream_lost_answer",
    `the server's answer cannot be read: ${why}`,
    "What was asked for may have happened: check the server before trying again.",
  );
}
