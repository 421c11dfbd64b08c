import { Fault, type JsonObject } from "#base";
import type { ProxiedAnswer } from "#proxy";
import type { Injection } from "#vault";
import type { Attempt } from "../outside.ts";
import { type Heard, heardOf } from "./heard.ts";
import { createKeeping } from "./kept.ts";
import type { HttpOutside } from "./own.ts";
import { createPipe, type Pipe } from "./pipe.ts";
import type { HttpRequest } from "./read.ts";
import { createScrubber, scrubbed, type Scrubber } from "./scrub.ts";
import type { Headers, WebAnswer } from "./upstream.ts";

/** An answer on its way back: scrubbed, taken in by its session, kept, and given to the client, in this order. */
export interface AnswerPassing {
  readonly own: HttpOutside;
  readonly read: HttpRequest;
  readonly attempt: Attempt;
  readonly isApproved: boolean;
  readonly injection: Injection | null;
  readonly answer: WebAnswer;
  readonly came: (answer: ProxiedAnswer) => void;
  readonly given: () => void;
}

/** Resolves with what is on record, once the last byte was given on. Throws where the answer broke off. */
export async function passedOn(passing: AnswerPassing): Promise<JsonObject> {
  const { own, read, attempt, injection, answer } = passing;
  const { status } = answer;
  const encoding = encodingOf(answer.headers);
  const decoded = encoding === null ? null : await unpacked(passing, encoding);
  const headers = passedHeaders(passing, decoded?.kind === "plain");
  const heard = heardOf(own.hearing, {
    attempt,
    isTrusted: read.access.isTrusted,
    status,
    headers,
    isReadable: encoding === null || decoded?.kind === "plain",
  });
  if (decoded?.kind === "packed") own.overflowed(attempt);
  const chunks = decoded === null ? answer.chunks() : decoded.chunks();
  return streamed(passing, { heard, headers, chunks, scrubber: createScrubber(injection?.secrets ?? []) });
}

/** Null: plain. Codings in several lines are one list (RFC 9110, 5.3); those of the transfer lie around those of the content. */
function encodingOf(headers: Headers): string | null {
  const codingsIn = (wanted: string): string[] =>
    headers
      .filter(([name]) => name === wanted)
      .flatMap(([, value]) => value.toLowerCase().split(","))
      .map((coding) => coding.trim());
  const codings = [...codingsIn("content-encoding"), ...codingsIn("transfer-encoding")].filter(
    (coding) => coding !== "" && coding !== "identity" && coding !== "chunked",
  );
  return codings.length === 0 ? null : codings.join(", ");
}

interface Unpacked {
  /** `packed`: as it came, read by nobody. */
  readonly kind: "plain" | "packed";
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/**
 * Plain bytes were asked for. Where they come encoded all the same, what is small enough is unpacked; what is not is passed
 * on unread, unless a secret could stand in it.
 */
async function unpacked(passing: AnswerPassing, encoding: string): Promise<Unpacked> {
  const { own, answer, injection } = passing;
  const { bodyBytesMax, decodedBytesMax } = own.limits;
  const parts: Uint8Array[] = [];
  let size = 0;
  const chunks = answer.chunks()[Symbol.asyncIterator]();
  for (;;) {
    const step = await chunks.next();
    if (step.done === true) break;
    parts.push(step.value);
    size += step.value.length;
    if (size <= bodyBytesMax) continue;
    if (injection !== null) {
      await chunks.return?.();
      throw unreadable(encoding);
    }
    return { kind: "packed", chunks: () => goingOn(parts, chunks) };
  }
  const whole = Buffer.concat(parts);
  const plain = await own.web.decoded(whole, encoding, decodedBytesMax).catch(() => null);
  if (plain !== null) return { kind: "plain", chunks: () => goingOn([plain], null) };
  if (injection !== null) throw unreadable(encoding);
  return { kind: "packed", chunks: () => goingOn([whole], null) };
}

async function* goingOn(
  parts: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array> | null,
): AsyncGenerator<Uint8Array> {
  yield* parts;
  for (;;) {
    const step = await rest?.next();
    if (step === undefined || step.done === true) return;
    yield step.value;
  }
}

/** Of one connection, of a proxy's own, or an invitation to go around this one. */
const DROPPED: ReadonlySet<string> = new Set([
  "alt-svc",
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** T12: of an answer to a request with a credential of ours, no cookie reaches the agent: it would be one more credential. */
function passedHeaders({ answer, injection }: AnswerPassing, isUnpacked: boolean): Headers {
  const secrets = injection?.secrets ?? [];
  const kept = answer.headers.filter(([name]) => {
    if (DROPPED.has(name)) return false;
    if (isUnpacked && (name === "content-encoding" || name === "content-length")) return false;
    if (scrubbed(secrets, name) !== name) return false;
    return injection === null || (name !== "set-cookie" && name !== "set-cookie2");
  });
  return kept.map(([name, value]) => [name, scrubbed(secrets, value)] as const);
}

interface Stream {
  readonly heard: Heard;
  readonly headers: Headers;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly scrubber: Scrubber;
}

async function streamed(passing: AnswerPassing, stream: Stream): Promise<JsonObject> {
  const { own, isApproved, answer, read } = passing;
  const { status } = answer;
  const { keptBytesMax, collectedBytesMax } = own.limits;
  const keeping = createKeeping(isApproved ? collectedBytesMax : keptBytesMax);
  const pipe = createPipe();
  const hasBody = read.request.method !== "HEAD" && status !== 204 && status !== 304;
  passing.came({ status, headers: stream.headers, body: hasBody ? pipe.body : null });
  const { give, isTaken } = createGiving(passing, pipe, keeping.add);
  try {
    for await (const chunk of stream.chunks) {
      if (await give(stream.heard.push(stream.scrubber.push(chunk)))) continue;
      return keeping.result({ status, headers: stream.headers, isCut: true });
    }
    await give(ended(stream));
    if (isTaken()) passing.given();
    pipe.end();
  } catch (error) {
    pipe.fail(error);
    throw error;
  }
  return keeping.result({ status, headers: stream.headers, isCut: false });
}

function ended({ heard, scrubber }: Stream): Uint8Array {
  const rest = heard.push(scrubber.end());
  return Buffer.concat([rest ?? new Uint8Array(), heard.end() ?? new Uint8Array()]);
}

interface Giving {
  /** Gives bytes to the client; false where nobody takes them and nobody will come for them. */
  readonly give: (bytes: Uint8Array | null) => Promise<boolean>;
  /** Whether the client took all that was given. */
  readonly isTaken: () => boolean;
}

function createGiving(
  { isApproved, own }: AnswerPassing,
  pipe: Pipe,
  keep: (chunk: Uint8Array) => void,
): Giving {
  let given = 0;
  let isTaken = true;
  const give = async (bytes: Uint8Array | null): Promise<boolean> => {
    if (bytes === null || bytes.length === 0) return true;
    keep(bytes);
    given += bytes.length;
    if (isTaken) isTaken = await pipe.push(bytes);
    // What a person approved is collected by a retry, as far as it is kept.
    return isTaken || (isApproved && given <= own.limits.collectedBytesMax);
  };
  return { give, isTaken: () => isTaken };
}

function unreadable(encoding: string): Fault {
  return new Fault(
    "answer_unreadable",
    `the host answered in the encoding ${JSON.stringify(encoding.slice(0, 60))}, in which a credential of ours could stand unseen`,
    "The request was sent. Ask the host for plain answers, or for less at once.",
  );
}
