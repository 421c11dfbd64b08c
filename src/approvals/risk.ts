import type { Effect, FlowEffect } from "#vocabulary";

/** What the order of a card's items goes by. */
export interface Risk {
  /** What it does by the reviewed manifest in force; null where nobody said or nothing is traced. */
  readonly effect: FlowEffect | null;
  /** What it does as policies see it. */
  readonly effects: readonly Effect[];
  /** How many of its values nothing reliable names. */
  readonly doubts: number;
}

/** The higher, the sooner somebody should look: what cannot be undone and what leaves stands before what can be undone. */
const BY_FLOW_EFFECT: Readonly<Record<FlowEffect, number>> = {
  execute: 9,
  money: 9,
  destroy: 8,
  unknown: 8,
  account: 7,
  membership: 7,
  send: 6,
  fetch: 5,
  book: 4,
  write: 2,
  read: 1,
};

const BY_EFFECT: Readonly<Record<Effect, number>> = { destructive: 8, outbound: 6, write: 2, read: 1 };

/** 0 (nothing known of it) to 9, by the gravest thing that it does. */
export function gravityOf({ effect, effects }: Risk): number {
  const byManifest = effect === null ? 0 : BY_FLOW_EFFECT[effect];
  return Math.max(byManifest, ...effects.map((one) => BY_EFFECT[one]));
}

/**
 * Orders by risk, the gravest first: what has values that nothing reliable names, before what has none; then by what it
 * does; then by how many such values it has.
 */
export function byRisk(one: Risk, other: Risk): number {
  const isDoubted = Number(other.doubts > 0) - Number(one.doubts > 0);
  return isDoubted || gravityOf(other) - gravityOf(one) || other.doubts - one.doubts;
}
