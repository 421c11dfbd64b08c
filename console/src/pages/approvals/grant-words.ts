import type { HeldAction } from "./held-card.tsx";
import { plain } from "../../inert/inert.ts";
import type { Wish } from "./decide.ts";

export type Terms = NonNullable<HeldAction["mayGrant"]>;
type Scope = Terms["scopes"][number];

export const SCOPE_WORDS: { readonly [scope in Scope]: string } = {
  session: "this tool, in this session",
  destination: "this tool, to the same place",
  pattern: "this call, with some arguments open",
};

/** What the form begins with: what a card asked for, else the narrowest that the rules name. */
export function firstScope({ scopes }: Pick<Terms, "scopes">, wished: string | null): Scope {
  return scopes.find((one) => one === wished) ?? scopes[0] ?? "session";
}

/** How far a card's link asks a yes to reach; null: not at all. It chooses in the form, and gives nothing. */
export function wishedScope(search: string): Scope | null {
  const wished = new URLSearchParams(search).get("grant");
  return wished === "session" || wished === "destination" || wished === "pattern" ? wished : null;
}

/** As typed. */
export interface Typed {
  readonly scope: string;
  readonly varies: readonly string[];
  readonly times: string;
  readonly until: string;
}

/** What would go through, as a clause: `up to 5 times, in this session, for 2h`. */
export function boundsText({ scope, varies, times, until }: Typed): string {
  const often = times.trim() === "1" ? "once more" : `up to ${plain(times)} times`;
  return `${often}, ${reachText(scope, varies)}, for ${plain(until)}`;
}

function reachText(scope: string, varies: readonly string[]): string {
  if (scope === "session") return "in this session, with any paths and contents, and recipients as they are";
  if (scope === "destination") return "to the same place, with any contents";
  if (varies.length === 0) return "with whatever you choose open";
  return `with any ${varies.map(plain).join(", ")} and all else as it is`;
}

/** What is sent, once it can be meant. Throws what is wrong with it; the rest is for Doorward to say. */
export function checkedWish({ scope, varies, times, until }: Typed, terms: Terms): Wish {
  const grant = terms.scopes.find((one) => one === scope);
  const count = Number(times.trim());
  if (grant === undefined) throw new Error("Choose how far it reaches.");
  if (grant === "pattern" && varies.length === 0)
    throw new Error("Choose at least one argument that may be anything.");
  if (!Number.isInteger(count) || count < 1 || count > terms.timesMax)
    throw new Error(`Say how many further calls: 1 to ${terms.timesMax}.`);
  return { grant, varies: grant === "pattern" ? [...varies] : [], times: count, until: until.trim() };
}
