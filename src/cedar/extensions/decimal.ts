import { fail } from "../failure.ts";
import { type Long, longOf } from "../long.ts";
import { utf8Length } from "../text.ts";
import { ExtensionValue } from "./value.ts";

/** Fraction digits. */
const DIGITS = 4;
/** Rust's `\d` is any decimal digit of Unicode; those beyond ASCII then fail to be numbers. */
const PATTERN = /^(-?\p{Nd}+)\.(\p{Nd}+)$/u;
const ASCII = /^-?[0-9]+$/;
/** Digits of an i64 at most, leading zeros left out. */
const I64_DIGITS = 19;

/** A number with four digits after the point: `units` ten-thousandths, in 64 bits. */
export class Decimal extends ExtensionValue {
  readonly type = "decimal";
  readonly units: Long;

  constructor(units: Long) {
    super();
    this.units = units;
  }

  get key(): string {
    return `d${this.units}`;
  }
}

/** Reads `decimal("12.34")` as Cedar does (`cedar-policy-core/src/extensions/decimal.rs`), with its errors. */
export function readDecimal(text: string): Decimal {
  const [, whole, fraction] = PATTERN.exec(text) ?? [];
  if (whole === undefined || fraction === undefined)
    return wrong(`\`${text}\` is not a well-formed decimal value`);
  const units = integer(whole) * 10n ** BigInt(DIGITS);
  if (longOf(units) === null) return overflow();
  if (utf8Length(fraction) > DIGITS) return wrong(`too many digits after the decimal in \`${text}\``);
  const rest = integer(fraction.padEnd(DIGITS, "0"));
  const value = longOf(whole.startsWith("-") ? units - rest : units + rest);
  return value === null ? overflow() : new Decimal(value);
}

function integer(digits: string): bigint {
  if (!ASCII.test(digits)) return overflow();
  const significant = digits.replace(/^(-?)0+(?=[0-9])/, "$1");
  return significant.length > I64_DIGITS + 1 ? overflow() : BigInt(significant);
}

function overflow(): never {
  return wrong("overflow when converting to decimal");
}

function wrong(message: string): never {
  return fail("extension", `error while evaluating \`decimal\` extension function: ${message}`);
}
