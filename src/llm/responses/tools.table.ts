import { isJsonObject } from "#wire";
import { LLM_LIMITS } from "../limits.ts";
import {
  anyJson,
  anyObject,
  type Check,
  either,
  fields,
  flag,
  type Flaw,
  integer,
  invalid,
  list,
  nullable,
  number,
  oneOf,
  refused,
  refusedUnless,
  tagged,
  text,
} from "../strict.ts";
import { HELD, heldFile } from "./held.table.ts";

// Tools of a request. Source: npm `openai` 7.57.0, resources/responses/responses.d.ts (`Tool`).

const name = text(LLM_LIMITS.toolNameUnitsMax, 1);
const names = list(text(), LLM_LIMITS.toolsMax);

/**
 * Tools that the client runs and that have no name of their own, by the item that asks for one. Their names here have a
 * dot, which OpenAI's functions cannot: nothing else can be taken for them.
 */
export const BUILT_IN: Readonly<Record<string, string>> = {
  local_shell_call: "openai.local_shell",
  shell_call: "openai.shell",
  apply_patch_call: "openai.apply_patch",
  computer_call: "openai.computer",
};

export const BUILT_IN_TYPES: Readonly<Record<string, string>> = {
  local_shell: "openai.local_shell",
  shell: "openai.shell",
  apply_patch: "openai.apply_patch",
  computer: "openai.computer",
  computer_use_preview: "openai.computer",
};

const notDirect: Flaw = {
  code: "llm_field_refused",
  path: "",
  words: "lets a program of the upstream's call the tool, where nothing decides",
  remedy: 'Leave it out, or say ["direct"].',
};
const allowedCallers: Check = (value) =>
  value === null || (Array.isArray(value) && value.every((entry) => entry === "direct")) ? null : notDirect;

const ownName: Check = (value) => {
  const flaw = name(value);
  if (flaw !== null) return flaw;
  return typeof value === "string" && value.startsWith("openai.")
    ? invalid("reads as one of the protocol's own tools", "Name it otherwise.")
    : null;
};

const DEFERRED = refusedUnless(
  [null, false],
  "leaves the tool for the upstream's tool search, which is not governed",
  "Declare the tool without it.",
);

const own = {
  type: anyJson,
  name: ownName,
  description: nullable(text()),
  allowed_callers: allowedCallers,
  async: refusedUnless([null, false], "asks for calls that go on beside the turn", "Leave it out."),
  defer_loading: DEFERRED,
};

const shellEnvironment = tagged(
  "type",
  { local: fields({ type: anyJson, skills: nullable(list(anyObject, LLM_LIMITS.toolsMax)) }) },
  () => ({
    code: "llm_field_refused",
    path: "",
    words: "runs commands on the upstream's machines, where nothing decides",
    remedy: 'Say {"type":"local"} and run the commands yourself.',
  }),
);

/** Those that the client names. */
const OWN_TOOLS = {
  function: fields(
    { ...own, parameters: nullable(anyObject), strict: nullable(flag), output_schema: nullable(anyObject) },
    { required: ["name"] },
  ),
  custom: fields(
    {
      ...own,
      format: nullable(
        tagged("type", {
          text: fields({ type: anyJson }),
          grammar: fields({ type: anyJson, definition: text(), syntax: oneOf("lark", "regex") }),
        }),
      ),
    },
    { required: ["name"] },
  ),
};

/** Tools that the client runs itself when the model asks. */
const CLIENT_TOOLS: Readonly<Record<string, Check>> = {
  ...OWN_TOOLS,
  local_shell: fields({ type: anyJson }),
  // Where the environment is not said, the upstream chooses: so it must be.
  shell: fields(
    { type: anyJson, allowed_callers: allowedCallers, environment: shellEnvironment },
    { required: ["environment"] },
  ),
  apply_patch: fields({ type: anyJson, allowed_callers: allowedCallers }),
  computer: fields({ type: anyJson }),
  computer_use_preview: fields({
    type: anyJson,
    display_height: number(1),
    display_width: number(1),
    environment: text(40),
  }),
};

const location = nullable(
  fields({
    type: oneOf("approximate"),
    city: nullable(text()),
    country: nullable(text()),
    region: nullable(text()),
    timezone: nullable(text()),
  }),
);
const searching = {
  type: anyJson,
  search_context_size: oneOf("low", "medium", "high"),
  user_location: location,
};
const webSearch = fields({
  ...searching,
  external_web_access: flag,
  filters: nullable(fields({ allowed_domains: nullable(names) })),
});
const webSearchPreview = fields({ ...searching, search_content_types: list(oneOf("text", "image"), 2) });

