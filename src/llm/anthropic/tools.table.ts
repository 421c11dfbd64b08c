import { LLM_LIMITS } from "../limits.ts";
import {
  anyObject,
  type Check,
  fields,
  flag,
  type Flaw,
  integer,
  invalid,
  list,
  nullable,
  oneOf,
  record,
  refused,
  tagged,
  text,
} from "../strict.ts";
import { isJsonObject } from "#wire";
import { cacheControl } from "./blocks.table.ts";

// Tools of a request. Source: the types of @anthropic-ai/sdk 1.12.0: `ToolUnion` in resources/messages/messages.d.ts, and
// what only resources/beta/messages has (`computer_2*`, `bash_20241022`, `text_editor_20241022`, `mcp_toolset`).

const name = text(LLM_LIMITS.toolNameUnitsMax, 1);

const notDirect: Flaw = {
  code: "llm_field_refused",
  path: "",
  words: "lets the provider's code execution call the tool, where nothing decides",
  remedy: 'Leave it out, or say ["direct"].',
};

const allowedCallers: Check = (value) =>
  Array.isArray(value) && value.every((entry) => entry === "direct") ? null : notDirect;

const ofAll = {
  type: nullable(text()),
  name,
  allowed_callers: allowedCallers,
  cache_control: cacheControl,
  defer_loading: flag,
  strict: flag,
};
const examples = { input_examples: list(anyObject, LLM_LIMITS.partsMax) };

/** Members of the toolsets (`BROWSER_MEMBER_NAME_VALUES` and `COMPUTER_MEMBER_NAME_VALUES` of the SDK). */
export const TOOLSETS: Readonly<Record<string, readonly string[]>> = {
  computer:
    "key hold_key type cursor_position mouse_move left_mouse_down left_mouse_up left_click left_click_drag right_click middle_click double_click triple_click scroll wait screenshot zoom".split(
      " ",
    ),
  browser:
    "navigate list_tabs new_tab switch_tab close_tab read_page get_page_text read_console read_network find form_input file_upload scroll_to screenshot zoom left_click right_click middle_click double_click triple_click hover left_click_drag left_mouse_down left_mouse_up mouse_move scroll type key hold_key wait javascript_exec".split(
      " ",
    ),
};

export const TOOLSET_TYPES: Readonly<Record<string, string>> = {
  computer_toolset_20260801: "computer",
  browser_toolset_20260801: "browser",
};

const customTool = fields(
  {
    ...ofAll,
    ...examples,
    input_schema: anyObject,
    description: text(),
    eager_input_streaming: nullable(flag),
  },
  { required: ["name", "input_schema"] },
);

const plainClientTool = fields({ ...ofAll, ...examples }, { required: ["name"] });
const screen = {
  display_height_px: integer(1),
  display_width_px: integer(1),
  display_number: nullable(integer(0)),
};
const computerTool = fields({ ...ofAll, ...examples, ...screen }, { required: ["name"] });

const toolset = fields({
  type: text(),
  cache_control: cacheControl,
  configs: nullable(
    record(nullable(fields({ defer_loading: nullable(flag), enabled: nullable(flag) })), LLM_LIMITS.toolsMax),
  ),
});

/** Tools that the client runs itself when the model asks. */
const CLIENT_TOOLS: Readonly<Record<string, Check>> = {
  custom: customTool,
  bash_20241022: plainClientTool,
  bash_20250124: plainClientTool,
  memory_20250818: plainClientTool,
  text_editor_20241022: plainClientTool,
  text_editor_20250124: plainClientTool,
  text_editor_20250429: plainClientTool,
  text_editor_20250728: fields(
    { ...ofAll, ...examples, max_characters: nullable(integer(0)) },
    { required: ["name"] },
  ),
  computer_20241022: computerTool,
  computer_20250124: computerTool,
  computer_20251124: fields({ ...ofAll, ...examples, ...screen, enable_zoom: flag }, { required: ["name"] }),
  computer_toolset_20260801: toolset,
  browser_toolset_20260801: toolset,
};

