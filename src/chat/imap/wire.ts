import type { Socket } from "node:net";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";

/** One line of a response, its literals aside: a list of a hundred thousand numbers fits. */
const LINE_BYTES_MAX = 1024 * 1024;
/** One literal: what was asked for of one message (`MESSAGE_BYTES_MAX`), and some room. */
const LITERAL_BYTES_MAX = 128 * 1024;
const LITERALS_MAX = 16;
/** Bytes that nobody has read yet; then the server has to wait. */
const HELD_BYTES_MAX = 256 * 1024;

/** A response as it came: its line in pieces, and after each piece but the last the literal that it announced (RFC 9051, 4.3). */
export interface Response {
  readonly pieces: readonly string[];
  readonly literals: readonly Buffer[];
}

interface Limit {
  readonly isOver: boolean;
  readonly end: () => void;
}

const LITERAL = /~?\{(\d{1,10})\+?\}$/;

/** The bytes of one IMAP connection: responses in, lines out; nothing of them is understood here. */
export class Wire {
  #socket: Socket;
  #held: Buffer = Buffer.alloc(0);
  #ended: unknown = null;
  #isEnded = false;
  #wake: () => void = () => {};
  readonly #take = (chunk: Buffer): void => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#held.length > HELD_BYTES_MAX) this.#socket.pause();
    this.#wake();
  };
  readonly #fail = (cause?: unknown): void => {
    if (!this.#isEnded) this.#ended = cause;
    this.#isEnded = true;
    this.#wake();
  };
  readonly #close = (): void => this.#fail();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setKeepAlive(true, 60_000);
    socket.on("data", this.#take).on("error", this.#fail).on("close", this.#close).on("end", this.#close);
  }

  write(line: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`, "utf8");
  }

  /** The next response. Throws `channel_unreachable` after `withinMs`, or where the connection ends before it. */
  async next(withinMs: number = CHANNEL_CALL_MS_MAX): Promise<Response> {
    const limit = this.limitOf(withinMs);
    try {
      return await this.#whole(limit);
    } finally {
      limit.end();
    }
  }

  /** From now on. Whoever waits for bytes is woken when it is over. */
  limitOf(ms: number): Limit {
    const timer = setTimeout(() => {
      limit.isOver = true;
      this.#wake();
    }, ms);
    const limit = { isOver: false, end: () => clearTimeout(timer) };
    return limit;
  }

  async #whole(limit: Limit): Promise<Response> {
    const pieces: string[] = [];
    const literals: Buffer[] = [];
    for (;;) {
      const line = await this.#line(limit);
      const announced = LITERAL.exec(line);
      pieces.push(announced === null ? line : line.slice(0, announced.index));
      if (announced === null) return { pieces, literals };
      const bytes = Number(announced[1]);
      if (bytes > LITERAL_BYTES_MAX || literals.length >= LITERALS_MAX) throw this.#tooMuch();
      literals.push(await this.#bytes(bytes, limit));
    }
  }

  /** Whether anything comes before the limit is over; nothing of it is read. */
  async saysSomething(limit: Limit): Promise<boolean> {
    while (this.#held.length === 0 && !this.#isEnded && !limit.isOver) await this.#woken();
    return !limit.isOver;
  }

  async #woken(): Promise<void> {
    this.#socket.resume();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #line(limit: Limit): Promise<string> {
    for (let from = 0; ; ) {
      const end = this.#held.indexOf(10, from);
      if (end >= 0) {
        const line = this.#cut(end + 1).toString("utf8");
        return line.replace(/\r?\n$/, "");
      }
      from = this.#held.length;
      if (from > LINE_BYTES_MAX) throw this.#tooMuch();
      await this.#more(limit);
    }
  }

  async #bytes(count: number, limit: Limit): Promise<Buffer> {
    while (this.#held.length < count) await this.#more(limit);
    return Buffer.from(this.#cut(count));
  }

  #cut(count: number): Buffer {
    const cut = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return cut;
  }

  /** More bytes than there were. What came before the end is still read. */
  async #more(limit: Limit): Promise<void> {
    const before = this.#held.length;
    while (this.#held.length === before) {
      if (this.#isEnded) throw channelUnreachable("the mailbox's server ended the connection", this.#ended);
      if (limit.isOver) throw channelUnreachable("the mailbox's server gave no answer in time");
      await this.#woken();
    }
  }

  /** The bare connection, for TLS. What came unasked before it would be read as if it had come encrypted: refused. */
  released(): Socket {
    const socket = this.#socket;
    socket.off("data", this.#take).off("error", this.#fail).off("close", this.#close).off("end", this.#close);
    if (this.#held.length === 0 && !this.#isEnded) return socket;
    socket.destroy();
    throw channelRefused("the mailbox's server said more than it may before the connection was encrypted");
  }

  close(): void {
    this.#fail();
    this.#socket.destroy();
  }

  #tooMuch(): Error {
    this.close();
    return channelUnreachable("the mailbox's server answers with more than was asked for");
  }
}
