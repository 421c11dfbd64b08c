import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Protocol } from "../protocol.ts";
import type { Format, Wishes } from "./conversation.ts";
import { noPlace, translationRefused } from "./notes.ts";

export type Source = Extract<
  Protocol,
  | "openai-chat"
  | "openai-completions"
  | "openai-responses"
  | "anthropic-messages"
  | "ollama-chat"
  | "ollama-generate"
>;

/**
 * `structure`: read with the conversation. `lost`: harmless wherever it goes. `group`: its fields have rules of their own
 * (`options.seed`). Otherwise what the value asks for.
 */
export type Rule =
  | "structure"
  | "lost"
  | "group"
  | { readonly wish: keyof Wishes; readonly read: (value: Json, path: string) => Wishes };

/** A field that is in no table is refused when it is set. */
export type Rules = Readonly<Record<string, Rule>>;

/** Values that ask for nothing, for fields without a rule. `null` never asks for anything. */
export const IDLE: Readonly<Record<string, readonly Json[]>> = {
  n: [1],
  best_of: [1],
  echo: [false],
  logprobs: [false],
  top_logprobs: [0],
  store: [false],
  raw: [false],
  ignore_eos: [false],
  background: [false],
  functions: [[]],
  logit_bias: [{}],
  modalities: [["text"]],
  mcp_servers: [[]],
  truncation: ["disabled"],
  template: [""],
  _debug_render_only: [false],
};

type NumberWish = {
  [Name in keyof Wishes]-?: NonNullable<Wishes[Name]> extends number ? Name : never;
}[keyof Wishes];

function number(wish: NumberWish): Rule {
  return { wish, read: (value) => (typeof value === "number" ? { [wish]: value } : {}) };
}

const stop: Rule = {
  wish: "stop",
  read: (value) => {
    const stops = typeof value === "string" ? [value] : texts(value);
    return stops.length === 0 ? {} : { stop: stops };
  },
};

function texts(value: Json): readonly string[] {
  return Array.isArray(value) ? value.filter((item: Json) => typeof item === "string") : [];
}

const effort: Rule = {
  wish: "effort",
  read: (value) => (typeof value === "string" ? { effort: value } : {}),
};
const serial: Rule = { wish: "serialCalls", read: (value) => (value === false ? { serialCalls: true } : {}) };

/** OpenAI's chats: `{"type": "json_schema", "json_schema": {...}}`; responses have the schema at the same level. */
const openaiFormat: Rule = {
  wish: "format",
  read: (value, path) => {
    if (!isJsonObject(value) || value["type"] === "text") return {};
    const inner = isJsonObject(value["json_schema"]) ? value["json_schema"] : value;
    if (value["type"] === "json_object" && value["schema"] === undefined) return { format: { kind: "json" } };
    const { schema } = inner;
    if (!isJsonObject(schema)) throw translationRefused(path, "asks for a schema without saying which");
    return { format: schemaFormat(schema, inner) };
  },
};

function schemaFormat(schema: JsonObject, named: JsonObject): Format {
  const { name, strict } = named;
  return {
    kind: "schema",
    name: typeof name === "string" ? name : "answer",
    schema,
    isStrict: strict === true,
  };
}

const openaiToolChoice: Rule = {
  wish: "toolChoice",
  read: (value, path) => {
    if (value === "auto" || value === null) return {};
    if (value === "none" || value === "required") return { toolChoice: value };
    const named = isJsonObject(value) && value["type"] === "function" ? value : null;
    const inner = isJsonObject(named?.["function"]) ? named["function"] : named;
    if (typeof inner?.["name"] !== "string") throw noPlace(path);
    return { toolChoice: { name: inner["name"] } };
  },
};

const anthropicToolChoice: Rule = {
  wish: "toolChoice",
  read: (value) => {
    if (!isJsonObject(value)) return {};
    const serialCalls: Wishes = value["disable_parallel_tool_use"] === true ? { serialCalls: true } : {};
    if (value["type"] === "none") return { toolChoice: "none" };
    if (value["type"] === "any") return { ...serialCalls, toolChoice: "required" };
    return typeof value["name"] === "string"
      ? { ...serialCalls, toolChoice: { name: value["name"] } }
      : serialCalls;
  },
};

/** `adaptive` and `between_tools` leave it to the model. */
const anthropicThinking: Rule = {
  wish: "thinking",
  read: (value) => {
    const type = isJsonObject(value) ? value["type"] : null;
    return type === "enabled" || type === "disabled" ? { thinking: type === "enabled" } : {};
  },
};

const anthropicFormat: Rule = {
  wish: "format",
  read: (value) =>
    isJsonObject(value) && isJsonObject(value["schema"])
      ? { format: schemaFormat(value["schema"], { strict: true }) }
      : {},
};

const ollamaFormat: Rule = {
  wish: "format",
  read: (value) => {
    if (value === "json") return { format: { kind: "json" } };
    return isJsonObject(value) ? { format: schemaFormat(value, { strict: true }) } : {};
  },
};

