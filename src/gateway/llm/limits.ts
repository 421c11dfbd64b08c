/** Every size, count and wait of the llm door. Tests hand in smaller ones. Times in milliseconds. */
export interface LlmLimits {
  /** One request body: prompts carry documents and images. */
  readonly bodyBytesMax: number;
  /** Containers within containers, and values of every kind, in one body. */
  readonly bodyDepthMax: number;
  readonly bodyValuesMax: number;
  /** What is read and thrown away after an early refusal, so that the client gets to read it. */
  readonly lingerBytesMax: number;
  readonly lingerMs: number;
  readonly lingerPauseMs: number;
  /** Requests of one agent under way, those that wait for people included. */
  readonly requestsPerAgentMax: number;
  /** A reader that takes nothing for so long loses its connection, and its upstream is let go. */
  readonly stallMs: number;
  readonly keepAliveMs: number;
  /** One call of a model, from first byte sent to last byte read. */
  readonly callMs: number;
  /** Upstreams tried for one request, and rounds over them while none takes it. */
  readonly candidatesMax: number;
  readonly roundsMax: number;
  readonly retryAfterMs: number;
  /** Hosted tools and URLs in one request: each is an action of its own. */
  readonly declarationsMax: number;
  /** An upstream's error body that is passed on. */
  readonly errorCharactersMax: number;
  /** Output tokens that a stream reserves at a time once it is beyond what was reserved. */
  readonly reserveTokens: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;

export const LLM_LIMITS: LlmLimits = {
  bodyBytesMax: 32 * MIB,
  bodyDepthMax: 128,
  bodyValuesMax: 500_000,
  lingerBytesMax: MIB,
  lingerMs: 2 * SECOND,
  lingerPauseMs: 200,
  requestsPerAgentMax: 64,
  stallMs: 60 * SECOND,
  keepAliveMs: 15 * SECOND,
  callMs: 30 * 60 * SECOND,
  candidatesMax: 8,
  roundsMax: 2,
  retryAfterMs: 250,
  declarationsMax: 32,
  errorCharactersMax: 2_000,
  reserveTokens: 256,
};
