import type { JsonObject } from "#base";
import { BACK_OFF_FIRST_MS, RECONNECTIONS_MAX } from "./limits.ts";
import { listenFilter, withoutSubscription } from "./modern.ts";
import type { RequestOptions, UpstreamHandlers } from "./peer.ts";

type Listen = (params: JsonObject, options: RequestOptions) => Promise<JsonObject>;

/** The one `subscriptions/listen` stream of a connection to a modern server, renewed when its filter changes or it ends. */
export class Listening {
  readonly #listen: Listen;
  #stream: AbortController | null = null;
  #wanted = "{}";

  constructor(listen: Listen) {
    this.#listen = listen;
  }

  /** Handlers that see notifications of the stream as a 2025 server would have sent them. */
  wrap(handlers: UpstreamHandlers): UpstreamHandlers {
    return {
      onRequest: handlers.onRequest,
      onNotification: (method, params) => {
        if (method === "notifications/subscriptions/acknowledged") return;
        handlers.onNotification(method, withoutSubscription(params));
      },
    };
  }

  update(capabilities: JsonObject, uris: ReadonlySet<string>): void {
    const filter = listenFilter(capabilities, uris);
    const wanted = JSON.stringify(filter);
    if (wanted === this.#wanted && this.#stream !== null) return;
    this.stop();
    this.#wanted = wanted;
    if (wanted !== "{}") void this.#run(filter);
  }

  stop(): void {
    this.#stream?.abort();
    this.#stream = null;
  }

  /** Async, so that a connection that is just being renewed (it throws at once) is a failed attempt like any other. */
  async #ask(params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    return this.#listen(params, options);
  }

  /** A server that refuses to listen, or keeps ending the stream, is asked a few times and then left alone. */
  async #run(filter: JsonObject): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    const options = { signal: stream.signal, timeoutMs: Number.POSITIVE_INFINITY };
    for (let attempt = 0; attempt < RECONNECTIONS_MAX && !stream.signal.aborted; attempt += 1) {
      await this.#ask({ notifications: filter }, options).catch(() => {});
      await pause(BACK_OFF_FIRST_MS * 2 ** attempt, stream.signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
