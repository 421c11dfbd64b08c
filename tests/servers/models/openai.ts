import type OpenAI from "openai";
import { type Asked, embeddingOf, type Reply, type ReplyPart, replyTo, slices } from "./script.ts";
import { type Body, type ModelServer, type Said, serveModels } from "./server.ts";

// OpenAI's Chat Completions, Completions, Embeddings and Models, as the types of `openai` 7.57.0 have them
// (resources/chat/completions/completions.d.ts, resources/completions.d.ts, resources/embeddings.d.ts,
// resources/models.d.ts); a stream ends with `data: [DONE]` (core/streaming.ts of the same package, and
// https://platform.openai.com/docs/api-reference/chat-streaming). Error bodies: core/error.ts, `{"error": {...}}`.

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type Choice = Chunk["choices"][number];
type Request = Partial<OpenAI.Chat.Completions.ChatCompletionCreateParams>;
type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const CREATED = 1_767_268_800;
export const CHAT_USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

export function serveOpenai(): Promise<ModelServer> {
  return serveModels({
    "POST /v1/chat/completions": chat,
    "POST /v1/completions": completions,
    "POST /v1/embeddings": embeddings,
    "GET /v1/models": () => plain(MODELS),
  });
}

const MODELS = {
  object: "list",
  data: [{ id: "openai-model", object: "model", created: CREATED, owned_by: "tests" }],
} satisfies { object: "list"; data: OpenAI.Models.Model[] };

function chat(body: Body): Said {
  const request = body as Request;
  const reply = replyTo(askedOf(request));
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  return {
    reply,
    streamType: request.stream === true ? "text/event-stream; charset=utf-8" : null,
    whole: wholeOf(parts, String(request.model)),
    frames: framesOf(reply, parts, request),
    more: event(chunkOf(String(request.model), { content: "la " })),
    problem: problemOf(reply),
  };
}

function askedOf({ messages = [], tool_choice: choice }: Request): Asked {
  const at = messages.findLastIndex(({ role }) => role === "user");
  const results = messages.slice(at + 1).filter(({ role }) => role === "tool");
  const mustCall = typeof choice === "object" && choice.type === "function" ? choice.function.name : null;
  return { text: textOf(messages[at]), results: results.map(textOf), mustCall };
}

function textOf(message: Message | undefined): string {
  const content: unknown = message?.content;
  if (typeof content === "string") return content;
  return (Array.isArray(content) ? (content as { text?: string }[]) : [])
    .map(({ text = "" }) => text)
    .join("");
}

function wholeOf(parts: readonly ReplyPart[], model: string) {
  const calls = parts.filter((part) => part.kind === "call");
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  const refusal = parts.find((part) => part.kind === "refusal")?.text ?? null;
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: CREATED,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" ? null : text,
          refusal,
          annotations: [],
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ name, input }, n) => ({
                  id: `call_${n}`,
                  type: "function" as const,
                  function: { name, arguments: JSON.stringify(input) },
                })),
              }),
        },
        logprobs: null,
        finish_reason: calls.length === 0 ? "stop" : "tool_calls",
      },
    ],
    usage: CHAT_USAGE,
    system_fingerprint: "fp_test",
  } satisfies OpenAI.Chat.Completions.ChatCompletion;
}

