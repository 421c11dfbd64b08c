import { isUtf8 } from "node:buffer";
import { bodyLost, idle, notText, slow, tooLarge } from "./faults.ts";
import { HELD_BYTES_MAX, type EgressRules, type HeaderPairs } from "./rules.ts";

/** A response whose body cannot exceed its rules. Exactly one of `text`, `chunks` and `discard` is used, once. */
export interface EgressResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: () => Promise<string>;
  /** What came since the last chunk is one chunk. Leaving the loop early drops the rest. */
  readonly chunks: () => AsyncIterableIterator<Uint8Array>;
  /** Drops the body and frees the connection. */
  readonly discard: () => void;
}

/** With what a proxy needs that passes it on. */
export interface EgressAnswer extends EgressResponse {
  /** Headers as they came: in order, each by itself, lower-case names. */
  readonly pairs: HeaderPairs;
}

type Step = IteratorResult<Uint8Array, undefined>;

const DONE: Promise<Step> = Promise.resolve({ done: true, value: undefined });

/** What the body needs of its connection. */
interface Flow {
  readonly pause: () => void;
  readonly resume: () => void;
  readonly abort: (reason: Error) => void;
}

/**
 * A body on its way: counted, timed, and held back while nobody takes it. By callbacks rather than as a stream of
 * Node's, and joined where several pieces wait: this is the hot path of every call that leaves over HTTP.
 */
export class Body {
  readonly #flow: Flow;
  readonly #rules: EgressRules;
  readonly #isEvents: boolean;
  #parts: Buffer[] = [];
  #held = 0;
  #isPaused = false;
  #isOver = false;
  #failure: unknown = null;
  #isText = false;
  /** Whoever waits for a byte, the end or a failure. */
  #wake: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(flow: Flow, rules: EgressRules, isEvents: boolean) {
    this.#flow = flow;
    this.#rules = rules;
    this.#isEvents = isEvents;
  }

  push(chunk: Buffer): void {
    if (this.#failure !== null) return;
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#isText) {
      if (this.#held > this.#rules.bytesMax) this.#abort(tooLarge(this.#rules.bytesMax));
      return;
    }
    if (this.#held > HELD_BYTES_MAX && !this.#isPaused) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    this.#awaken();
  }

  end(): void {
    this.#isOver = true;
    this.#settle();
  }

  /** The connection broke: what came before is still given, then this is thrown. */
  fail(cause: unknown): void {
    this.#failure ??= cause;
    this.#settle();
  }

  /** Nobody wants what came before either: it is too much, too late, or whoever asked went away. */
  drop(cause: unknown): void {
    this.#parts = [];
    this.#held = 0;
    this.fail(cause);
  }

  /** By settling once rather than chunk by chunk: most answers are small, and come in one piece. */
  text(): Promise<string> {
    const { bytesMax, timeoutMs } = this.#rules;
    this.#isText = true;
    if (this.#held > bytesMax) this.#abort(tooLarge(bytesMax));
    if (!this.#isDone()) this.#timer = setTimeout(() => this.#abort(slow(timeoutMs)), timeoutMs);
    this.#resume();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#failure !== null) return reject(this.#failure);
        const whole = this.#joined();
        return isUtf8(whole) ? resolve(whole.toString("utf8")) : reject(notText());
      };
      if (this.#isDone()) settle();
      else this.#wake = settle;
    });
  }

  chunks(): AsyncIterableIterator<Uint8Array> {
    const { stream, bytesMax } = this.#rules;
    const isBig =
      stream !== undefined
        ? wholeCounter(stream.bytesMax)
        : this.#isEvents
          ? eventCounter(bytesMax)
          : wholeCounter(bytesMax);
    this.#startClock();
    const next = (): Promise<Step> => {
      if (this.#held > 0) {
        const chunk = this.#joined();
        if (!isBig(chunk)) {
          this.#resume();
          return Promise.resolve({ done: false, value: chunk });
        }
        this.#abort(tooLarge(stream?.bytesMax ?? bytesMax));
      }
      if (this.#failure !== null) return Promise.reject(this.#failure);
      if (this.#isOver) return DONE;
      return new Promise((resolve) => {
        this.#wake = () => resolve(next());
      });
    };
    const leave = (): Promise<Step> => {
      this.discard();
      return DONE;
    };
    const iterator = { next, return: leave, [Symbol.asyncIterator]: () => iterator };
    return iterator;
  }

  discard(): void {
    if (!this.#isDone()) this.#abort(bodyLost());
  }

  /** Silence counts only while somebody waits: a reader that takes its time is no fault of the sender's. */
  #startClock(): void {
    if (this.#isDone()) return;
    const { stream, timeoutMs } = this.#rules;
    if (stream !== undefined) {
      const { idleMs } = stream;
      this.#timer = setTimeout(() => {
        if (this.#wake === null) this.#timer?.refresh();
        else this.#abort(idle(idleMs));
      }, idleMs);
    } else if (!this.#isEvents) {
      this.#timer = setTimeout(() => this.#abort(slow(timeoutMs)), timeoutMs);
    }
  }

  #joined(): Buffer {
    const [only] = this.#parts;
    const whole = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#held = 0;
    return whole;
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#flow.resume();
  }

  #abort(reason: Error): void {
    const isUnderWay = !this.#isDone();
    this.drop(reason);
    if (isUnderWay) this.#flow.abort(reason);
  }

  #isDone(): boolean {
    return this.#isOver || this.#failure !== null;
  }

  #settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#awaken();
  }

  #awaken(): void {
    const wake = this.#wake;
    if (wake === null) return;
    this.#wake = null;
    if (this.#rules.stream !== undefined) this.#timer?.refresh();
    wake();
  }
}

/** Whether a chunk is one too many. */
type Counter = (chunk: Uint8Array) => boolean;

function wholeCounter(bytesMax: number): Counter {
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    return bytes > bytesMax;
  };
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Counts bytes since the last blank line: one event may not exceed `bytesMax`, the stream may run for ever. */
function eventCounter(bytesMax: number): Counter {
  let event = 0;
  let line = 0;
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const content = line + at - from - (chunk[at - 1] === CARRIAGE_RETURN ? 1 : 0);
      event += at + 1 - from;
      if (event > bytesMax) return true;
      if (content <= 0) event = 0;
      line = 0;
      from = at + 1;
    }
    line += chunk.length - from;
    event += chunk.length - from;
    return event > bytesMax;
  };
}
