import { LLM_LIMITS } from "../limits.ts";
import {
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
  refused,
  refusedUnless,
  tagged,
  text,
} from "../strict.ts";
import { cacheControl, contentBlock, textBlock } from "./blocks.table.ts";
import { mcpServers, tool } from "./tools.table.ts";

// The allow-list of POST /v1/messages (T9). Source: `MessageCreateParamsBase` of @anthropic-ai/sdk 1.12.0
// (resources/messages/messages.d.ts); `context_management`, `mcp_servers`, `output_format` and what is refused by name
// from resources/beta/messages/messages.d.ts of the same. `temperature`, `top_k` and `top_p` have left those types; the API
// still takes them (platform.claude.com/docs/en/api/php/beta/messages/create.md), and clients send them.

const blocks = either("must be text or a list of blocks", {
  text: text(),
  list: list(contentBlock, LLM_LIMITS.partsMax),
});
const textBlocks = either("must be text or a list of text blocks", {
  text: text(),
  list: list(tagged("type", { text: textBlock }), LLM_LIMITS.partsMax),
});

const message = tagged("role", {
  user: fields({ role: text(), content: blocks }, { required: ["content"] }),
  assistant: fields({ role: text(), content: blocks }, { required: ["content"] }),
  system: fields({ role: text(), content: textBlocks }, { required: ["content"] }),
});

const display = nullable(oneOf("summarized", "omitted"));
const thinking = tagged("type", {
  enabled: fields({ type: text(), budget_tokens: integer(0), display }, { required: ["budget_tokens"] }),
  disabled: fields({ type: text() }),
  between_tools: fields({ type: text() }),
  adaptive: fields({ type: text(), display }),
});

const parallel = { type: text(), disable_parallel_tool_use: flag };
const toolChoice = tagged("type", {
  auto: fields(parallel),
  any: fields(parallel),
  tool: fields({ ...parallel, name: text(LLM_LIMITS.toolNameUnitsMax, 1) }, { required: ["name"] }),
  none: fields({ type: text() }),
});

const format = nullable(
  fields({ type: oneOf("json_schema"), schema: anyObject }, { required: ["type", "schema"] }),
);

const amount = fields({
  type: oneOf("input_tokens", "tool_uses", "thinking_turns", "all"),
  value: integer(0),
});
const names = list(text(), LLM_LIMITS.toolsMax);
const contextManagement = nullable(
  fields({
    edits: list(
      tagged("type", {
        clear_tool_uses_20250919: fields({
          type: text(),
          clear_at_least: nullable(amount),
          clear_tool_inputs: either("must be true, false or a list of names", {
            null: () => null,
            flag,
            list: names,
          }),
          exclude_tools: nullable(names),
          keep: amount,
          trigger: amount,
        }),
        clear_thinking_20251015: fields({
          type: text(),
          keep: either("must be all or an object", { text: oneOf("all"), object: amount }),
        }),
      }),
      LLM_LIMITS.partsMax,
    ),
  }),
);

const HELD = "names state that the provider keeps, which nobody here can see or decide";
const ACCOUNT = "chooses whose account the provider charges and watches, which the operator's route does";
const MODELS = "lets the provider choose another model, where each fallback is decided anew";

export const messagesRequest: Check = fields(
  {
    model: text(LLM_LIMITS.modelNameUnitsMax, 1),
    max_tokens: integer(0),
    messages: list(message, LLM_LIMITS.messagesMax, 1),
    system: textBlocks,
    tools: list(tool, LLM_LIMITS.toolsMax),
    tool_choice: toolChoice,
    mcp_servers: mcpServers,
    stream: flag,
    stop_sequences: list(text(), LLM_LIMITS.partsMax),
    temperature: number(0),
    top_k: integer(0),
    top_p: number(0, 1),
    thinking,
    output_config: fields({
      effort: nullable(oneOf("low", "medium", "high", "xhigh", "max")),
      format,
      task_budget: nullable(
        fields({ type: oneOf("tokens"), total: integer(0), remaining: nullable(integer(0)) }),
      ),
    }),
    output_format: format,
    metadata: fields({ user_id: nullable(text(512)) }),
    service_tier: oneOf("auto", "standard_only"),
    speed: nullable(oneOf("standard", "fast")),
    inference_geo: nullable(text(64)),
    cache_control: cacheControl,
    context_management: contextManagement,
    container: refusedUnless([null], HELD, "Leave it out: code execution starts with a fresh container."),
    diagnostics: refusedUnless([null], HELD, "Leave it out."),
    thread: refusedUnless([null], HELD, "Leave it out, and send the conversation in `messages`."),
    fallbacks: refusedUnless(
      [null],
      MODELS,
      "Leave it out, and give the route fallbacks (`doorward models`).",
    ),
    fallback_credit_token: refusedUnless([null], MODELS, "Leave it out."),
    workspace_id: refused(ACCOUNT, "Leave it out."),
    user_profile_id: refused(ACCOUNT, "Leave it out."),
    betas: refused("belongs in the header `anthropic-beta`", "Send it there."),
  },
  { required: ["model", "max_tokens", "messages"] },
);
