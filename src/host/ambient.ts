import { randomBytes } from "node:crypto";
import type { Ambient } from "#base";

const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_BYTES = 6;
const RANDOM_BYTES = 10;
const ID_CHARS = 26;

/** The real clock, the real dice. Ids are ULIDs (github.com/ulid/spec) in lower case behind a prefix. */
export function systemAmbient(): Ambient {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    id: (prefix) => `${prefix}_${ulid(Date.now(), randomBytes(RANDOM_BYTES))}`,
    random: (bytes) => randomBytes(bytes),
  };
}

/** 48 bits of milliseconds, then 80 random bits, as 26 characters of 5 bits (the first has 3). */
export function ulid(milliseconds: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(TIME_BYTES + RANDOM_BYTES);
  bytes.writeUIntBE(milliseconds, 0, TIME_BYTES);
  bytes.set(random.subarray(0, RANDOM_BYTES), TIME_BYTES);
  let rest = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (let place = 0; place < ID_CHARS; place++) {
    text = `${CROCKFORD[Number(rest & 31n)]}${text}`;
    rest >>= 5n;
  }
  return text;
}
