import { randomBytes } from "node:crypto";
import type { Ambient } from "#base";

/** Time that stands still until it is moved; ids that count. */
export interface HeldAmbient extends Ambient {
  readonly advance: (ms: number) => void;
}

export function heldAmbient(startsAt = Date.UTC(2026, 0, 1, 12)): HeldAmbient {
  let passed = 0;
  let made = 0;
  return {
    now: () => startsAt + passed,
    monotonic: () => passed,
    id: (prefix) => {
      made += 1;
      return `${prefix}_${String(made).padStart(26, "0")}`;
    },
    random: (bytes) => randomBytes(bytes),
    advance: (ms) => {
      passed += ms;
    },
  };
}
