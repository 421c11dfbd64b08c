import type {
  ChatRequest,
  ChatResponse,
  EmbedRequest,
  EmbedResponse,
  GenerateRequest,
  GenerateResponse,
} from "ollama";
import { type Asked, embeddingOf, type Reply, type ReplyPart, replyTo, slices } from "./script.ts";
import { type ModelServer, type Said, serveModels } from "./server.ts";

// Ollama's own API, as github.com/ollama/ollama fb30760 writes it (api/types.go ChatResponse, GenerateResponse,
// EmbedResponse, Metrics; server/routes.go: lines of JSON, `{"error": …}`) and the types of `ollama` 0.6.4 read it
// (dist/browser.d.ts). The Go types leave out what is empty, and give a tool call an `id` and a function `index` that
// the npm types do not name; times are texts on the wire.

type OnWire<T> = Omit<T, "created_at"> & { readonly created_at: string };
type Part<T> = Partial<OnWire<T>> & Pick<OnWire<T & { model: string; done: boolean }>, "model" | "done">;

const CREATED_AT = "2026-01-01T12:00:00.123456789Z";
const METRICS = {
  total_duration: 5_191_566_416,
  load_duration: 2_154_458,
  prompt_eval_count: 11,
  prompt_eval_duration: 383_809_000,
  eval_count: 7,
  eval_duration: 4_799_921_000,
};

export function serveOllama(): Promise<ModelServer> {
  const type = "application/x-ndjson";
  return serveModels({
    "POST /api/chat": (body) => {
      const request = body as Partial<ChatRequest>;
      const reply = replyTo(askedOf(request));
      const lines = chatLines(reply, String(request.model));
      const streamType = request.stream === false ? null : type;
      const more = chatLine(String(request.model), { content: "la " });
      return said(reply, { streamType, whole: joined(lines), lines, more });
    },
    "POST /api/generate": (body) => {
      const request = body as Partial<GenerateRequest>;
      const reply = replyTo({ text: request.prompt ?? "", results: [], mustCall: null });
      const lines = generateLines(reply, String(request.model));
      const whole = { ...lines.at(-1), response: lines.map(({ response = "" }) => response).join("") };
      const streamType = request.stream === false ? null : type;
      const more = generateLine(String(request.model), "la ");
      return said(reply, { streamType, whole, lines, more });
    },
    "POST /api/embed": (body) => {
      const request = body as Partial<EmbedRequest>;
      const inputs = [request.input ?? []].flat();
      const reply = replyTo({ text: inputs[0] ?? "", results: [], mustCall: null });
      const whole = {
        model: String(request.model),
        embeddings: inputs.map(embeddingOf),
        total_duration: 14_143_917,
        load_duration: 1_019_500,
        prompt_eval_count: 4,
      } satisfies EmbedResponse;
      return said(reply, { whole });
    },
    "GET /api/tags": () => said(SILENT, { whole: { models: [TAG] } }),
    "GET /api/version": () => said(SILENT, { whole: { version: "0.13.0" } }),
  });
}

const SILENT: Reply = { kind: "turn", parts: [] };
/** ListModelResponse in api/types.go. */
const TAG = {
  name: "ollama-model",
  model: "ollama-model",
  modified_at: CREATED_AT,
  size: 1_234,
  digest: "0".repeat(64),
  details: {
    parent_model: "",
    format: "gguf",
    family: "llama",
    families: ["llama"],
    parameter_size: "1B",
    quantization_level: "Q4_K_M",
  },
};

interface Saying {
  readonly streamType?: string | null;
  readonly whole: object;
  readonly lines?: readonly object[];
  readonly more?: object;
}

function said(reply: Reply, { streamType = null, whole, lines = [], more = {} }: Saying): Said {
  const status = reply.kind === "fail" ? reply.status : 500;
  const error =
    status === 429 ? "too many requests" : status === 400 ? "invalid options" : "model runner has stopped";
  return { reply, streamType, whole, frames: lines.map(line), more: line(more), problem: { error } };
}

function askedOf({ messages = [] }: Partial<ChatRequest>): Asked {
  const at = messages.findLastIndex(({ role }) => role === "user");
  const results = messages.slice(at + 1).filter(({ role }) => role === "tool");
  return {
    text: messages[at]?.content ?? "",
    results: results.map(({ content }) => content),
    mustCall: null,
  };
}

/** Whole tool calls, each in a line of its own, and an empty message with the figures last (server/routes.go ChatHandler). */
function chatLines(reply: Reply, model: string): Part<ChatResponse>[] {
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  let index = -1;
  const lines = parts.flatMap((part) => {
    if (part.kind === "reasoning")
      return slices(part.text).map((thinking) => chatLine(model, { content: "", thinking }));
    if (part.kind !== "call") return slices(part.text).map((content) => chatLine(model, { content }));
    index += 1;
    return [chatLine(model, { content: "", tool_calls: [callOf(part, index)] })];
  });
  if (reply.kind === "endless") return lines;
  return [...lines, { ...chatLine(model, { content: "" }), done: true, done_reason: "stop", ...METRICS }];
}

function callOf({ name, input }: ReplyPart & { kind: "call" }, index: number) {
  return { id: `call_o${index}`, function: { index, name, arguments: { ...input } } };
}

function chatLine(model: string, message: Partial<ChatResponse["message"]>): Part<ChatResponse> {
  return {
    model,
    created_at: CREATED_AT,
    message: { role: "assistant", content: "", ...message },
    done: false,
  };
}

/** Not streamed it is one line: texts joined, calls together. */
function joined(lines: readonly Part<ChatResponse>[]): Part<ChatResponse> {
  const messages = lines.map(({ message }) => message);
  const thinking = messages.map((message) => message?.thinking ?? "").join("");
  const calls = messages.flatMap((message) => message?.tool_calls ?? []);
  return {
    ...(lines.at(-1) ?? chatLine("", {})),
    message: {
      role: "assistant",
      content: messages.map((message) => message?.content ?? "").join(""),
      ...(thinking === "" ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
}

function generateLines(reply: Reply, model: string): Part<GenerateResponse>[] {
  const parts = reply.kind === "turn" || reply.kind === "broken" ? reply.parts : [];
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  const lines = slices(text).map((piece) => generateLine(model, piece));
  if (reply.kind === "endless") return lines;
  const end = { done: true, done_reason: "stop", context: [1, 2, 3], ...METRICS };
  return [...lines, { ...generateLine(model, ""), ...end }];
}

function generateLine(model: string, response: string): Part<GenerateResponse> {
  return { model, created_at: CREATED_AT, response, done: false };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
