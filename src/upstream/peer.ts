import { Fault, type Json, type JsonObject } from "#base";
import type { Channel, JsonRpcMessage } from "./channel.ts";
import { RpcFault } from "./faults.ts";
import { createGate, type Gate } from "./flood.ts";
import { PENDING_REQUESTS_MAX, REQUEST_TOTAL_MS_MAX, SERVER_REQUESTS_MAX } from "./limits.ts";
import { isObject, type Message, type RpcError, readMessage } from "./message.ts";

/** What the server says of itself. `related` is the `tag` of the request it belongs to, where that is certain. */
export interface UpstreamHandlers {
  readonly onNotification: (method: string, params: JsonObject) => void;
  /**
   * Answers a request of the server (sampling, elicitation, roots). A thrown object with an integer `code` becomes
   * that JSON-RPC error; anything else an internal error without details. `signal` fires when the server cancels.
   */
  readonly onRequest: (
    method: string,
    params: JsonObject,
    related: string | undefined,
    signal: AbortSignal,
  ) => Promise<JsonObject>;
}

export interface RequestOptions {
  /** Cancels: the server is told, the call rejects with `upstream_cancelled`. */
  readonly signal: AbortSignal;
  /** Milliseconds without an answer or progress; infinite only for streams that last as long as the connection. */
  readonly timeoutMs: number;
  readonly onProgress?: (params: JsonObject) => void;
  /** Comes back as `related` in requests that the server makes while it works on this one. */
  readonly tag?: string;
  /** Extra HTTP headers for this request. */
  readonly headers?: Readonly<Record<string, string>>;
}

type ServerRequest = Extract<Message, { kind: "request" }>;

interface Pending {
  readonly resolve: (result: JsonObject) => void;
  readonly reject: (reason: unknown) => void;
  readonly options: RequestOptions;
  readonly since: number;
  /** Ends the HTTP exchange that carries the request. */
  readonly exchange: AbortController;
  timer: NodeJS.Timeout | undefined;
}

/** How this exchange differs from others. */
export interface PeerOptions {
  readonly cancelBy: CancelBy;
  /** Ends the connection: the server does nothing but talk. */
  readonly onFlood: (why: string) => void;
}

/** 2026-07-28 over HTTP cancels by closing the exchange; everything else says `notifications/cancelled`. */
export type CancelBy = "notification" | "exchange";

/**
 * JSON-RPC over an already negotiated transport, without reading what passes: results and notifications arrive as the
 * server sent them. INVARIANT: a request is handed to the transport once; whatever fails after that is reported, never
 * repeated (T20).
 */
export class Peer {
  readonly #channel: Channel;
  readonly #handlers: UpstreamHandlers;
  readonly #options: PeerOptions;
  readonly #gate: Gate = createGate(() => performance.now());
  readonly #pending = new Map<number, Pending>();
  readonly #answering = new Map<string | number, AbortController>();
  /** Above every id that negotiation used on the same transport. */
  #nextId = 1000;
  #gone: Fault | null = null;

