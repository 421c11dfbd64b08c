import type { Item } from "../../api/client.ts";
import { plain } from "../../inert/inert.ts";

type Grant = Item<"/grants">;

/** What may be otherwise in the calls that it lets through. */
export function reachText({ scope, varies }: Pick<Grant, "scope" | "varies">): string {
  if (scope === "session") return "the tool, in this session";
  if (scope === "destination") return "the tool, to the same place";
  return `any ${varies.map(plain).join(", ")}, all else the same`;
}

/** `2 of 5 left`. */
export function leftText({ used, left }: Pick<Grant, "used" | "left">): string {
  return `${left} of ${used + left} left`;
}
