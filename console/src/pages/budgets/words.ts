import type { Item } from "../../api/client.ts";

type Budget = Item<"/budgets">;
type Scope = Pick<Budget, "agent" | "user" | "model">;

/** Whom it counts: `each agent, model openai/*`. */
export function scopeText({ agent, user, model }: Scope): string {
  const parts = [
    ["agent", agent],
    ["user", user],
    ["model", model],
  ].flatMap(([word, who]) => (who === null ? [] : [who === "each" ? `each ${word}` : `${word} ${who}`]));
  return parts.length === 0 ? "everything" : parts.join(", ");
}

const WHOLE = new Intl.NumberFormat("en-GB");

/** An amount as the API gives it, with its thousands apart: `2,000,000`, `21.30`. Decimals stay as they are. */
export function amountText(amount: string): string {
  const [whole = "", decimals] = amount.split(".");
  if (!/^\d{1,15}$/.test(whole)) return amount;
  return WHOLE.format(Number(whole)) + (decimals === undefined ? "" : `.${decimals}`);
}

/** `812,400 of 2,000,000 tokens, 40 %`. */
export function usageText(
  { amount, unit }: Pick<Budget, "amount" | "unit">,
  used: string,
  percent: number,
): string {
  return `${amountText(used)} of ${amountText(amount)} ${unit}, ${percentText(used, percent)}`;
}

/** `40 %`; something that rounds to nothing is `under 1 %`. */
export function percentText(used: string, percent: number): string {
  return percent === 0 && /[1-9]/.test(used) ? "under 1 %" : `${percent} %`;
}

/** What going over it means, with who may say yes. */
export function overText({ over, group }: Pick<Budget, "over" | "group">): string {
  return over === "hold" ? `held for a yes of ${group ?? "somebody"}` : "refused";
}
