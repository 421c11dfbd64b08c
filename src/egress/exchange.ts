import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { encoded, lost, networkFault } from "./faults.ts";
import { Body, type EgressResponse } from "./response.ts";
import type { EgressRules } from "./rules.ts";

type Controller = Dispatcher.DispatchController;

/** One request and its answer, as undici's dispatcher tells of them; from the send to the body's last byte. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<EgressResponse>;
  readonly #url: URL;
  readonly #rules: EgressRules;
  readonly #signal: AbortSignal | undefined;
  #resolve: (response: EgressResponse) => void = () => {};
  #reject: (cause: unknown) => void = () => {};
  #controller: Controller | null = null;
  #body: Body | null = null;
  #isOver = false;

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
    const headers = flat(raw);
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") return this.#refuse(controller, encoded(encoding));
    const isEvents = (headers["content-type"] ?? "").toLowerCase().startsWith("text/event-stream");
    const body = new Body(controller, this.#rules, isEvents);
    this.#body = body;
    this.#resolve({
      status,
      headers,
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
