import { randomFillSync } from "node:crypto";
import type { Ambient } from "#base";

const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_BYTES = 6;
const RANDOM_BYTES = 10;
const POOL_BYTES = 4096;

/** The real clock, the real dice. Ids are ULIDs (github.com/ulid/spec) in lower case behind a prefix. */
export function systemAmbient(): Ambient {
  const random = pooledRandom();
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    id: (prefix) => `${prefix}_${ulid(Date.now(), random(RANDOM_BYTES))}`,
    random,
  };
}

/** Random bytes, asked of the system a page at a time: one call costs as much for 4 KiB as for 12 bytes. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let pool = Buffer.alloc(0);
  return (bytes) => {
    if (bytes > POOL_BYTES) return randomFillSync(Buffer.alloc(bytes));
    // A fresh pool each time: what was handed out is never overwritten, and no byte is handed out twice.
    if (pool.length < bytes) pool = randomFillSync(Buffer.alloc(POOL_BYTES));
    const taken = pool.subarray(0, bytes);
    pool = pool.subarray(bytes);
    return taken;
  };
}

/** 48 bits of milliseconds, then 80 random bits, as 26 characters of 5 bits (the first has 3). */
export function ulid(milliseconds: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(TIME_BYTES + RANDOM_BYTES);
  bytes.writeUIntBE(milliseconds, 0, TIME_BYTES);
  bytes.set(random.subarray(0, RANDOM_BYTES), TIME_BYTES);
  let text = "";
  // 128 bits in 26 groups of 5: the first has 3, so the bits are read as if two zeros stood before them.
  for (let bit = -2; bit < bytes.length * 8; bit += 5) text += CROCKFORD[fiveBits(bytes, bit)];
  return text;
}

function fiveBits(bytes: Uint8Array, from: number): number {
  const at = from >> 3;
  const pair = ((at < 0 ? 0 : (bytes[at] ?? 0)) << 8) | (bytes[at + 1] ?? 0);
  return (pair >> (11 - (from & 7))) & 31;
}