/** As OpenAI sends them: the role first, an empty delta with the finish last, then usage alone where it was asked for. */
function framesOf(reply: Reply, parts: readonly ReplyPart[], request: Request): string[] {
  const model = String(request.model);
  const isUsageWanted = request.stream === true && request.stream_options?.include_usage === true;
  const deltas: Choice["delta"][] = [{ role: "assistant", content: "", refusal: null }];
  let call = -1;
  for (const part of parts) {
    if (part.kind === "text") deltas.push(...slices(part.text).map((content) => ({ content })));
    if (part.kind === "refusal") deltas.push(...slices(part.text).map((refusal) => ({ refusal })));
    if (part.kind !== "call") continue;
    call += 1;
    const index = call;
    const begun = { name: part.name, arguments: "" };
    deltas.push({ tool_calls: [{ index, id: `call_${index}`, type: "function", function: begun }] });
    for (const piece of slices(JSON.stringify(part.input), 3)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  const chunks = deltas.map((delta) => chunkOf(model, delta));
  if (reply.kind === "endless") return chunks.map(event);
  chunks.push(chunkOf(model, {}, call < 0 ? "stop" : "tool_calls"));
  const usage = isUsageWanted
    ? [{ ...chunkOf(model, {}), choices: [], usage: CHAT_USAGE } satisfies Chunk]
    : [];
  const marked = isUsageWanted ? chunks.map((chunk) => ({ ...chunk, usage: null })) : chunks;
  return [...[...marked, ...usage].map(event), "data: [DONE]\n\n"];
}

function chunkOf(model: string, delta: Choice["delta"], finish: Choice["finish_reason"] = null): Chunk {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: CREATED,
    model,
    system_fingerprint: "fp_test",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  };
}

function completions(body: Body): Said {
  const request = body as Partial<OpenAI.Completions.CompletionCreateParams>;
  const prompt = typeof request.prompt === "string" ? request.prompt : "";
  const reply = replyTo({ text: prompt, results: [], mustCall: null });
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  const answer = (piece: string, finish: "stop" | null) => ({
    id: "cmpl-1",
    object: "text_completion" as const,
    created: CREATED,
    model: String(request.model),
    choices: [{ index: 0, text: piece, logprobs: null, finish_reason: finish as "stop" }],
  });
  const frames = [...slices(text).map((piece) => answer(piece, null)), answer("", "stop")].map(event);
  return {
    reply,
    streamType: request.stream === true ? "text/event-stream" : null,
    whole: { ...answer(text, "stop"), usage: CHAT_USAGE } satisfies OpenAI.Completions.Completion,
    frames: reply.kind === "endless" ? frames.slice(0, -1) : [...frames, "data: [DONE]\n\n"],
    more: event(answer("la ", null)),
    problem: problemOf(reply),
  };
}

function embeddings(body: Body): Said {
  const request = body as Partial<OpenAI.Embeddings.EmbeddingCreateParams>;
  const inputs = (typeof request.input === "string" ? [request.input] : (request.input ?? [])).map(String);
  const reply = replyTo({ text: inputs[0] ?? "", results: [], mustCall: null });
  const isBase64 = request.encoding_format === "base64";
  const data = inputs.map((input, index) => {
    const embedding = embeddingOf(input);
    // The type knows numbers only; base64 of float32 is what the SDK itself asks for and decodes (resources/embeddings.ts).
    return {
      object: "embedding" as const,
      index,
      embedding: isBase64 ? (base64(embedding) as never) : embedding,
    };
  });
  const whole = {
    object: "list",
    model: String(request.model),
    data,
    usage: { prompt_tokens: 4, total_tokens: 4 },
  } satisfies OpenAI.Embeddings.CreateEmbeddingResponse;
  return { ...plain(whole), reply, problem: problemOf(reply) };
}

function base64(numbers: readonly number[]): string {
  return Buffer.from(new Float32Array(numbers).buffer).toString("base64");
}

/** `{"error": {message, type, param, code}}`, as core/error.ts of the SDK reads it; the words are OpenAI's. */
export function problemOf(reply: Reply) {
  const status = reply.kind === "fail" ? reply.status : 500;
  const [type, code, message] =
    status === 429
      ? ["requests", "rate_limit_exceeded", "Rate limit reached for test-model."]
      : status === 400
        ? ["invalid_request_error", "invalid_value", "Invalid value for 'temperature'."]
        : ["server_error", null, "The server had an error while processing your request."];
  return { error: { message, type, param: status === 400 ? "temperature" : null, code } };
}

export function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function plain(whole: object): Said {
  const reply: Reply = { kind: "turn", parts: [] };
  return { reply, streamType: null, whole, frames: [], more: "", problem: {} };
}
