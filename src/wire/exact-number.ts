/** Longest number text looked at: the smallest double written out in full has fewer digits. */
const NUMBER_TEXT_MAX = 400;
/** Every integer of this many characters, sign included, is exact. */
const PLAIN_TEXT_MAX = 15;

const PLAIN = /^-?[0-9]+$/;
const PARTS = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * Whether `value`, the double nearest to the JSON number `text`, still says what `text` says: the same decimal once both
 * are written shortest, and, where it is an integer, within +-(2^53 - 1) (RFC 7493 section 2.2, RFC 8785 3.2.2.3).
 */
export function survives(text: string, value: number): boolean {
  if (text.length <= PLAIN_TEXT_MAX && PLAIN.test(text)) return true;
  if (text.length > NUMBER_TEXT_MAX || !Number.isFinite(value)) return false;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  return decimalOf(text) === decimalOf(String(value));
}

/** Digits without zeros at either end, and the power of ten; the sign never changes in reading. */
function decimalOf(text: string): string {
  const parts = PARTS.exec(text);
  const fraction = parts?.[2] ?? "";
  const digits = `${parts?.[1] ?? ""}${fraction}`.replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0";
  const exponent = Number(parts?.[3] ?? 0) - fraction.length + (digits.length - trimmed.length);
  return `${trimmed}e${exponent}`;
}
