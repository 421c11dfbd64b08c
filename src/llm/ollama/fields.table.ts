import {
  invalid,
  type Check,
  all,
  anyJson,
  anyObject,
  either,
  fields,
  flag,
  integer,
  list,
  nullable,
  number,
  oneOf,
  refused,
  refusedUnless,
  text,
} from "../strict.ts";
import { LLM_LIMITS } from "../limits.ts";

// Allow-lists (T9) after ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go (GenerateRequest,
// ChatRequest, EmbedRequest, Options, Runner) and the interfaces of the npm package `ollama` 0.6.4, whose `Options` still
// names what the server has dropped. Ollama takes `null` for "not set" everywhere (encoding/json).

const OVERRIDE =
  "Leave it out: the model's reviewed template is used (rule T24). Have the change made to the model and reviewed.";
const LOADING = "Leave it out: how a model is loaded is set at the runtime, by whoever runs it.";

const template = refusedUnless(
  [null, ""],
  "would replace the model's reviewed template for one request",
  OVERRIDE,
);
const raw = refusedUnless([null, false], "would pass the model's reviewed template by", OVERRIDE);
const debug = refusedUnless(
  [null, false],
  "asks for the rendered template instead of an answer",
  "Leave it out.",
);
const context = refusedUnless(
  [null],
  "holds tokens that nobody but the model can read, put before the template",
  "Leave it out and send the conversation as messages to /api/chat; Ollama itself calls this field deprecated.",
);
const loading = refused("changes how the runtime loads the model", LOADING);

const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;

/** Content only: a path is the client's own to read, and a URL nobody's to fetch. */
const image: Check = (value) =>
  typeof value === "string" && value !== "" && BASE64.test(value)
    ? null
    : invalid("must be an image in base64", "Send the picture's bytes in base64, not a path or a URL.");

const images = nullable(list(image, LLM_LIMITS.partsMax));

const format = either('must be "json" or a JSON Schema', {
  null: anyJson,
  text: oneOf("", "json"),
  object: anyObject,
});

const think = either("must be a boolean or a level", {
  null: anyJson,
  flag,
  text: oneOf("low", "medium", "high", "max"),
});

/** Seconds, or a Go duration as text. */
const keepAlive = either("must be seconds or a duration", {
  null: anyJson,
  number: number(),
  text: text(40),
});

const options = nullable(
  fields({
    num_keep: nullable(integer()),
    num_ctx: nullable(integer(0)),
    num_predict: nullable(integer()),
    draft_num_predict: nullable(integer()),
    seed: nullable(integer()),
    temperature: nullable(number()),
    top_k: nullable(integer()),
    top_p: nullable(number()),
    min_p: nullable(number()),
    tfs_z: nullable(number()),
    typical_p: nullable(number()),
    repeat_last_n: nullable(integer()),
    repeat_penalty: nullable(number()),
    presence_penalty: nullable(number()),
    frequency_penalty: nullable(number()),
    mirostat: nullable(integer()),
    mirostat_tau: nullable(number()),
    mirostat_eta: nullable(number()),
    penalize_newline: nullable(flag),
    stop: nullable(list(text(), LLM_LIMITS.partsMax)),
    num_batch: loading,
    num_gpu: loading,
    main_gpu: loading,
    num_thread: loading,
    use_mmap: loading,
    use_mlock: loading,
    numa: loading,
    low_vram: loading,
    f16_kv: loading,
    logits_all: loading,
    vocab_only: loading,
    embedding_only: loading,
  }),
);

const toolCall = fields(
  {
    id: nullable(text(LLM_LIMITS.toolNameUnitsMax)),
    // Clients that keep calls in OpenAI's form send it along (LangChain.js); Ollama ignores it.
    type: oneOf("function"),
    function: fields(
      {
        index: nullable(integer(0)),
        name: text(LLM_LIMITS.toolNameUnitsMax, 1),
        arguments: anyObject,
      },
      { required: ["name"] },
    ),
  },
  { required: ["function"] },
);

const message = fields(
  {
    role: oneOf("system", "user", "assistant", "tool"),
    content: nullable(text()),
    thinking: nullable(text()),
    images,
    tool_calls: nullable(list(toolCall, LLM_LIMITS.callsMax)),
    tool_name: nullable(text(LLM_LIMITS.toolNameUnitsMax)),
    tool_call_id: nullable(text(LLM_LIMITS.toolNameUnitsMax)),
  },
  { required: ["role"] },
);

const tool = fields(
  {
    type: oneOf("function"),
    items: anyJson,
    function: fields(
      {
        name: text(LLM_LIMITS.toolNameUnitsMax, 1),
        description: nullable(text()),
        parameters: nullable(anyObject),
        type: text(40),
      },
      { required: ["name"] },
    ),
  },
  { required: ["type", "function"] },
);

/** What /api/chat and /api/generate share. */
const generation = {
  model: text(LLM_LIMITS.modelNameUnitsMax, 1),
  stream: nullable(flag),
  format,
  keep_alive: keepAlive,
  options,
  think,
  truncate: nullable(flag),
  shift: nullable(flag),
  logprobs: nullable(flag),
  top_logprobs: nullable(integer(0, 20)),
  _debug_render_only: debug,
};

const EMPTY =
  "asks for no answer: an empty request loads or unloads the model, which is the runtime's management";
const ASK = "Send something to answer; models are loaded when they are first asked.";

function some(check: Check): Check {
  return all(
    (value) =>
      value === "" || (Array.isArray(value) && value.length === 0) ? refused(EMPTY, ASK)(value) : null,
    check,
  );
}

export const CHAT_FIELDS = fields(
  {
    ...generation,
    messages: some(list(message, LLM_LIMITS.messagesMax)),
    tools: nullable(list(tool, LLM_LIMITS.toolsMax)),
  },
  { required: ["model", "messages"] },
);

export const GENERATE_FIELDS = fields(
  {
    ...generation,
    prompt: some(text()),
    suffix: nullable(text()),
    // Allowed where `template` is not: it is text that the template frames, as any system message in a chat is.
    system: nullable(text()),
    images,
    template,
    raw,
    context,
  },
  { required: ["model", "prompt"] },
);

export const EMBED_FIELDS = fields(
  {
    model: generation.model,
    input: some(
      either("must be text or a list of texts", { text: text(), list: list(text(), LLM_LIMITS.inputsMax) }),
    ),
    truncate: nullable(flag),
    dimensions: nullable(integer(0)),
    keep_alive: keepAlive,
    options,
  },
  { required: ["model", "input"] },
);
