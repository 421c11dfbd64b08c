import OpenAI from "openai";

// The official client (npm `openai` 7.57.0) over bytes that we hand it: what it makes of them is the outside truth.

/** A client whose one answer is these chunks. */
export function clientOf(chunks: readonly Uint8Array[]): OpenAI {
  return new OpenAI({
    apiKey: "none",
    baseURL: "http://upstream.test/v1",
    maxRetries: 0,
    fetch: async () =>
      new Response(ReadableStream.from(chunks), { headers: { "content-type": "text/event-stream" } }),
  });
}

/** The chat completion that the client's own accumulator makes of a stream. */
export async function accumulated(chunks: readonly Uint8Array[]) {
  const stream = clientOf(chunks).chat.completions.stream({
    model: "m",
    messages: [{ role: "user", content: "hi" }],
  });
  return await stream.finalChatCompletion();
}

/** `bytes` cut at these places. */
export function cut(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, at) => bytes.slice(at === 0 ? 0 : cuts[at - 1], end));
}
