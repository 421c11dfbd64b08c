import type { Card, CardButton } from "#cards";
import { channelTooLong } from "./faults.ts";

/** The buttons of a card and of its items, in the order of the card; none is left out. Throws `channel_too_long`. */
export function buttonsOf({ sections, buttons }: Card, max: number): readonly CardButton[] {
  const items = sections.flatMap((section) => (section.kind === "item" ? section.buttons : []));
  const all = [...items, ...buttons];
  if (all.length > max) throw channelTooLong("buttons of the card", all.length, max);
  return all;
}
