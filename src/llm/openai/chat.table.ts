import { LLM_LIMITS } from "../limits.ts";
import {
  anyJson,
  anyObject,
  type Check,
  either,
  fields,
  flag,
  integer,
  invalid,
  list,
  nullable,
  number,
  oneOf,
  record,
  refusedUnless,
  tagged,
  text,
} from "../strict.ts";
import { CHAT_EXTRAS, REFUSED_EXTRAS, SAMPLING_EXTRAS } from "./extras.table.ts";

// POST /v1/chat/completions. Source: npm `openai` 7.57.0, resources/chat/completions/completions.d.ts
// (ChatCompletionCreateParamsBase and the types it names) and resources/shared.d.ts. What else local runtimes take is in
// extras.table.ts. Some fields are wider than the type where clients send an answer's own message back as it came.

const TEXT_MAX = 200;
const name = text(LLM_LIMITS.toolNameUnitsMax, 1);

const cacheBreakpoint = fields({ mode: text(20), ttl: text(20) });

const textPart = fields(
  { type: anyJson, text: text(), prompt_cache_breakpoint: cacheBreakpoint },
  { required: ["text"] },
);
const refusalPart = fields({ type: anyJson, refusal: text() }, { required: ["refusal"] });

const held = (what: string): Check =>
  refusedUnless([null], `names ${what} that the upstream keeps`, "Send the content itself.");

const imagePart = fields(
  {
    type: anyJson,
    image_url: fields(
      { url: text(), detail: nullable(oneOf("auto", "low", "high", "original")) },
      { required: ["url"] },
    ),
    prompt_cache_breakpoint: cacheBreakpoint,
  },
  { required: ["image_url"] },
);

const audioPart = fields(
  {
    type: anyJson,
    input_audio: fields({ data: text(), format: text(20) }, { required: ["data"] }),
    prompt_cache_breakpoint: cacheBreakpoint,
  },
  { required: ["input_audio"] },
);

const filePart = fields(
  {
    type: anyJson,
    file: fields({ file_data: text(), filename: text(1_000), file_id: held("a file") }),
    prompt_cache_breakpoint: cacheBreakpoint,
  },
  { required: ["file"] },
);

const partsOf = (tables: Readonly<Record<string, Check>>): Check =>
  list(tagged("type", tables), LLM_LIMITS.partsMax);

const textContent = either("must be text or a list of text parts", {
  text: text(),
  list: partsOf({ text: textPart }),
});

const userContent = either("must be text or a list of parts", {
  text: text(),
  list: partsOf({ text: textPart, image_url: imagePart, input_audio: audioPart, file: filePart }),
});

const assistantContent = either("must be text, null or a list of text and refusal parts", {
  null: anyJson,
  text: text(),
  list: partsOf({ text: textPart, refusal: refusalPart }),
});

const calledFunction = fields({ name, arguments: text() }, { required: ["name", "arguments"] });

/** `index` and `extra_content` (Gemini's thought signature) stand in what upstreams answer and come back as they were. */
const callRest: Readonly<Record<string, Check>> = {
  id: text(TEXT_MAX),
  type: anyJson,
  index: integer(0),
  extra_content: anyJson,
};

const toolCall = tagged("type", {
  function: fields({ ...callRest, function: calledFunction }, { required: ["id", "function"] }),
  custom: fields(
    { ...callRest, custom: fields({ name, input: text() }, { required: ["name", "input"] }) },
    { required: ["id", "custom"] },
  ),
});

const system = fields(
  { role: anyJson, content: textContent, name: text(TEXT_MAX) },
  { required: ["content"] },
);

const message = tagged("role", {
  developer: system,
  system,
  user: fields({ role: anyJson, content: userContent, name: text(TEXT_MAX) }, { required: ["content"] }),
  assistant: fields({
    role: anyJson,
    content: assistantContent,
    name: nullable(text(TEXT_MAX)),
    refusal: nullable(text()),
    tool_calls: nullable(list(toolCall, LLM_LIMITS.callsMax)),
    function_call: nullable(calledFunction),
    audio: held("audio"),
    annotations: nullable(list(anyObject, LLM_LIMITS.partsMax)),
    reasoning_content: nullable(text()),
    reasoning: nullable(text()),
  }),
  tool: fields(
    { role: anyJson, content: textContent, tool_call_id: text(TEXT_MAX), name: nullable(text(TEXT_MAX)) },
    { required: ["content", "tool_call_id"] },
  ),
  function: fields({ role: anyJson, content: nullable(text()), name }, { required: ["name"] }),
});

const functionTool = fields(
  { name, description: nullable(text()), parameters: nullable(anyObject), strict: nullable(flag) },
  { required: ["name"] },
);

const customFormat = tagged("type", {
  text: fields({ type: anyJson }),
  grammar: fields(
    {
      type: anyJson,
      grammar: fields({ definition: text(), syntax: oneOf("lark", "regex") }, { required: ["definition"] }),
    },
    { required: ["grammar"] },
  ),
});

const tool = tagged("type", {
  function: fields({ type: anyJson, function: functionTool }, { required: ["function"] }),
  custom: fields(
    {
      type: anyJson,
      custom: fields({ name, description: nullable(text()), format: customFormat }, { required: ["name"] }),
    },
    { required: ["custom"] },
  ),
});

