import { LLM_LIMITS } from "../limits.ts";
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
  refusedUnless,
  tagged,
  text,
} from "../strict.ts";
import { HELD } from "./held.table.ts";
import { item } from "./items.table.ts";
import { tool, toolChoice } from "./tools.table.ts";

// The allow-list of POST /v1/responses (T9). Source: npm `openai` 7.57.0, resources/responses/responses.d.ts
// (`ResponseCreateParamsBase`) and resources/shared.d.ts.

const TEXT_MAX = 512;

const format = tagged("type", {
  text: fields({ type: anyJson }),
  json_object: fields({ type: anyJson }),
  json_schema: fields(
    {
      type: anyJson,
      name: text(TEXT_MAX, 1),
      schema: anyObject,
      description: text(),
      strict: nullable(flag),
    },
    { required: ["name", "schema"] },
  ),
});

const summary = nullable(oneOf("auto", "concise", "detailed"));
const mode = fields({ mode: oneOf("score", "block") });

const includable = oneOf(
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
);

export const responsesRequest: Check = fields(
  {
    model: text(LLM_LIMITS.modelNameUnitsMax, 1),
    input: either("must be text or a list of items", {
      text: text(),
      list: list(item, LLM_LIMITS.messagesMax),
    }),
    instructions: nullable(text()),
    tools: nullable(list(tool, LLM_LIMITS.toolsMax)),
    tool_choice: toolChoice,
    parallel_tool_calls: nullable(flag),
    previous_response_id: nullable(text(TEXT_MAX, 1)),
    text: nullable(fields({ format: nullable(format), verbosity: nullable(oneOf("low", "medium", "high")) })),
    reasoning: nullable(
      fields({
        context: nullable(oneOf("auto", "current_turn", "all_turns")),
        effort: nullable(oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
        summary,
        generate_summary: summary,
        mode: text(40),
      }),
    ),
    include: nullable(list(includable, 16)),
    max_output_tokens: nullable(integer(1)),
    max_tool_calls: nullable(integer(0)),
    metadata: nullable(record(text(TEXT_MAX), 16)),
    // Codex says with it to OpenAI's own backend which of its sessions asks (openai/codex, ResponsesApiRequest): not passed on.
    client_metadata: nullable(record(text(), 64)),
    temperature: nullable(number(0)),
    top_p: nullable(number(0, 1)),
    top_logprobs: nullable(integer(0, 20)),
    truncation: nullable(oneOf("auto", "disabled")),
    stream: nullable(flag),
    stream_options: nullable(fields({ include_obfuscation: flag })),
    store: nullable(flag),
    service_tier: nullable(text(40)),
    user: text(TEXT_MAX),
    safety_identifier: nullable(text(TEXT_MAX)),
    prompt_cache_key: nullable(text(TEXT_MAX)),
    prompt_cache_retention: nullable(text(40)),
    prompt_cache_options: fields({
      mode: oneOf("implicit", "explicit"),
      prewarm: flag,
      ttl: text(20),
      comparison_response_id: refusedUnless([null], HELD, "Leave it out."),
    }),
    context_management: nullable(
      list(fields({ type: text(40), compact_threshold: nullable(integer(0)) }), LLM_LIMITS.partsMax),
    ),
    image: fields({ context_compression: oneOf("auto", "enabled", "disabled") }),
    moderation: nullable(
      fields({
        model: text(LLM_LIMITS.modelNameUnitsMax),
        policy: nullable(fields({ input: nullable(mode), output: nullable(mode) })),
      }),
    ),
    conversation: refusedUnless(
      [null],
      HELD,
      "Leave it out, and go on with `previous_response_id`, which Doorward keeps itself.",
    ),
    background: refusedUnless(
      [null, false],
      "lets the answer be made where nobody waits to decide what it asks for",
      "Leave it out, and stream the answer if it takes long.",
    ),
    prompt: refusedUnless([null], HELD, "Leave it out, and send the words in `instructions` and `input`."),
    access_programs: refused(
      "chooses what the upstream's account may do, which the operator does",
      "Leave it out.",
    ),
  },
  { required: ["model", "input"] },
);