const ollamaThink: Rule = {
  wish: "thinking",
  read: (value) => {
    if (typeof value === "boolean") return { thinking: value };
    return typeof value === "string" ? { effort: value } : {};
  },
};

/** `num_predict` below 1 asks for no limit. */
const numPredict: Rule = {
  wish: "maxTokens",
  read: (value) => (typeof value === "number" && value > 0 ? { maxTokens: value } : {}),
};

const OPENAI_SAMPLING: Rules = {
  max_tokens: number("maxTokens"),
  temperature: number("temperature"),
  top_p: number("topP"),
  top_k: number("topK"),
  min_p: number("minP"),
  seed: number("seed"),
  presence_penalty: number("presencePenalty"),
  frequency_penalty: number("frequencyPenalty"),
  repetition_penalty: number("repeatPenalty"),
  repeat_penalty: number("repeatPenalty"),
  stop,
};

const STREAM: Rules = { model: "structure", stream: "structure", stream_options: "structure" };

/** Whom it is for, where it is cached, how soon it comes: not what is answered. */
const OPENAI_LOST: Rules = {
  user: "lost",
  cache_prompt: "lost",
  cache_salt: "lost",
  timings_per_token: "lost",
};

const OPENAI_ACCOUNT: Rules = {
  ...OPENAI_LOST,
  metadata: "lost",
  safety_identifier: "lost",
  service_tier: "lost",
  prompt_cache_key: "lost",
  prompt_cache_options: "lost",
  prompt_cache_retention: "lost",
};

const OLLAMA: Rules = {
  ...STREAM,
  format: ollamaFormat,
  think: ollamaThink,
  keep_alive: "lost",
  truncate: "lost",
  shift: "lost",
  options: "group",
  "options.num_predict": numPredict,
  "options.temperature": number("temperature"),
  "options.top_p": number("topP"),
  "options.top_k": number("topK"),
  "options.min_p": number("minP"),
  "options.seed": number("seed"),
  "options.presence_penalty": number("presencePenalty"),
  "options.frequency_penalty": number("frequencyPenalty"),
  "options.repeat_penalty": number("repeatPenalty"),
  "options.stop": stop,
  "options.num_ctx": "lost",
  "options.num_keep": "lost",
  "options.draft_num_predict": "lost",
  "options.repeat_last_n": "lost",
  "options.typical_p": "lost",
  "options.tfs_z": "lost",
  "options.mirostat": "lost",
  "options.mirostat_tau": "lost",
  "options.mirostat_eta": "lost",
  "options.penalize_newline": "lost",
};

export const RULES: Readonly<Record<Source, Rules>> = {
  "openai-chat": {
    ...STREAM,
    ...OPENAI_SAMPLING,
    ...OPENAI_ACCOUNT,
    messages: "structure",
    tools: "structure",
    max_completion_tokens: number("maxTokens"),
    response_format: openaiFormat,
    tool_choice: openaiToolChoice,
    parallel_tool_calls: serial,
    reasoning_effort: effort,
    reasoning: "group",
    "reasoning.effort": effort,
    include_reasoning: "lost",
    reasoning_format: "lost",
    prediction: "lost",
    verbosity: "lost",
  },
  "openai-completions": {
    ...STREAM,
    ...OPENAI_SAMPLING,
    ...OPENAI_LOST,
    prompt: "structure",
    suffix: "structure",
  },
  "openai-responses": {
    ...STREAM,
    ...OPENAI_ACCOUNT,
    input: "structure",
    instructions: "structure",
    tools: "structure",
    max_output_tokens: number("maxTokens"),
    temperature: number("temperature"),
    top_p: number("topP"),
    tool_choice: openaiToolChoice,
    parallel_tool_calls: serial,
    text: "group",
    "text.format": openaiFormat,
    "text.verbosity": "lost",
    reasoning: "group",
    "reasoning.effort": effort,
    "reasoning.summary": "lost",
    "reasoning.generate_summary": "lost",
    "reasoning.context": "lost",
    "reasoning.mode": "lost",
    include: "structure",
    // Kept by Doorward, whatever the upstream speaks.
    store: "structure",
    truncation: "lost",
    context_management: "lost",
    image: "lost",
  },
  "anthropic-messages": {
    ...STREAM,
    messages: "structure",
    system: "structure",
    tools: "structure",
    max_tokens: number("maxTokens"),
    temperature: number("temperature"),
    top_p: number("topP"),
    top_k: number("topK"),
    stop_sequences: stop,
    tool_choice: anthropicToolChoice,
    thinking: anthropicThinking,
    output_format: anthropicFormat,
    output_config: "group",
    "output_config.format": anthropicFormat,
    "output_config.effort": effort,
    "output_config.task_budget": "lost",
    metadata: "lost",
    service_tier: "lost",
    speed: "lost",
    cache_control: "lost",
    context_management: "lost",
  },
  "ollama-chat": { ...OLLAMA, messages: "structure", tools: "structure" },
  "ollama-generate": {
    ...OLLAMA,
    prompt: "structure",
    system: "structure",
    suffix: "structure",
    images: "structure",
  },
};
