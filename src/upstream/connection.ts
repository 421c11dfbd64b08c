import { type ClientCapabilities, type PriorDiscovery } from "@modelcontextprotocol/client";
import { Fault, type Json, type JsonObject } from "#base";
import { RpcFault } from "./faults.ts";
import { httpFault, isSessionLost } from "./http.ts";
import { RESOURCE_SUBSCRIPTIONS_MAX } from "./limits.ts";
import { type Link, type LinkOptions, openLink, type Target } from "./link.ts";
import { Listening } from "./listening.ts";
import { enveloped } from "./modern.ts";
import type { Era, ServerInfo } from "./negotiate.ts";
import { declaredHeaders, type ParameterHeader, parameterHeaders, toolSchemas } from "./parameter-headers.ts";
import type { RequestOptions, UpstreamHandlers } from "./peer.ts";

/**
 * One caller's connection to one server. Method names are those of the server's own era, with one exception: on a
 * modern server `resources/subscribe`, `resources/unsubscribe`, `logging/setLevel` and `ping` are understood too, so
 * that callers need one road. Results pass as they came; a modern `input_required` result is such a result.
 * `request` throws RpcFault for an error answer and Fault for everything else; `NOTHING_SENT` tells them apart.
 */
export interface UpstreamConnection {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly serverInfo: ServerInfo;
  readonly instructions: string | null;
  readonly request: (method: string, params: JsonObject, options: RequestOptions) => Promise<JsonObject>;
  readonly notify: (method: string, params: JsonObject) => Promise<void>;
  /** Requests without an answer yet. */
  readonly pendingCount: () => number;
  /** Resolves, with the reason, when the connection is of no more use. Never rejects. */
  readonly closed: Promise<Closed>;
  readonly close: () => Promise<void>;
}

export interface Closed {
  readonly reason: string;
  /** Whether Doorward closed it. */
  readonly expected: boolean;
  /** The server's last words on stderr, safe to print. */
  readonly tail: string;
}

export interface ConnectionOptions extends Omit<LinkOptions, "handlers" | "prior"> {
  readonly handlers: UpstreamHandlers;
  readonly prior: PriorDiscovery | undefined;
  /** Called with each new handshake: the caller checks identity there; a throw refuses the server. */
  readonly onHandshake: (link: Link) => void;
}

/** Requests without effect by protocol: sent again, once, when a session was lost before they could be answered. */
const REPEATABLE = new Set([
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "ping",
]);

/** Opens a connection. Faults as `openLink`. */
export async function openConnection(
  target: Target,
  options: ConnectionOptions,
): Promise<UpstreamConnection> {
  const connection = new Connection(target, options);
  await connection.open(options.prior);
  return connection.face();
}

class Connection {
  readonly #target: Target;
  readonly #options: ConnectionOptions;
  readonly #subscribed = new Set<string>();
  readonly #toolHeaders = new Map<string, readonly ParameterHeader[]>();
  readonly #listening: Listening;
  readonly #closed = Promise.withResolvers<Closed>();
  #link: Link | null = null;
  #reopening: Promise<Link> | null = null;
  #logLevel: string | null = null;
  #isClosing = false;

