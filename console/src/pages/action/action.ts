import type { Answer } from "../../api/client.ts";

export type Action = Answer<"/actions/get">;

const MICRO = 1_000_000;

/** `$0.0012`: millionths of a US dollar as people write them, never rounded to nothing. */
export function costText(microUsd: number): string {
  const digits = microUsd >= MICRO ? 2 : 6;
  const text = (microUsd / MICRO).toFixed(digits);
  return `$${digits === 2 ? text : text.replace(/0{1,4}$/, "")}`;
}

/** `812 in, 164 out`; null where nothing was counted. */
export function tokensText(usage: Action["usage"]): string | null {
  if (usage === null) return null;
  const [tokensIn, tokensOut] = [usage.inputTokens, usage.outputTokens];
  const parts = [
    tokensIn === null ? null : `${tokensIn.toLocaleString("en")} in`,
    tokensOut === null ? null : `${tokensOut.toLocaleString("en")} out`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** `31 ms`, `2.4 s`. */
export function tookText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
