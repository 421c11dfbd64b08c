import { fail } from "../failure.ts";
import { add, type Long, subtract } from "../long.ts";
import { Duration } from "./duration.ts";
import { ExtensionValue } from "./value.ts";

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/;
const TIME = /^T([0-9]{2}):([0-9]{2}):([0-9]{2})/;
const REST = /^(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2}))$/;
const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Milliseconds since 1970-01-01T00:00:00Z, leap seconds left out, in 64 bits. */
export class Datetime extends ExtensionValue {
  readonly type = "datetime";
  readonly epochMs: Long;

  constructor(epochMs: Long) {
    super();
    this.epochMs = epochMs;
  }

  get key(): string {
    return `m${this.epochMs}`;
  }

  /** As Cedar prints it in messages. */
  get text(): string {
    return `datetime("1970-01-01").offset(duration("${this.epochMs}ms"))`;
  }

  offset(by: Duration): Datetime {
    const moved = add(this.epochMs, by.ms);
    if (moved !== null) return new Datetime(moved);
    return wrong("offset", `overflows when adding an offset: ${this.text}+(${by.ms}ms)`);
  }

  since(other: Datetime): Duration {
    const ms = subtract(this.epochMs, other.epochMs);
    if (ms !== null) return new Duration(ms);
    return wrong(
      "durationSince",
      `overflows when computing the duration between ${this.text} and ${other.text}`,
    );
  }

  /** Midnight of its day. */
  toDate(): Datetime {
    const midnight = subtract(this.epochMs, this.timeMs);
    if (midnight !== null) return new Datetime(midnight);
    return wrong("toDate", `overflows when computing the date of ${this.text}`);
  }

  toTime(): Duration {
    return new Duration(this.timeMs);
  }

  private get timeMs(): number {
    const remainder = Number(
      typeof this.epochMs === "number" ? this.epochMs % DAY_MS : this.epochMs % BigInt(DAY_MS),
    );
    return remainder < 0 ? remainder + DAY_MS : remainder;
  }
}

/** Reads `datetime("2024-10-15T11:35:00.000+0100")` as Cedar does (`extensions/datetime.rs`), with its errors. */
export function readDatetime(text: string): Datetime {
  const date = DATE.exec(text);
  if (date === null) return unread("invalid date pattern");
  if (date[0].length === text.length) return new Datetime(readDate(date));
  const afterDate = text.slice(date[0].length);
  const time = TIME.exec(afterDate);
  if (time === null) return unread("invalid hour/minute/second pattern");
  const rest = REST.exec(afterDate.slice(time[0].length));
  if (rest === null) return unread("invalid millisecond and/or offset pattern");
  return new Datetime(readDate(date) + readTime(time) + Number(rest[1] ?? "0") - readOffset(rest));
}

function readDate(found: RegExpExecArray): number {
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  if (day < 1 || day > days) return unread(`invalid date: ${found[0]}`);
  // `Date.UTC` reads the years 0 to 99 as 1900 to 1999; the calendar repeats every 400 years of 146,097 days.
  return Date.UTC(year + 400, month - 1, day) - 146_097 * DAY_MS;
}

function readTime(found: RegExpExecArray): number {
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (hours > 23 || minutes > 59 || seconds > 59) {
    return unread(`invalid hour/minute/second: ${found[0].slice(1)}`);
  }
  return (hours * 3600 + minutes * 60 + seconds) * 1000;
}

function readOffset([, , sign, hours, minutes]: RegExpExecArray): number {
  if (sign === undefined) return 0;
  if (Number(hours) > 23 || Number(minutes) > 59) {
    return unread(`invalid offset range: ${Number(hours)}${Number(minutes)}`);
  }
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "+" ? ms : -ms;
}

function unread(message: string): never {
  return wrong("datetime", message);
}

function wrong(name: string, message: string): never {
  return fail("extension", `error while evaluating \`${name}\` extension function: ${message}`);
}
