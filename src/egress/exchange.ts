import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { encoded, lost, networkFault, slow } from "./faults.ts";
import { Body, type EgressAnswer } from "./response.ts";
import type { EgressRules, HeaderPairs } from "./rules.ts";

type Controller = Dispatcher.DispatchController;

/** One request and its answer, as undici's dispatcher tells of them; from the send to the body's last byte. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<EgressAnswer>;
  readonly #url: URL;
  readonly #rules: EgressRules;
  readonly #signal: AbortSignal | undefined;
  #resolve: (response: EgressAnswer) => void = () => {};
  #reject: (cause: unknown) => void = () => {};
  #controller: Controller | null = null;
  #body: Body | null = null;
  #isOver = false;
  #isAnswered = false;

  constructor(url: URL, rules: EgressRules, signal: AbortSignal | undefined) {
    this.#url = url;
    this.#rules = rules;
    this.#signal = signal;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener("abort", this.#abandon);
    if (signal?.aborted === true) this.#abandon();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // It waited for a connection, and whoever asked has gone meanwhile: nothing is sent.
    if (this.#isOver) controller.abort(reasonOf(this.#signal));
  }

  onResponseStart(controller: Controller, status: number, raw: IncomingHttpHeaders): void {
    // Interim answers (RFC 9110, 15.2) come before the answer.
    if (status < 200 || this.#isOver) return;
    this.#isAnswered = true;
    const headers = flat(raw);
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity" && this.#rules.asItIs !== true)
      return this.#refuse(controller, encoded(encoding));
    const isEvents = (headers["content-type"] ?? "").toLowerCase().startsWith("text/event-stream");
    const body = new Body(controller, this.#rules, isEvents);
    this.#body = body;
    this.#resolve({
      status,
      headers,
      pairs: pairsOf(controller.rawHeaders, headers),
      text: () => body.text(),
      chunks: () => body.chunks(),
      discard: () => body.discard(),
    });
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#finish();
    this.#body?.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    if (this.#body === null) this.#reject(networkFault(this.#url, error));
    else this.#body.fail(lost(this.#url, error));
  }

  /** Nothing moves any more: the server takes no more of the body, or does not answer to it. */
  stall(): void {
    if (this.#isOver || this.#isAnswered) return;
    const reason = slow(this.#rules.timeoutMs);
    this.#finish();
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  readonly #abandon = (): void => {
    this.#finish();
    const reason = reasonOf(this.#signal);
    this.#reject(reason);
    this.#body?.drop(reason);
    this.#controller?.abort(reason);
  };

  #refuse(controller: Controller, reason: Error): void {
    this.#finish();
    this.#reject(reason);
    controller.abort(reason);
  }

  #finish(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#abandon);
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException("This operation was aborted", "AbortError");
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    plain[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  }
  return plain;
}

/** Bytes and strings in turn, as undici's parser gives them; HTTP/2 has them joined already. */
function pairsOf(raw: Controller["rawHeaders"], joined: Readonly<Record<string, string>>): HeaderPairs {
  if (!Array.isArray(raw)) return Object.entries(joined);
  const texts = raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < texts.length; at += 2)
    pairs.push([(texts[at] ?? "").toLowerCase(), texts[at + 1] ?? ""]);
  return pairs;
}
