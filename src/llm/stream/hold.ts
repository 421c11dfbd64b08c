import { answerTooLarge } from "./faults.ts";

/** The smallest room a hold takes: most halves of events fit in it. */
const HOLD_BYTES_MIN = 1024;

/**
 * Keeps the bytes of what has begun and not ended. Room doubles, so a piece that drips in byte by byte costs each byte a
 * constant number of copies; above `bytesMax` it throws Fault `answer_too_large`.
 */
export interface Hold {
  readonly length: () => number;
  readonly keep: (bytes: Uint8Array) => void;
  /** Everything kept, followed by `tail`, as bytes of its own; the hold is empty afterwards. */
  readonly take: (tail: Uint8Array) => Uint8Array;
}

export function createHold(bytesMax: number): Hold {
  let room = new Uint8Array(0);
  let length = 0;

  function keep(bytes: Uint8Array): void {
    const needed = length + bytes.length;
    if (needed > bytesMax) throw answerTooLarge(bytesMax);
    if (needed > room.length) {
      const larger = new Uint8Array(Math.max(HOLD_BYTES_MIN, needed, Math.min(room.length * 2, bytesMax)));
      larger.set(room.subarray(0, length));
      room = larger;
    }
    room.set(bytes, length);
    length = needed;
  }

  function take(tail: Uint8Array): Uint8Array {
    if (length + tail.length > bytesMax) throw answerTooLarge(bytesMax);
    if (length === 0) return tail;
    const whole = new Uint8Array(length + tail.length);
    whole.set(room.subarray(0, length));
    whole.set(tail, length);
    length = 0;
    return whole;
  }

  return { length: () => length, keep, take };
}