const named = fields({ name }, { required: ["name"] });
const namedFunction = fields({ type: anyJson, function: named }, { required: ["function"] });
const namedCustom = fields({ type: anyJson, custom: named }, { required: ["custom"] });

const toolChoice = either('must be "none", "auto", "required" or a named tool', {
  null: anyJson,
  text: oneOf("none", "auto", "required"),
  object: tagged("type", {
    function: namedFunction,
    custom: namedCustom,
    allowed_tools: fields(
      {
        type: anyJson,
        allowed_tools: fields(
          {
            mode: oneOf("auto", "required"),
            tools: list(
              tagged("type", { function: namedFunction, custom: namedCustom }),
              LLM_LIMITS.toolsMax,
            ),
          },
          { required: ["mode", "tools"] },
        ),
      },
      { required: ["allowed_tools"] },
    ),
  }),
});

const responseFormat = tagged("type", {
  text: fields({ type: anyJson }),
  // `schema` beside the type: llama.cpp (tools/server/README.md).
  json_object: fields({ type: anyJson, schema: anyObject }),
  json_schema: fields({
    type: anyJson,
    schema: anyObject,
    json_schema: fields(
      { name: text(TEXT_MAX), description: nullable(text()), schema: anyObject, strict: nullable(flag) },
      { required: ["name"] },
    ),
  }),
});

const moderationMode = nullable(fields({ mode: oneOf("score", "block") }));

const webSearch = fields({
  search_context_size: nullable(oneOf("low", "medium", "high")),
  user_location: nullable(
    fields({
      type: oneOf("approximate"),
      approximate: fields({
        city: text(TEXT_MAX),
        country: text(TEXT_MAX),
        region: text(TEXT_MAX),
        timezone: text(TEXT_MAX),
      }),
    }),
  ),
});

const onlyText: Check = (value) =>
  value === null || (Array.isArray(value) && value.length === 1 && value[0] === "text")
    ? null
    : invalid('must be ["text"]', "Ask for text: audio answers are not passed through this door.");

const onlyOne: Check = (value) =>
  value === null || value === 1
    ? null
    : invalid("must be 1", "Send one request for each answer that you want.");

/** Fields that /v1/chat/completions and /v1/completions have in common. */
export const COMMON_FIELDS: Readonly<Record<string, Check>> = {
  model: text(LLM_LIMITS.modelNameUnitsMax, 1),
  frequency_penalty: nullable(number(-2, 2)),
  presence_penalty: nullable(number(-2, 2)),
  temperature: nullable(number(0, 2)),
  top_p: nullable(number(0, 1)),
  seed: nullable(integer()),
  n: onlyOne,
  max_tokens: nullable(integer(1)),
  logit_bias: nullable(record(number(-100, 100), 1_024)),
  stop: either("must be text or a list of texts", {
    null: anyJson,
    text: text(10_000),
    list: list(text(10_000), 64),
  }),
  stream: nullable(flag),
  stream_options: nullable(fields({ include_usage: nullable(flag), include_obfuscation: nullable(flag) })),
  user: nullable(text(1_000)),
};

export const CHAT_BODY: Check = fields(
  {
    ...REFUSED_EXTRAS,
    ...SAMPLING_EXTRAS,
    ...CHAT_EXTRAS,
    ...COMMON_FIELDS,
    messages: list(message, LLM_LIMITS.messagesMax, 1),
    audio: refusedUnless(
      [null],
      "asks for an answer in audio, which this door does not pass",
      "Ask for text.",
    ),
    best_of: onlyOne,
    function_call: either('must be "none", "auto" or a named function', {
      null: anyJson,
      text: oneOf("none", "auto"),
      object: named,
    }),
    functions: nullable(
      list(
        fields(
          { name, description: nullable(text()), parameters: nullable(anyObject) },
          { required: ["name"] },
        ),
        LLM_LIMITS.toolsMax,
      ),
    ),
    logprobs: nullable(flag),
    max_completion_tokens: nullable(integer(1)),
    metadata: nullable(record(text(1_000), 64)),
    modalities: onlyText,
    moderation: nullable(
      fields({
        model: text(TEXT_MAX),
        policy: nullable(fields({ input: moderationMode, output: moderationMode })),
      }),
    ),
    parallel_tool_calls: nullable(flag),
    prediction: nullable(
      fields({ type: oneOf("content"), content: textContent }, { required: ["type", "content"] }),
    ),
    prompt_cache_key: nullable(text(1_000)),
    prompt_cache_options: nullable(fields({ mode: oneOf("implicit", "explicit"), ttl: text(20) })),
    prompt_cache_retention: nullable(oneOf("in_memory", "in-memory", "24h")),
    reasoning_effort: nullable(oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
    response_format: nullable(responseFormat),
    safety_identifier: nullable(text(1_000)),
    service_tier: nullable(oneOf("auto", "default", "flex", "scale", "priority", "fast")),
    store: refusedUnless(
      [null, false],
      "would have the upstream keep the conversation",
      "Send false or leave it out; Doorward keeps its own record.",
    ),
    tool_choice: toolChoice,
    tools: nullable(list(tool, LLM_LIMITS.toolsMax)),
    top_logprobs: nullable(integer(0, 20)),
    verbosity: nullable(oneOf("low", "medium", "high")),
    web_search_options: nullable(webSearch),
  },
  { required: ["model", "messages"] },
);
