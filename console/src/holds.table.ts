import type { Json } from "./arguments.ts";

/** What `approvals.get` answers, as far as the console reads it. */
export interface HeldAction {
  readonly id: string;
  readonly agent: string;
  readonly stage: string;
  /** `yes`: the agent was seen to run as Doorward's own OS user, so it can go around what is held here. */
  readonly bypassable: "yes" | "not seen";
  /** Who answers for the agent. */
  readonly owner: string;
  /** The user the agent acts for; null: for nobody, with its own rights alone. */
  readonly onBehalfOf: string | null;
  readonly verb: string;
  readonly server: string;
  readonly target: string;
  readonly effects: readonly string[];
  readonly reason: string;
  readonly policies: readonly string[];
  readonly groups: readonly string[];
  readonly requestedAt: string;
  readonly expiresAt: string;
  /** Null where the payload was destroyed: then there is nothing to judge. */
  readonly arguments: { readonly [key: string]: Json } | null;
}

/** Effects in plain words, the worst last. */
export const EFFECT_WORDS: { readonly [effect: string]: string } = {
  read: "reads",
  write: "changes data",
  outbound: "reaches outside",
  destructive: "can destroy",
};
