import type { Item } from "../../api/client.ts";

/** `ada (for petra), frida`: who would be asked, and with whose duty. */
export function askedText({ asked, standsIn }: Pick<Item<"/duties/now">, "asked" | "standsIn">): string {
  return asked
    .map((name) => {
      const others = standsIn.filter(({ user }) => user === name).map((one) => one.for);
      return others.length === 0 ? name : `${name} (for ${others.join(", ")})`;
    })
    .join(", ");
}

/** A number as typed, with nothing for none. Throws what is wrong with it. */
export function limitOf(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  if (!/^\d{1,5}$/.test(trimmed)) throw new Error(`“${trimmed}” is no number of cards.`);
  return Number(trimmed);
}