  constructor(channel: Channel, handlers: UpstreamHandlers, options: PeerOptions) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.#options = options;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a channel has one reader.
    channel.onmessage = (message, extra) => this.#receive(readMessage(message), extra?.request);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  request(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    if (options.signal.aborted) return Promise.reject(cancelled(method));
    if (this.#pending.size >= PENDING_REQUESTS_MAX) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const exchange = new AbortController();
      const entry: Pending = {
        resolve,
        reject,
        options,
        since: performance.now(),
        exchange,
        timer: undefined,
      };
      this.#pending.set(id, entry);
      this.#arm(id, entry, method);
      const onAbort = (): void => this.#abandon(id, cancelled(method));
      options.signal.addEventListener("abort", onAbort, { once: true });
      const settle =
        <T>(then: (value: T) => void): ((value: T) => void) =>
        (value) => {
          options.signal.removeEventListener("abort", onAbort);
          then(value);
        };
      Object.assign(entry, { resolve: settle(resolve), reject: settle(reject) });
      this.#send(id, method, params, entry);
    });
  }

  async notify(method: string, params: JsonObject): Promise<void> {
    if (this.#gone !== null) return;
    await this.#channel.send({ jsonrpc: "2.0", method, params: { ...params } });
  }

  /** Rejects everything in flight: the connection is gone. */
  fail(fault: Fault): void {
    this.#gone ??= fault;
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(fault);
    for (const controller of this.#answering.values()) controller.abort();
    this.#answering.clear();
  }

  #send(id: number, method: string, params: JsonObject, entry: Pending): void {
    const meta = isObject(params["_meta"]) ? params["_meta"] : undefined;
    const outgoing =
      entry.options.onProgress === undefined ? params : { ...params, _meta: { ...meta, progressToken: id } };
    const failed = (cause: unknown): void => this.#settle(id)?.reject(cause);
    const options = {
      requestSignal: entry.exchange.signal,
      ...(entry.options.headers === undefined ? {} : { headers: entry.options.headers }),
    };
    this.#channel.send({ jsonrpc: "2.0", id, method, params: { ...outgoing } }, options).catch(failed);
  }

  #arm(id: number, entry: Pending, method: string): void {
    clearTimeout(entry.timer);
    if (entry.options.timeoutMs === Number.POSITIVE_INFINITY) return;
    const left = REQUEST_TOTAL_MS_MAX - (performance.now() - entry.since);
    const wait = Math.max(0, Math.min(entry.options.timeoutMs, left));
    entry.timer = setTimeout(() => this.#abandon(id, timedOut(method, entry.options.timeoutMs)), wait);
  }

  #settle(id: number): Pending | undefined {
    const entry = this.#pending.get(id);
    clearTimeout(entry?.timer);
    this.#pending.delete(id);
    return entry;
  }

  /** Gives up on a request and tells the server so; its late answer is dropped. */
  #abandon(id: number, fault: Fault): void {
    const entry = this.#settle(id);
    if (entry === undefined) return;
    entry.reject(fault);
    if (this.#options.cancelBy === "exchange") return entry.exchange.abort();
    const told = this.notify("notifications/cancelled", { requestId: id, reason: fault.code });
    void told.catch(() => {}).finally(() => entry.exchange.abort());
  }

  #receive(message: Message | null, stream: number | undefined): void {
    if (message === null || this.#gone !== null) return;
    if (!this.#isAwaited(message) && !this.#mayPass()) return;
    if (message.kind === "request") return void this.#answer(message, this.#related(stream));
    if (message.kind === "notification") return this.#noticed(message.method, message.params);
    this.#settled(message);
  }

  #settled(message: Exclude<Message, { kind: "request" | "notification" }>): void {
    const entry = typeof message.id === "number" ? this.#settle(message.id) : undefined;
    if (message.kind === "result") entry?.resolve(message.result);
    else if (message.kind === "error") entry?.reject(new RpcFault(message.error));
    else entry?.reject(lostAnswer("the request", "what came back is neither a result nor an error"));
  }

  #isAwaited(message: Message): boolean {
    if (message.kind === "request" || message.kind === "notification") return false;
    return typeof message.id === "number" && this.#pending.has(message.id);
  }

  #mayPass(): boolean {
    const verdict = this.#gate();
    if (verdict === "end") this.#options.onFlood("it sent far more messages than anybody asked for");
    return verdict === "pass";
  }

  #noticed(method: string, params: JsonObject): void {
    if (method === "notifications/progress") return this.#progressed(params);
    if (method === "notifications/cancelled") return this.#cancelledByServer(params["requestId"]);
    this.#handlers.onNotification(method, params);
  }

  #progressed(params: JsonObject): void {
    const id = params["progressToken"];
    const entry = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (entry === undefined || typeof id !== "number") return;
    this.#arm(id, entry, "the request");
    entry.options.onProgress?.(params);
  }

  #cancelledByServer(id: Json | undefined): void {
    if (typeof id !== "string" && typeof id !== "number") return;
    this.#answering.get(id)?.abort();
    this.#answering.delete(id);
  }

  async #answer({ id, method, params }: ServerRequest, related: string | undefined): Promise<void> {
    if (method === "ping") return this.#reply({ jsonrpc: "2.0", id, result: {} });
    if (this.#answering.size >= SERVER_REQUESTS_MAX || this.#answering.has(id)) {
      return this.#reply({
        jsonrpc: "2.0",
        id,
        error: { code: -32000, message: "too many requests at once" },
      });
    }
    const controller = new AbortController();
    this.#answering.set(id, controller);
    const answer = await this.#handlers.onRequest(method, params, related, controller.signal).then(
      (result): JsonRpcMessage => ({ jsonrpc: "2.0", id, result: { ...result } }),
      (problem: unknown): JsonRpcMessage => ({ jsonrpc: "2.0", id, error: asRpcError(problem) }),
    );
    // A cancelled request gets no answer.
    if (controller.signal.aborted) return;
    this.#answering.delete(id);
    this.#reply(answer);
  }

  #reply(message: JsonRpcMessage): void {
    // The server is gone, or never reads: whoever waits for it learns that from `closed`.
    this.#channel.send(message).catch(() => {});
  }

  /** The tag of the request whose stream it is; on a shared channel, of the only request there is. */
  #related(stream: number | undefined): string | undefined {
    if (stream !== undefined) return this.#pending.get(stream)?.options.tag;
    const tags = [...this.#pending.values()].flatMap((entry) => entry.options.tag ?? []);
    return tags.length === 1 ? tags[0] : undefined;
  }
}

function asRpcError(problem: unknown): RpcError {
  if (problem instanceof RpcFault) return problem.rpc;
  if (!(problem instanceof Error) || !("code" in problem) || typeof problem.code !== "number") {
    return { code: -32603, message: "Doorward could not answer this request" };
  }
  const data: unknown = "data" in problem ? problem.data : undefined;
  return { code: problem.code, message: problem.message, ...(isObject(data) ? { data } : {}) };
}

function cancelled(method: string): Fault {
  return new Fault(
    "upstream_cancelled",
    `${method} was cancelled`,
    "Nothing: whoever asked for it took it back.",
  );
}

function timedOut(method: string, ms: number): Fault {
  return new Fault(
    "upstream_timeout",
    `the server did not answer ${method} within ${ms} ms`,
    "What was asked for may have happened: check the server before trying again. A slow tool should send progress.",
  );
}

function lostAnswer(method: string, why: string): Fault {
  return new Fault(
    "upstream_lost_answer",
    `the answer to ${method} was lost: ${why}`,
    "What was asked for may have happened: check the server before trying again.",
  );
}

function busy(): Fault {
  return new Fault(
    "upstream_busy",
    `more than ${PENDING_REQUESTS_MAX} requests wait for this server`,
    "Wait for some of them to end; nothing of this one was sent.",
  );
}
