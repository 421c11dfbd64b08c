import { fail, failType } from "../failure.ts";
import { quotient } from "../long.ts";
import type { Value } from "../value.ts";
import { Datetime, readDatetime } from "./datetime.ts";
import { Decimal, readDecimal } from "./decimal.ts";
import { Duration, readDuration } from "./duration.ts";
import { IpAddress, readIp } from "./ipaddr.ts";

/** A function of an extension: how many arguments it takes, and what it makes of them. Throws Failure. */
export interface ExtensionFunction {
  readonly arity: 1 | 2;
  readonly call: (first: Value, second: Value) => Value;
}

/** Every extension function of Cedar 4.x, by name. A method's receiver is its first argument. */
export const EXTENSION_FUNCTIONS: ReadonlyMap<string, ExtensionFunction> = new Map<string, ExtensionFunction>(
  [
    ["decimal", unary((value) => readDecimal(string(value)))],
    ["lessThan", binary((one, other) => decimal(one).units < decimal(other).units)],
    ["lessThanOrEqual", binary((one, other) => decimal(one).units <= decimal(other).units)],
    ["greaterThan", binary((one, other) => decimal(one).units > decimal(other).units)],
    ["greaterThanOrEqual", binary((one, other) => decimal(one).units >= decimal(other).units)],
    ["ip", unary((value) => readIp(string(value)))],
    ["isIpv4", unary((value) => ip(value).version === 4)],
    ["isIpv6", unary((value) => ip(value).version === 6)],
    ["isLoopback", unary((value) => ip(value).isLoopback)],
    ["isMulticast", unary((value) => ip(value).isMulticast)],
    ["isInRange", binary((one, other) => ip(one).isInRange(ip(other)))],
    ["datetime", unary((value) => readDatetime(string(value)))],
    ["duration", unary((value) => readDuration(string(value)))],
    ["offset", binary((one, other) => datetime(one).offset(duration(other)))],
    ["durationSince", binary((one, other) => datetime(one).since(datetime(other)))],
    ["toDate", unary((value) => datetime(value).toDate())],
    ["toTime", unary((value) => datetime(value).toTime())],
    ["toMilliseconds", unary((value) => duration(value).ms)],
    ["toSeconds", unary((value) => quotient(duration(value).ms, 1000))],
    ["toMinutes", unary((value) => quotient(duration(value).ms, 60_000))],
    ["toHours", unary((value) => quotient(duration(value).ms, 3_600_000))],
    ["toDays", unary((value) => quotient(duration(value).ms, 86_400_000))],
  ],
);

export function failArity(name: string, expected: number, actual: number): never {
  const message = `wrong number of arguments provided to extension function \`${name}\`: expected ${expected}, got ${actual}`;
  return fail("arguments", message);
}

function unary(call: (value: Value) => Value): ExtensionFunction {
  return { arity: 1, call };
}

function binary(call: (one: Value, other: Value) => Value): ExtensionFunction {
  return { arity: 2, call };
}

function string(value: Value): string {
  return typeof value === "string" ? value : failType("string", value);
}

function decimal(value: Value): Decimal {
  return value instanceof Decimal ? value : failType("decimal", value);
}

function ip(value: Value): IpAddress {
  return value instanceof IpAddress ? value : failType("ipaddr", value);
}

function datetime(value: Value): Datetime {
  return value instanceof Datetime ? value : failType("datetime", value);
}

function duration(value: Value): Duration {
  return value instanceof Duration ? value : failType("duration", value);
}
