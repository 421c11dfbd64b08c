import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { type AnswerHead, BODILESS, headOf } from "./answers.ts";
import { answerInvalid, tooSlow } from "./faults.ts";
import type { ProxiedAnswer } from "./port.ts";

interface SendOptions {
  readonly isHead: boolean;
  readonly stallMs: number;
}

/** As `sendHttp1`: at the client's pace, and a stream that breaks off is reset. Throws only while nothing was written. */
export async function sendHttp2(
  stream: ServerHttp2Stream,
  answer: ProxiedAnswer,
  { isHead, stallMs }: SendOptions,
): Promise<void> {
  if (stream.destroyed) return;
  const head = headOf(answer);
  const isBodiless = isHead || BODILESS.has(head.status) || answer.body === null;
  try {
    stream.respond(headersOf(head, isHead), { endStream: isBodiless });
  } catch (cause) {
    throw answerInvalid(cause);
  }
  try {
    if (!isBodiless && answer.body !== null) await writeBody(stream, answer.body, { ...head, stallMs });
  } catch {
    return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
  // What the client still sends of its body is not waited for (RFC 9113, 8.1).
  if (!stream.readableEnded && !stream.endAfterHeaders) stream.close(constants.NGHTTP2_NO_ERROR);
}

function headersOf({ status, headers, length }: AnswerHead, isHead: boolean): OutgoingHttpHeaders {
  const made: Record<string, string | string[] | number> = Object.create(null);
  for (const [name, value] of headers) {
    const known = made[name];
    made[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [String(known)]), value];
  }
  made[":status"] = status;
  if (length !== null && status !== 204 && !(isHead && length === 0)) made["content-length"] = String(length);
  return made;
}

async function writeBody(
  stream: ServerHttp2Stream,
  body: AsyncIterable<Uint8Array>,
  { length, stallMs }: AnswerHead & { readonly stallMs: number },
): Promise<void> {
  let written = 0;
  for await (const chunk of body) {
    if (stream.destroyed) return;
    written += chunk.length;
    if (length !== null && written > length) throw answerInvalid("its body is longer than announced");
    if (!stream.write(chunk)) await happened(stream, "drain", stallMs);
  }
  if (length !== null && written < length) throw answerInvalid("its body is shorter than announced");
  stream.end();
  if (!stream.destroyed) await happened(stream, "finish", stallMs);
}

function happened(stream: ServerHttp2Stream, event: "drain" | "finish", stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (fault?: Error): void => {
      clearTimeout(timer);
      stream.off(event, goOn).off("close", goOn);
      if (fault === undefined) resolve();
      else reject(fault);
    };
    const goOn = (): void => settle();
    const timer = setTimeout(() => settle(tooSlow("nothing of the answer was taken, or it")), stallMs);
    stream.once(event, goOn).once("close", goOn);
  });
}