const CREDENTIAL = refusedUnless(
  [null],
  "carries a credential of the agent's own",
  "Register the MCP server with Doorward (`doorward servers add`) and call it through the mcp door.",
);
const toolFilter = fields({ read_only: flag, tool_names: names });
const mcp = fields(
  {
    type: anyJson,
    server_label: name,
    server_description: nullable(text()),
    server_url: text(),
    connector_id: text(200),
    tunnel_id: text(200),
    allowed_callers: allowedCallers,
    allowed_tools: either("must be a list of names or a filter", {
      null: anyJson,
      list: names,
      object: toolFilter,
    }),
    require_approval: either("must be always, never or a filter", {
      null: anyJson,
      text: oneOf("always", "never"),
      object: fields({ always: toolFilter, never: toolFilter }),
    }),
    defer_loading: DEFERRED,
    authorization: CREDENTIAL,
    headers: CREDENTIAL,
  },
  { required: ["server_label"] },
);

const container = either("must be an object", {
  text: refused(HELD, 'Say {"type":"auto"}.'),
  object: fields(
    {
      type: oneOf("auto"),
      memory_limit: nullable(text(20)),
      file_ids: refused(HELD, "Send the content in the conversation."),
      network_policy: tagged("type", {
        disabled: fields({ type: anyJson }),
        allowlist: fields({ type: anyJson, allowed_domains: names, domain_secrets: CREDENTIAL }),
      }),
    },
    { required: ["type"] },
  ),
});

const comparison = fields({ type: text(40), key: text(), value: anyJson, filters: anyJson });

/** Tools that the upstream runs itself: declaring one is the action, for there is no boundary to hold at. */
const HOSTED_TOOLS: Readonly<Record<string, Check>> = {
  web_search: webSearch,
  web_search_2025_08_26: webSearch,
  web_search_preview: webSearchPreview,
  web_search_preview_2025_03_11: webSearchPreview,
  file_search: fields({
    type: anyJson,
    vector_store_ids: names,
    filters: nullable(comparison),
    max_num_results: integer(1),
    ranking_options: anyObject,
  }),
  mcp,
  code_interpreter: fields(
    { type: anyJson, container, allowed_callers: allowedCallers },
    { required: ["container"] },
  ),
  image_generation: fields({
    type: anyJson,
    action: text(40),
    background: text(40),
    complexity: text(40),
    frame_count: integer(1),
    frame_duration_ms: integer(1),
    input_fidelity: nullable(text(40)),
    input_image_mask: fields({ image_url: text(), file_id: heldFile }),
    model: text(LLM_LIMITS.modelNameUnitsMax),
    moderation: text(40),
    output_compression: integer(0, 100),
    output_format: text(40),
    partial_images: integer(0),
    quality: text(40),
    size: text(40),
    svg: anyObject,
  }),
};

const UNGOVERNED = "lets tools be found or called where nothing decides";

export function isHosted(type: string): boolean {
  return Object.hasOwn(HOSTED_TOOLS, type);
}

/** The namespace of tools that have no other: a call names them as it does without one. */
const DEFAULT_NAMESPACE = "functions";

const plainTools = fields({
  type: anyJson,
  name: oneOf(DEFAULT_NAMESPACE),
  description: nullable(text()),
  tools: list(
    tagged("type", { function: OWN_TOOLS.function, custom: OWN_TOOLS.custom }),
    LLM_LIMITS.toolsMax,
  ),
});
/** Codex's own sub-agents (openai/codex): offered to no model, for a call would name its tool by two names. */
export const LEFT_OUT: ReadonlySet<string> = new Set(["collaboration", "multi_agent_v1"]);
const leftOut = fields({
  type: anyJson,
  name: oneOf(...LEFT_OUT),
  description: nullable(text()),
  tools: list(anyObject, LLM_LIMITS.toolsMax),
});
const otherNamespace = refused(UNGOVERNED, "Declare the tools one by one.");
/** Calls of a tool of any other name it by two names, and are refused (items.table.ts). */
const namespace: Check = (value) => {
  const named = isJsonObject(value) && typeof value["name"] === "string" ? value["name"] : "";
  if (named === DEFAULT_NAMESPACE) return plainTools(value);
  return LEFT_OUT.has(named) ? leftOut(value) : otherNamespace(value);
};

const typed = tagged("type", {
  ...CLIENT_TOOLS,
  ...HOSTED_TOOLS,
  namespace,
  tool_search: refused(UNGOVERNED, "Declare the tools one by one."),
  programmatic_tool_calling: refused(UNGOVERNED, "Let the model call its tools directly."),
});

export const tool: Check = (value) => typed(value);

const chosen = fields({
  type: text(60),
  name: nullable(text(LLM_LIMITS.toolNameUnitsMax)),
  server_label: text(),
});

export const toolChoice: Check = either("must be none, auto, required or an object", {
  null: anyJson,
  text: oneOf("none", "auto", "required"),
  object: (value) =>
    isJsonObject(value) && value["type"] === "allowed_tools"
      ? fields({ type: anyJson, mode: oneOf("auto", "required"), tools: list(chosen, LLM_LIMITS.toolsMax) })(
          value,
        )
      : chosen(value),
});
