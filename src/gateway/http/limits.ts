const KIB = 1_024;
const MIB = KIB * KIB;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** What one request of the http door may cost. */
export interface HttpLimits {
  /** A body up to this is read whole before it is decided. */
  readonly bodyBytesMax: number;
  /** Of a body whose encoding is taken off. */
  readonly decodedBytesMax: number;
  /** Of all bodies that are read whole, with what they are without their encoding, at once: of one agent, and of all. */
  readonly heldBytesPerAgentMax: number;
  readonly heldBytesMax: number;
  /** Of text that is part of the action as it stands; of more, the beginning and the digest of the whole. */
  readonly shownCharsMax: number;
  /** Of a form, query or multipart body. */
  readonly fieldsMax: number;
  /** Requests of one agent at once, open sockets and tunnels among them. */
  readonly requestsPerAgentMax: number;
  /** To an answer's first byte. */
  readonly answerMs: number;
  /** An answer that says nothing while somebody waits for it. */
  readonly answerIdleMs: number;
  /** Of an answer's text that is kept for the record. */
  readonly keptBytesMax: number;
  /** Of an answer that a person approved: its asker may have to collect it. */
  readonly collectedBytesMax: number;
  /** Of an answer's text that is taken in at once. */
  readonly heardCharsMax: number;
  /** Of one answer in all; of what is longer only that it was there is kept. */
  readonly heardCharsInAllMax: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 8 * MIB,
  decodedBytesMax: 32 * MIB,
  heldBytesPerAgentMax: 64 * MIB,
  heldBytesMax: 512 * MIB,
  shownCharsMax: 64 * KIB,
  fieldsMax: 2_000,
  requestsPerAgentMax: 256,
  answerMs: 10 * MINUTE_MS,
  answerIdleMs: 10 * MINUTE_MS,
  keptBytesMax: 16 * KIB,
  collectedBytesMax: 160 * KIB,
  heardCharsMax: 64 * KIB,
  heardCharsInAllMax: 1_000_000,
};