const domains = nullable(list(text(), LLM_LIMITS.partsMax));
const hostedTool = fields(ofAll, { required: ["name"] });
const uses = { ...ofAll, max_uses: nullable(integer(0)), allowed_domains: domains, blocked_domains: domains };
const included = { response_inclusion: oneOf("full", "excluded") };

const search = {
  ...uses,
  user_location: nullable(
    fields({
      type: oneOf("approximate"),
      city: nullable(text()),
      country: nullable(text()),
      region: nullable(text()),
      timezone: nullable(text()),
    }),
  ),
};

const references = list(fields({ type: oneOf("tool_reference"), name: text() }), LLM_LIMITS.toolsMax);
const urlSource = tagged("type", {
  all: fields({ type: text() }),
  none: fields({ type: text() }),
  only: fields({ type: text(), tools: references }),
  except: fields({ type: text(), tools: references }),
});
const fetching = {
  ...uses,
  citations: nullable(fields({ enabled: flag })),
  max_content_tokens: nullable(integer(0)),
  url_sources: nullable(
    fields({ client_tool_results: urlSource, server_tool_results: urlSource, user_input: urlSource }),
  ),
};
const cached = { ...fetching, use_cache: flag };

const mcpSwitches = { defer_loading: flag, enabled: flag };

/** Tools that the provider runs itself: declaring one is the action, for there is no boundary to hold at. */
const HOSTED_TOOLS: Readonly<Record<string, Check>> = {
  web_search_20250305: fields(search, { required: ["name"] }),
  web_search_20260209: fields(search, { required: ["name"] }),
  web_search_20260318: fields({ ...search, ...included }, { required: ["name"] }),
  web_fetch_20250910: fields(fetching, { required: ["name"] }),
  web_fetch_20260209: fields(fetching, { required: ["name"] }),
  web_fetch_20260309: fields(cached, { required: ["name"] }),
  web_fetch_20260318: fields({ ...cached, ...included }, { required: ["name"] }),
  code_execution_20250522: hostedTool,
  code_execution_20250825: hostedTool,
  code_execution_20260120: hostedTool,
  code_execution_20260521: hostedTool,
  tool_search_tool_bm25: hostedTool,
  tool_search_tool_bm25_20251119: hostedTool,
  tool_search_tool_regex: hostedTool,
  tool_search_tool_regex_20251119: hostedTool,
  mcp_toolset: fields(
    {
      type: text(),
      mcp_server_name: name,
      cache_control: cacheControl,
      configs: nullable(record(fields(mcpSwitches), LLM_LIMITS.toolsMax)),
      default_config: fields(mcpSwitches),
    },
    { required: ["mcp_server_name"] },
  ),
};

export const mcpServers: Check = list(
  fields(
    {
      type: oneOf("url"),
      name,
      url: text(),
      authorization_token: refused(
        "carries a credential of the agent's own",
        "Register the MCP server with Doorward (`doorward servers add`) and call it through the mcp door.",
      ),
      tool_configuration: nullable(
        fields({ allowed_tools: nullable(list(text(), LLM_LIMITS.toolsMax)), enabled: nullable(flag) }),
      ),
    },
    { required: ["name", "url", "type"] },
  ),
  LLM_LIMITS.toolsMax,
);

export function isHosted(type: string): boolean {
  return Object.hasOwn(HOSTED_TOOLS, type);
}

const typed = tagged("type", { ...CLIENT_TOOLS, ...HOSTED_TOOLS });

/** A tool without a type is a custom one. A name that reads as a member of a toolset would be taken for one. */
export const tool: Check = (value) => {
  if (!isJsonObject(value)) return invalid("must be an object");
  const flaw = value["type"] === undefined || value["type"] === null ? customTool(value) : typed(value);
  if (flaw !== null) return flaw;
  const [set, member] = typeof value["name"] === "string" ? value["name"].split(".", 2) : [];
  const isTaken = set !== undefined && member !== undefined && Object.hasOwn(TOOLSETS, set);
  return isTaken ? { ...invalid("reads as a member of a toolset"), path: "name" } : null;
};
