import { hash } from "node:crypto";

/** What was given does not verify, and why. Anything else thrown here is a mistake of ours. */
export class Refusal extends Error {}

export function need(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Refusal(problem);
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash("sha256", Buffer.concat(parts), "buffer");
}

/** Strict standard base64, exactly what encoding the bytes gives; of `length` bytes where that is given. */
export function fromBase64(text: string, what: string, length?: number): Buffer {
  const bytes = Buffer.from(text, "base64");
  need(bytes.toString("base64") === text, `${what} is not base64`);
  need(length === undefined || bytes.length === length, `${what} does not have ${length} bytes`);
  return bytes;
}

/** A decimal count without sign or leading zeros, at most 2^53 - 1. */
export function toCount(text: string, what: string): number {
  need(/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), `${what} is not a count`);
  return Number(text);
}

export type Members = Readonly<Record<string, unknown>>;

export function toMembers(value: unknown, what: string): Members {
  need(typeof value === "object" && value !== null && !Array.isArray(value), `${what} is not a JSON object`);
  return { ...value };
}

export function parseJson(text: string, what: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`${what} is not JSON`);
  }
  return toMembers(value, what);
}

const DEPTH_MAX = 128;

/** RFC 8785. Text that equals its own canonical form has one spelling, and no key twice. */
export function canonical(value: unknown, depth = 0): string {
  need(depth <= DEPTH_MAX, `JSON is nested deeper than ${DEPTH_MAX}`);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object" || value === null) {
    need(typeof value !== "string" || value.isWellFormed(), "JSON holds a lone surrogate");
    return JSON.stringify(value);
  }
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`).join(",")}}`;
}
