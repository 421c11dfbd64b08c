import type { ServerResponse } from "node:http";
import { type AnswerHead, BODILESS, headOf } from "./answers.ts";
import { answerInvalid, tooSlow } from "./faults.ts";
import type { ProxiedAnswer } from "./port.ts";

export interface SendOptions {
  readonly isHead: boolean;
  /** The connection ends with this answer. */
  readonly isLast: boolean;
  readonly stallMs: number;
  /** Before the end: what the client still sends of a body nobody wanted. */
  readonly drain: () => Promise<void>;
}

/**
 * Writes an answer as fast as its client takes it. Where it breaks off after its head, the connection is destroyed: a
 * client must not take it for whole. Throws only while nothing was written.
 */
export async function sendHttp1(
  response: ServerResponse,
  answer: ProxiedAnswer,
  options: SendOptions,
): Promise<void> {
  const head = headOf(answer);
  const isBodiless = options.isHead || BODILESS.has(head.status) || answer.body === null;
  writeHead(response, head, options);
  try {
    if (!isBodiless && answer.body !== null) await writeBody(response, answer.body, { ...options, ...head });
    await options.drain();
    await ended(response, options.stallMs);
  } catch (cause) {
    response.destroy(cause instanceof Error ? cause : undefined);
  }
}

function writeHead(response: ServerResponse, head: AnswerHead, { isHead, isLast }: SendOptions): void {
  const { status, headers, length } = head;
  const lines = headers.flat();
  const isSaid = length !== null && status !== 204 && !(isHead && length === 0);
  if (isSaid) lines.push("content-length", String(length));
  response.sendDate = false;
  response.shouldKeepAlive = response.shouldKeepAlive && !isLast;
  try {
    response.writeHead(status, lines);
  } catch (cause) {
    throw answerInvalid(cause);
  }
}

async function writeBody(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  { length, stallMs }: SendOptions & AnswerHead,
): Promise<void> {
  let written = 0;
  // A stream's head must not wait for its first event; a whole answer's goes out with its body.
  const early = setImmediate(() => response.flushHeaders());
  for await (const chunk of body) {
    clearImmediate(early);
    if (response.destroyed) return;
    written += chunk.length;
    if (length !== null && written > length) throw answerInvalid("its body is longer than announced");
    if (!response.write(chunk)) await drained(response, stallMs);
  }
  clearImmediate(early);
  if (length !== null && written < length) throw answerInvalid("its body is shorter than announced");
}

function drained(response: ServerResponse, stallMs: number): Promise<void> {
  return happened(response, "drain", stallMs);
}

function ended(response: ServerResponse, stallMs: number): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  const closed = happened(response, "close", stallMs);
  response.end();
  return closed;
}

/** Also when the client goes away meanwhile; a client that takes nothing at all is left after a time. */
function happened(response: ServerResponse, event: "drain" | "close", stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (fault?: Error): void => {
      clearTimeout(timer);
      response.off(event, goOn).off("close", goOn);
      if (fault === undefined) resolve();
      else reject(fault);
    };
    const goOn = (): void => settle();
    const timer = setTimeout(() => settle(tooSlow("nothing of the answer was taken, or it")), stallMs);
    response.once(event, goOn).once("close", goOn);
  });
}
