import type { Ambient } from "#base";

/** Open challenges at once; the oldest gives way. */
export const CHALLENGES_MAX = 256;
const CHALLENGE_MS = 2 * 60_000;
const CHALLENGE_BYTES = 32;

/** WebAuthn challenges: random, each good for one answer, for two minutes, under the key it was made for. */
export interface Challenges {
  /** Answers 32 random bytes in base64url; replaces an open challenge under the same key. */
  readonly make: (key: string) => string;
  /** True once, for the challenge made for `key`. */
  readonly spend: (key: string, challenge: string) => boolean;
}

export function createChallenges(ambient: Pick<Ambient, "monotonic" | "random">): Challenges {
  const open = new Map<string, { challenge: string; until: number }>();
  return {
    make: (key) => {
      const challenge = Buffer.from(ambient.random(CHALLENGE_BYTES)).toString("base64url");
      open.delete(key);
      const oldest = open.size >= CHALLENGES_MAX ? open.keys().next().value : undefined;
      if (oldest !== undefined) open.delete(oldest);
      open.set(key, { challenge, until: ambient.monotonic() + CHALLENGE_MS });
      return challenge;
    },
    spend: (key, challenge) => {
      const made = open.get(key);
      open.delete(key);
      return made !== undefined && made.challenge === challenge && made.until > ambient.monotonic();
    },
  };
}