  constructor(target: Target, options: ConnectionOptions) {
    this.#target = target;
    this.#options = options;
    this.#listening = new Listening((params, more) =>
      this.#current().peer.request("subscriptions/listen", this.#dressed(params), more),
    );
  }

  async open(prior: PriorDiscovery | undefined): Promise<Link> {
    const { egress, declared, handlers, onHandshake } = this.#options;
    const link = await openLink(this.#target, {
      egress,
      declared,
      handlers: this.#listening.wrap(handlers),
      prior,
    });
    try {
      onHandshake(link);
    } catch (refusal) {
      await link.close();
      throw refusal;
    }
    // Closed while a lost session was being renewed: nobody would close this one.
    if (this.#isClosing) {
      await link.close();
      return link;
    }
    this.#link = link;
    void link.ended.then((reason) => this.#ended(link, reason));
    if (link.negotiated.era === "modern")
      this.#listening.update(link.negotiated.capabilities, this.#subscribed);
    return link;
  }

  face(): UpstreamConnection {
    const { era, protocolVersion, capabilities, serverInfo, instructions } = this.#current().negotiated;
    return {
      era,
      protocolVersion,
      capabilities,
      serverInfo,
      instructions,
      request: (method, params, options) => this.#request(method, params, options),
      notify: (method, params) => this.#current().peer.notify(method, params),
      pendingCount: () => this.#link?.peer.pendingCount ?? 0,
      closed: this.#closed.promise,
      close: () => this.#close(),
    };
  }

  async #request(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    if (this.#reopening !== null) await this.#reopening;
    const link = this.#current();
    const local = link.negotiated.era === "modern" ? this.#answerHere(method, params) : null;
    if (local !== null) return local;
    const sessionId = link.sessionId();
    try {
      return await this.#ask(link, method, params, options);
    } catch (cause) {
      if (!isSessionLost(cause, sessionId)) throw this.#asFault(cause);
      const fresh = await this.#reopen(link);
      if (!REPEATABLE.has(method)) throw sessionLost(this.#target.name, method, cause);
      return this.#ask(fresh, method, params, options);
    }
  }

  async #ask(link: Link, method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    const isModern = link.negotiated.era === "modern";
    const headers = isModern && method === "tools/call" ? this.#headersOf(params) : {};
    const asked = Object.keys(headers).length === 0 ? options : { ...options, headers };
    const result = await link.peer.request(method, isModern ? this.#dressed(params) : params, asked);
    this.#remember(method, params, result);
    return result;
  }

  /** Keeps what a new session must be told again, and what later calls need. */
  #remember(method: string, params: JsonObject, result: JsonObject): void {
    if (method === "resources/subscribe") this.#subscribe(params["uri"]);
    if (method === "resources/unsubscribe") this.#subscribed.delete(textOf(params["uri"]));
    if (method === "logging/setLevel") this.#logLevel = textOf(params["level"]);
    if (method !== "tools/list") return;
    for (const [name, schema] of toolSchemas(result)) this.#toolHeaders.set(name, declaredHeaders(schema));
  }

  #answerHere(method: string, params: JsonObject): JsonObject | null {
    if (!["resources/subscribe", "resources/unsubscribe", "logging/setLevel", "ping"].includes(method))
      return null;
    this.#remember(method, params, {});
    if (method.startsWith("resources/"))
      this.#listening.update(this.#current().negotiated.capabilities, this.#subscribed);
    return {};
  }

  #subscribe(uri: Json | undefined): void {
    if (this.#subscribed.size >= RESOURCE_SUBSCRIPTIONS_MAX) throw tooManySubscriptions(this.#target.name);
    this.#subscribed.add(textOf(uri));
  }

  #headersOf(params: JsonObject): Record<string, string> {
    const declared = this.#toolHeaders.get(textOf(params["name"])) ?? [];
    return parameterHeaders(declared, params["arguments"]);
  }

  #dressed(params: JsonObject): JsonObject {
    const capabilities: ClientCapabilities = this.#options.declared.capabilities;
    return enveloped(params, this.#current().negotiated.protocolVersion, capabilities, this.#logLevel);
  }

  /** A new session in place of a lost one, once for all who noticed. */
  #reopen(lost: Link): Promise<Link> {
    if (this.#link !== lost && this.#reopening === null) return Promise.resolve(this.#current());
    this.#reopening ??= this.#replace(lost).finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #replace(lost: Link): Promise<Link> {
    this.#link = null;
    await lost.close();
    try {
      const link = await this.open(lost.negotiated.prior);
      if (link.negotiated.era === "legacy") await this.#retell(link);
      return link;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#closed.resolve({ reason: `the session could not be renewed: ${why}`, expected: false, tail: "" });
      throw this.#asFault(cause);
    }
  }

  async #retell(link: Link): Promise<void> {
    const options = { signal: new AbortController().signal, timeoutMs: 10_000 };
    const tell = (method: string, params: JsonObject) =>
      link.peer.request(method, params, options).catch(() => ({}));
    if (this.#logLevel !== null) await tell("logging/setLevel", { level: this.#logLevel });
    await Promise.all([...this.#subscribed].map((uri) => tell("resources/subscribe", { uri })));
  }

  #ended(link: Link, reason: string): void {
    if (this.#link !== link && !this.#isClosing) return;
    this.#listening.stop();
    this.#closed.resolve({ reason, expected: this.#isClosing, tail: link.tail() });
  }

  #current(): Link {
    if (this.#link === null)
      throw new Fault(
        "upstream_gone",
        `the server ${this.#target.name} is not connected`,
        "Try again: Doorward connects anew.",
      );
    return this.#link;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#listening.stop();
    await this.#link?.close();
    this.#closed.resolve({ reason: "Doorward closed it", expected: true, tail: "" });
  }

  #asFault(cause: unknown): Fault {
    if (cause instanceof RpcFault || cause instanceof Fault) return cause;
    if (this.#target.kind === "http") return httpFault(cause, this.#target.name, this.#target.oauth);
    return new Fault(
      "upstream_lost_answer",
      `the exchange with the server ${this.#target.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      "What was asked for may have happened: check the server before trying again.",
      cause,
    );
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function sessionLost(name: string, method: string, cause: unknown): Fault {
  return new Fault(
    "upstream_session_lost",
    `the server ${name} no longer knew the session when ${method} reached it; Doorward has opened a new one`,
    "Try again: nothing was sent a second time.",
    cause,
  );
}

function tooManySubscriptions(name: string): Fault {
  return new Fault(
    "upstream_too_many_subscriptions",
    `more than ${RESOURCE_SUBSCRIPTIONS_MAX} resources of ${name} are subscribed to on one connection`,
    "Unsubscribe from some of them first.",
  );
}
