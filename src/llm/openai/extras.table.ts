import {
  anyJson,
  anyObject,
  type Check,
  either,
  fields,
  flag,
  integer,
  list,
  nullable,
  number,
  oneOf,
  record,
  refused,
  text,
} from "../strict.ts";

// What local runtimes take beyond OpenAI's own fields at their OpenAI endpoints. Sources:
// - vLLM: vllm/entrypoints/openai/chat_completion/protocol.py, "chat-completion-sampling-params" and "-extra-params",
//   commit 002032ee2b18e1f7bd924ec47b62504ba3866063, and docs.vllm.ai (the `guided_*` names of releases before 0.12).
// - llama.cpp: tools/server/README.md, POST /completion and POST /v1/chat/completions.
// - Ollama: openai/openai.go, ChatCompletionRequest, commit fb30760996871fa9460115c753afd2c60d4ab0f7.
// - Vertex AI's OpenAI endpoint: cloud.google.com "OpenAI compatibility", `extra_body.google` (unverified).

const WORDS_MAX = 1_000;
const TOKEN_IDS_MAX = 10_000;
const GRAMMAR_UNITS_MAX = 256 * 1024;

const tokenIds = nullable(list(integer(0), TOKEN_IDS_MAX));
const words = nullable(list(text(1_000), WORDS_MAX));
const schemaOrText = either("must be a JSON Schema, as an object or as text", {
  null: anyJson,
  object: anyObject,
  text: text(GRAMMAR_UNITS_MAX),
  flag: anyJson,
});

/** Sampling: how the next token is chosen. Both for chats and for completions. */
export const SAMPLING_EXTRAS: Readonly<Record<string, Check>> = {
  // vLLM
  top_k: nullable(integer(-1)),
  min_p: nullable(number(0, 1)),
  repetition_penalty: nullable(number(0, 100)),
  length_penalty: nullable(number()),
  stop_token_ids: tokenIds,
  include_stop_str_in_output: nullable(flag),
  ignore_eos: nullable(flag),
  min_tokens: nullable(integer(0)),
  skip_special_tokens: nullable(flag),
  spaces_between_special_tokens: nullable(flag),
  truncate_prompt_tokens: nullable(integer(-1)),
  allowed_token_ids: tokenIds,
  bad_words: words,
  cache_salt: nullable(text(1_024, 1)),
  guided_json: schemaOrText,
  guided_regex: nullable(text(GRAMMAR_UNITS_MAX)),
  guided_choice: words,
  guided_grammar: nullable(text(GRAMMAR_UNITS_MAX)),
  structured_outputs: nullable(
    fields({
      json: schemaOrText,
      regex: nullable(text(GRAMMAR_UNITS_MAX)),
      choice: words,
      grammar: nullable(text(GRAMMAR_UNITS_MAX)),
      json_object: nullable(flag),
      disable_any_whitespace: nullable(flag),
      disable_additional_properties: nullable(flag),
      whitespace_pattern: nullable(text(1_000)),
    }),
  ),
  // llama.cpp
  typical_p: nullable(number(0, 1)),
  repeat_penalty: nullable(number(0, 100)),
  repeat_last_n: nullable(integer(-1)),
  dynatemp_range: nullable(number(0)),
  dynatemp_exponent: nullable(number()),
  dry_multiplier: nullable(number(0)),
  dry_base: nullable(number()),
  dry_allowed_length: nullable(integer(0)),
  dry_penalty_last_n: nullable(integer(-1)),
  dry_sequence_breakers: words,
  xtc_probability: nullable(number(0, 1)),
  xtc_threshold: nullable(number(0, 1)),
  mirostat: nullable(oneOf(0, 1, 2)),
  mirostat_tau: nullable(number()),
  mirostat_eta: nullable(number()),
  grammar: nullable(text(GRAMMAR_UNITS_MAX)),
  json_schema: nullable(anyObject),
  min_keep: nullable(integer(0)),
  samplers: words,
  cache_prompt: nullable(flag),
  timings_per_token: nullable(flag),
  t_max_predict_ms: nullable(integer(0)),
};

/** What only chats have. */
export const CHAT_EXTRAS: Readonly<Record<string, Check>> = {
  // vLLM
  add_generation_prompt: nullable(flag),
  continue_final_message: nullable(flag),
  add_special_tokens: nullable(flag),
  include_reasoning: nullable(flag),
  thinking_token_budget: nullable(integer(0)),
  documents: nullable(list(record(text(), 20), WORDS_MAX)),
  // vLLM and llama.cpp. Only plain values: a template is given switches, not another template.
  chat_template_kwargs: nullable(
    record(either("must be text, a number, true or false", { text: text(1_000), number: anyJson, flag }), 50),
  ),
  // llama.cpp
  reasoning_format: nullable(text(50)),
  parse_tool_calls: nullable(flag),
  // Ollama
  reasoning: nullable(fields({ effort: nullable(text(20)) })),
  // Vertex AI
  extra_body: nullable(
    fields({
      google: fields({
        thinking_config: anyObject,
        safety_settings: list(anyObject, 20),
        thought_tag_marker: text(100),
        cached_content: refused("is kept by the upstream", "Send the content itself in `messages`."),
      }),
    }),
  ),
};

const LEAVE_OUT = "Leave it out.";
const SHAPE = "changes the shape of the answer, which this door could then not read";
const ADDRESS = "makes the runtime take its state from elsewhere";

/** Fields that a runtime takes and this door does not let through (T9, T24), with the reason for each. */
export const REFUSED_EXTRAS: Readonly<Record<string, Check>> = {
  chat_template: refused("replaces the template that the model was approved with", LEAVE_OUT),
  lora: refused("changes the model's weights for this request", "Ask for a route to the adapted model."),
  logits_processors: refused("names code for the runtime to run", LEAVE_OUT),
  id_slot: refused("names a slot of the runtime that others use too", LEAVE_OUT),
  slot_id: refused("names a slot of the runtime that others use too", LEAVE_OUT),
  priority: refused("moves the request ahead of others in the runtime", LEAVE_OUT),
  kv_transfer_params: refused(ADDRESS, LEAVE_OUT),
  ec_transfer_params: refused(ADDRESS, LEAVE_OUT),
  vllm_xargs: refused("is read by extensions that this door does not know", LEAVE_OUT),
  mm_processor_kwargs: refused("changes how the runtime reads media", LEAVE_OUT),
  media_io_kwargs: refused("changes how the runtime reads media", LEAVE_OUT),
  response_fields: refused(SHAPE, LEAVE_OUT),
  return_progress: refused(SHAPE, LEAVE_OUT),
  reasoning_control: refused("lets others end the answer from outside this door", LEAVE_OUT),
  _debug_render_only: refused(SHAPE, LEAVE_OUT),
  use_beam_search: refused("multiplies what is generated for one request", LEAVE_OUT),
  n_predict: refused("is another name for the largest answer", "Send `max_tokens` instead."),
};
