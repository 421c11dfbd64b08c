import { Fault } from "#base";
import type { EgressResponse, EgressRules } from "#egress";
import { endpointOf } from "./address.ts";
import { type Protocol } from "#llm";
import type { UpstreamRow } from "./configuration.ts";
import type { Injector } from "./credential.ts";
import { ANTHROPIC_VERSION, asAnswerFault } from "./faults.ts";
import type { Ground } from "./ground.ts";
import type { Health } from "./health.ts";
import type { ModelAnswer, ModelSend } from "./port.ts";
import type { Redactor } from "./redact.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What one send at one upstream needs. */
export interface Sender {
  readonly upstream: UpstreamRow;
  readonly injector: Injector;
  readonly health: Health;
  readonly ground: Ground;
  /** Called once, when the request is over, however it ended. */
  readonly ended: () => void;
}

/** Headers of a client that go on to its upstream; no other does (T12). */
const FORWARDED = ["anthropic-version", "anthropic-beta", "openai-beta"] as const;

/** An upstream is asked at its own origin only, and only where it was said to be. */
export function rulesOf(upstream: { readonly url: string; readonly allowPrivate: boolean }): {
  readonly allowPrivate: boolean;
  readonly onlyPrivate: boolean;
  readonly origin: string;
} {
  const { url, allowPrivate } = upstream;
  return { allowPrivate, onlyPrivate: allowPrivate, origin: new URL(url).origin };
}

/** Sends once. Whatever comes of it is counted into the upstream's health. */
export async function sendOnce(sender: Sender, asked: ModelSend): Promise<ModelAnswer> {
  const { upstream, injector, ground } = sender;
  try {
    const injection = await injector.inject();
    const response = await ground.egress.request(answerRules(sender, asked.isStream), {
      url: endpointOf(upstream.kind, upstream.url, asked.protocol),
      method: "POST",
      headers: { ...headersOf(asked), ...injection.headers },
      body: asked.body,
      signal: asked.signal,
    });
    if (response.status === 401) injector.refused();
    return answerOf(sender, response, { redactor: injection.redactor, asked });
  } catch (cause) {
    sender.ended();
    noteFailure(sender, asked.signal, cause);
    throw asAnswerFault(upstream.name, cause);
  }
}

function answerRules({ upstream, ground }: Sender, isStream: boolean): EgressRules {
  const { answerBytesMax, answerMsMax, streamBytesMax, streamIdleMsMax } = ground.bounds;
  const rules = { ...rulesOf(upstream), bytesMax: answerBytesMax, timeoutMs: answerMsMax };
  return isStream ? { ...rules, stream: { idleMs: streamIdleMsMax, bytesMax: streamBytesMax } } : rules;
}

function headersOf({ protocol, isStream, headers }: ModelSend): Record<string, string> {
  const own: Record<string, string> = {
    "content-type": "application/json",
    accept: isStream ? `${streamTypeOf(protocol)}, application/json` : "application/json",
  };
  if (protocol === "anthropic-messages") own["anthropic-version"] = ANTHROPIC_VERSION;
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value !== undefined) own[name] = value;
  }
  return own;
}

function streamTypeOf(protocol: Protocol): string {
  return protocol.startsWith("ollama-") ? "application/x-ndjson" : "text/event-stream";
}

interface Coming {
  readonly redactor: Redactor | null;
  readonly asked: ModelSend;
}

function answerOf(sender: Sender, response: EgressResponse, { redactor, asked }: Coming): ModelAnswer {
  const { upstream, health, ground } = sender;
  const mediaType = mediaTypeOf(response.headers["content-type"], redactor);
  const after = retryAfterMs(response.headers, ground.ambient.now());
  const isFine = noteStatus(health, { status: response.status, mediaType, after });
  const ended = (): void => {
    sender.ended();
    if (isFine) health.worked();
  };
  const broke = (cause: unknown): unknown => {
    sender.ended();
    noteFailure(sender, asked.signal, cause);
    return asAnswerFault(upstream.name, cause);
  };
  return {
    status: response.status,
    mediaType,
    retryAfterMs: after,
    text: async () => {
      const text = await response.text().catch((cause: unknown) => {
        throw broke(cause);
      });
      ended();
      return redactor === null ? text : redactor.text(text);
    },
    chunks: () => chunksOf(response, redactor, { ended, broke }),
    discard: () => {
      response.discard();
      sender.ended();
    },
  };
}

interface Ends {
  readonly ended: () => void;
  readonly broke: (cause: unknown) => unknown;
}

type Step = IteratorResult<Uint8Array, undefined>;

/** Written by hand: a generator around a generator costs more than the rest of a small chunk. */
function chunksOf(
  response: EgressResponse,
  redactor: Redactor | null,
  { ended, broke }: Ends,
): AsyncIterableIterator<Uint8Array> {
  const source = response.chunks();
  const clean = redactor?.createStream() ?? null;
  let isOver = false;
  const next = async (): Promise<Step> => {
    while (!isOver) {
      const step = await source.next().catch((cause: unknown) => {
        isOver = true;
        throw broke(cause);
      });
      const bytes = passed(step, clean);
      if (step.done === true) {
        isOver = true;
        ended();
      }
      if (bytes.length > 0) return { done: false, value: bytes };
    }
    return { done: true, value: undefined };
  };
  const leave = async (): Promise<Step> => {
    if (!isOver) {
      isOver = true;
      response.discard();
      ended();
    }
    return { done: true, value: undefined };
  };
  const iterator = { next, return: leave, [Symbol.asyncIterator]: () => iterator };
  return iterator;
}

const NONE = new Uint8Array(0);

function passed(step: Step, clean: ReturnType<Redactor["createStream"]> | null): Uint8Array {
  if (step.done === true) return clean?.end() ?? NONE;
  return clean === null ? step.value : clean.push(step.value);
}

const KNOWN_TYPES = new Set(["application/json", "text/event-stream", "application/x-ndjson"]);

function mediaTypeOf(header: string | undefined, redactor: Redactor | null): string {
  const [type = ""] = (header ?? "").split(";");
  const plain = type.trim().toLowerCase();
  return redactor === null || KNOWN_TYPES.has(plain) ? plain : redactor.text(type.trim()).toLowerCase();
}

interface Said {
  readonly status: number;
  readonly mediaType: string;
  readonly after: number | null;
}

/** What status and type say of the upstream's health; false: no answer of its kind, whatever comes after. */
function noteStatus(health: Health, { status, mediaType, after }: Said): boolean {
  const problem = problemOf(status, mediaType);
  if (status === 429) health.busy(after);
  else if (problem !== null) health.failed(problem, after);
  return status !== 429 && problem === null;
}

function problemOf(status: number, mediaType: string): string | null {
  if (status === 401 || status === 403) return `it refuses Doorward's credential (HTTP ${status})`;
  if (status >= 500) return `it answered with HTTP ${status}`;
  if (status >= 300 && status < 400)
    return `it answered with a redirect (HTTP ${status}), which is not followed`;
  if (status < 300 && mediaType === "text/html") return "it answered with a web page";
  return null;
}

/** Whoever asked and went away says nothing about the upstream; one that let a time limit pass does. */
function noteFailure({ health }: Sender, signal: AbortSignal, cause: unknown): void {
  if (signal.aborted && !isTimeout(signal.reason)) return;
  health.failed(cause instanceof Fault ? cause.message : "it did not answer in time");
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}
