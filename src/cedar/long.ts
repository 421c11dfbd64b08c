/**
 * Cedar's Long, a signed 64-bit integer: a `number` where that is exact, else a `bigint`. INVARIANT: a value has one
 * form only, so equal Longs are `===`.
 */
export type Long = number | bigint;

export const LONG_MIN = -(2n ** 63n);
export const LONG_MAX = 2n ** 63n - 1n;

/** The one form of an integer; null outside 64 bits. */
export function longOf(value: bigint): Long | null {
  if (value < LONG_MIN || value > LONG_MAX) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Null on overflow, as in the three below. */
export function add(left: Long, right: Long): Long | null {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return longOf(BigInt(left) + BigInt(right));
}

export function subtract(left: Long, right: Long): Long | null {
  if (typeof left === "number" && typeof right === "number") {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return longOf(BigInt(left) - BigInt(right));
}

export function multiply(left: Long, right: Long): Long | null {
  if (typeof left === "number" && typeof right === "number") {
    const product = left * right;
    // Zero may come out as -0, which is `===` 0 and prints as 0.
    if (Number.isSafeInteger(product)) return product;
  }
  return longOf(BigInt(left) * BigInt(right));
}

export function negate(value: Long): Long | null {
  return typeof value === "number" ? 0 - value : longOf(-value);
}

/** Division that rounds towards zero, as Rust's. */
export function quotient(value: Long, divisor: number): Long {
  if (typeof value === "number") return (value - (value % divisor)) / divisor;
  const exact = longOf(value / BigInt(divisor));
  return exact ?? value;
}
