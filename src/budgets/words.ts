import type { Metric, Window } from "./budget.ts";

export const METRICS: readonly Metric[] = ["requests", "input-tokens", "output-tokens", "tokens", "cost"];
export const WINDOWS: readonly Window[] = ["minute", "hour", "day", "week", "month"];

export const WINDOW_WORDS: Readonly<Record<Window, string>> = {
  minute: "this minute",
  hour: "this hour",
  day: "today",
  week: "this week",
  month: "this month",
};

const UNITS: Readonly<Record<Metric, string>> = {
  requests: "requests",
  "input-tokens": "input tokens",
  "output-tokens": "output tokens",
  tokens: "tokens",
  cost: "USD",
};

const MICRO = 1_000_000;
const DECIMALS = 6;

export function unitOf(metric: Metric): string {
  return UNITS[metric];
}

/** An amount as people write it: `5.00` for five million micro-USD, `1200` for tokens; with its unit where asked. */
export function amountText(metric: Metric, amount: number, isWithUnit = false): string {
  const text = metric === "cost" ? dollars(amount) : String(amount);
  return isWithUnit ? `${text} ${UNITS[metric]}` : text;
}

function dollars(microUsd: number): string {
  const whole = Math.floor(microUsd / MICRO);
  const part = String(microUsd % MICRO)
    .padStart(DECIMALS, "0")
    .replace(/0{1,4}$/, "");
  return `${whole}.${part}`;
}

/**
 * Reads what `amountText` writes: whole requests or tokens, or USD with at most six decimals, exactly. Null for anything
 * else, for nothing at all, and for more than a number holds exactly.
 */
export function readAmount(metric: Metric, text: string): number | null {
  const [, whole = "", part = ""] = /^(\d{1,16})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === "" || (metric !== "cost" && text.includes("."))) return null;
  const amount = metric === "cost" ? BigInt(`${whole}${part.padEnd(DECIMALS, "0")}`) : BigInt(whole);
  return amount > 0n && amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : null;
}
