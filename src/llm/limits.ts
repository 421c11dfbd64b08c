/** Named maxima of the llm door's protocols. What is above one is refused, never cut. */
export const LLM_LIMITS = {
  /** One event (or line) of a stream. A data: URL of a made image would be the largest honest one. */
  eventBytesMax: 1024 * 1024,
  /** Everything of one streamed answer, keep-alives included. */
  answerBytesMax: 32 * 1024 * 1024,
  /** Tool calls of one turn: as many as the official OpenAI client takes. */
  callsMax: 128,
  /** Arguments of all calls of one turn, in UTF-16 units. */
  argumentsUnitsMax: 4 * 1024 * 1024,
  /** Containers within containers of one event. */
  nestingMax: 64,
  /**
   * Values of one event: bounds the memory a small text can unfold into. Ollama's last line of /api/generate lists every
   * token of the conversation (`context`).
   */
  eventValuesMax: 250_000,
  messagesMax: 10_000,
  /** Content parts of one message. */
  partsMax: 1_000,
  toolsMax: 512,
  /** Inputs of one request for embeddings (OpenAI's own maximum). */
  inputsMax: 2_048,
  /** Length of a tool's name, in UTF-16 units. */
  toolNameUnitsMax: 256,
  /** Length of a model's name, in UTF-16 units. */
  modelNameUnitsMax: 512,
} as const;
