/** What a pure engine may not reach for itself: time, ids and randomness, handed in so that tests can hold them still. */
export interface Ambient {
  /** Milliseconds since the Unix epoch. May jump either way. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences mean anything. */
  readonly monotonic: () => number;
  /** `<prefix>_` and 26 Crockford base32 characters: 48 bits of time, 80 random bits. */
  readonly id: (prefix: string) => string;
  readonly random: (bytes: number) => Uint8Array;
}
