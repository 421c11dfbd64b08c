/** One `ChatCompletionChunk` as an event (openai 7.57.0, resources/chat/completions/completions.d.ts). */
export function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  const body = {
    id: "chatcmpl-test",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "served",
    choices,
  };
  return `data: ${JSON.stringify({ ...body, ...more })}\n\n`;
}

export const DONE = "data: [DONE]\n\n";
