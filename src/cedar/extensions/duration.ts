import { fail } from "../failure.ts";
import { type Long, longOf } from "../long.ts";
import { ExtensionValue } from "./value.ts";

const PATTERN = /^-?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
const UNITS_MS = [86_400_000n, 3_600_000n, 60_000n, 1000n, 1n];
/** Digits of a u64 at most, leading zeros left out. */
const U64_DIGITS = 20;

/** Milliseconds, in 64 bits. */
export class Duration extends ExtensionValue {
  readonly type = "duration";
  readonly ms: Long;

  constructor(ms: Long) {
    super();
    this.ms = ms;
  }

  get key(): string {
    return `u${this.ms}`;
  }
}

/** Reads `duration("-1d2h3m4s5ms")` as Cedar does (`extensions/datetime.rs`), with its errors. */
export function readDuration(text: string): Duration {
  const found = text === "" || text === "-" ? null : PATTERN.exec(text);
  if (found === null) return wrong("invalid duration pattern");
  const sign = text.startsWith("-") ? -1n : 1n;
  const total = UNITS_MS.reduce((sum, unit, index) => sum + amount(found[index + 1] ?? "0") * unit, 0n);
  const ms = longOf(sign * total);
  return ms === null ? overflow() : new Duration(ms);
}

function amount(digits: string): bigint {
  const significant = digits.replace(/^0+(?=[0-9])/, "");
  return significant.length > U64_DIGITS ? overflow() : BigInt(significant);
}

function overflow(): never {
  return wrong("Duration overflows internal representation");
}

function wrong(message: string): never {
  return fail("extension", `error while evaluating \`duration\` extension function: ${message}`);
}
