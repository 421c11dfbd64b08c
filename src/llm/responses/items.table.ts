import { isJsonObject } from "#wire";
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
import { heldFile } from "./held.table.ts";
import { tool } from "./tools.table.ts";

// Items of `input`. Source: npm `openai` 7.57.0, resources/responses/responses.d.ts (`ResponseInputItem` and the types it
// names). Wider than the type where clients send an answer's own items back as they came (`status`, `id`, `created_by`).

const IDS_MAX = 512;
const id = nullable(text(IDS_MAX));
const callId = text(IDS_MAX, 1);
const name = text(LLM_LIMITS.toolNameUnitsMax, 1);
const parts = LLM_LIMITS.partsMax;

const direct = nullable(
  tagged("type", { direct: fields({ type: text() }) }, () => ({
    code: "llm_field_refused",
    path: "",
    words: "says that a program of the upstream's called the tool, which is not governed",
    remedy: "Let the model call its tools directly.",
  })),
);
const noNamespace = refusedUnless(
  [null],
  "names a namespace, which is not governed",
  "Declare the tools one by one.",
);
const notAsync = refusedUnless([null, false], "asks for calls that go on beside the turn", "Leave it out.");

const breakpoint = nullable(fields({ mode: text(20), ttl: text(20) }));
const inputText = fields(
  { type: anyJson, text: text(), prompt_cache_breakpoint: breakpoint },
  { required: ["text"] },
);
const inputImage = fields({
  type: anyJson,
  detail: nullable(text(20)),
  image_url: nullable(text()),
  file_id: heldFile,
  prompt_cache_breakpoint: breakpoint,
});
const inputFile = fields({
  type: anyJson,
  detail: nullable(text(20)),
  file_data: nullable(text()),
  file_url: nullable(text()),
  filename: nullable(text(1_000)),
  file_id: heldFile,
  prompt_cache_breakpoint: breakpoint,
});
const inputAudio = fields({
  type: anyJson,
  input_audio: fields({ data: text(), format: text(20) }, { required: ["data"] }),
});
const outputText = fields(
  {
    type: anyJson,
    text: text(),
    annotations: nullable(list(anyObject, parts)),
    logprobs: nullable(list(anyObject, LLM_LIMITS.eventValuesMax)),
  },
  { required: ["text"] },
);
const refusal = fields({ type: anyJson, refusal: text() }, { required: ["refusal"] });

const given = { input_text: inputText, input_image: inputImage, input_file: inputFile };
const content = either("must be text or a list of parts", {
  text: text(),
  list: list(tagged("type", { ...given, input_audio: inputAudio, output_text: outputText, refusal }), parts),
});
const result = either("must be text or a list of parts", {
  text: text(),
  list: list(tagged("type", given), parts),
});

const status = nullable(text(20));
const common = { type: anyJson, id, status, created_by: text(IDS_MAX), caller: direct };

const message = fields(
  {
    type: anyJson,
    id,
    status,
    role: oneOf("user", "assistant", "system", "developer"),
    content,
    phase: nullable(oneOf("commentary", "final_answer")),
  },
  { required: ["role", "content"] },
);

const texts = list(fields({ type: anyJson, text: text() }, { required: ["text"] }), parts);
const reasoning = fields({
  type: anyJson,
  id,
  status,
  summary: texts,
  content: nullable(texts),
  encrypted_content: nullable(text()),
});

const calls: Readonly<Record<string, Check>> = {
  function_call: fields(
    { ...common, call_id: callId, name, arguments: text(), namespace: noNamespace, async: notAsync },
    { required: ["call_id", "name", "arguments"] },
  ),
  function_call_output: fields(
    { ...common, call_id: callId, output: result, name: nullable(name), namespace: noNamespace },
    { required: ["call_id", "output"] },
  ),
  custom_tool_call: fields(
    { ...common, call_id: callId, name, input: text(), namespace: noNamespace, async: notAsync },
    { required: ["call_id", "name", "input"] },
  ),
  custom_tool_call_output: fields(
    { ...common, call_id: callId, output: result },
    { required: ["call_id", "output"] },
  ),
  local_shell_call: fields(
    {
      ...common,
      call_id: callId,
      action: fields({
        type: oneOf("exec"),
        command: list(text(), parts),
        env: record(text(), parts),
        timeout_ms: nullable(number(0)),
        user: nullable(text()),
        working_directory: nullable(text()),
      }),
    },
    { required: ["call_id", "action"] },
  ),
  local_shell_call_output: fields(
    { ...common, call_id: text(IDS_MAX), output: text() },
    { required: ["output"] },
  ),
  shell_call: fields(
    {
      ...common,
      call_id: callId,
      environment: nullable(tagged("type", { local: fields({ type: anyJson, skills: anyJson }) })),
      action: fields({
        commands: list(text(), parts),
        max_output_length: nullable(integer(0)),
        timeout_ms: nullable(integer(0)),
      }),
    },
    { required: ["call_id", "action"] },
  ),
  shell_call_output: fields(
    {
      ...common,
      call_id: callId,
      max_output_length: nullable(integer(0)),
      output: list(
        fields({
          stdout: text(),
          stderr: text(),
          created_by: text(IDS_MAX),
          outcome: fields({ type: oneOf("timeout", "exit"), exit_code: integer() }),
        }),
        parts,
      ),
    },
    { required: ["call_id", "output"] },
  ),
  apply_patch_call: fields(
    {
      ...common,
      call_id: callId,
      operation: fields(
        { type: oneOf("create_file", "delete_file", "update_file"), path: text(), diff: text() },
        { required: ["type", "path"] },
      ),
    },
    { required: ["call_id", "operation"] },
  ),
  apply_patch_call_output: fields(
    { ...common, call_id: callId, output: nullable(text()) },
    { required: ["call_id"] },
  ),
  computer_call: fields(
    {
      ...common,
      call_id: callId,
      action: anyObject,
      actions: list(anyObject, parts),
      pending_safety_checks: list(anyObject, parts),
    },
    { required: ["call_id"] },
  ),
  computer_call_output: fields(
    {
      ...common,
      call_id: callId,
      output: fields({ type: anyJson, image_url: nullable(text()), file_id: heldFile }),
      acknowledged_safety_checks: nullable(list(anyObject, parts)),
    },
    { required: ["call_id", "output"] },
  ),
};

// What hosted tools gave in earlier turns, told again. Nothing in it is fetched or run.
const told = { type: anyJson, id, status, created_by: text(IDS_MAX) };
const hosted: Readonly<Record<string, Check>> = {
  file_search_call: fields({
    ...told,
    queries: list(text(), parts),
    results: nullable(
      list(
        fields({
          attributes: nullable(anyObject),
          file_id: text(),
          filename: text(),
          score: number(),
          text: text(),
        }),
        parts,
      ),
    ),
  }),
  web_search_call: fields({ ...told, action: anyObject }),
  code_interpreter_call: fields({
    ...told,
    code: nullable(text()),
    container_id: text(IDS_MAX),
    outputs: nullable(list(fields({ type: anyJson, logs: text(), url: text() }), parts)),
  }),
  image_generation_call: fields({
    ...told,
    result: nullable(text()),
    action: nullable(text(40)),
    background: nullable(text(40)),
    output_format: nullable(text(40)),
    quality: nullable(text(40)),
    revised_prompt: nullable(text()),
    size: nullable(text(40)),
  }),
  mcp_list_tools: fields({
    ...told,
    server_label: text(),
    error: nullable(text()),
    tools: list(
      fields({ name, input_schema: anyJson, annotations: anyJson, description: nullable(text()) }),
      LLM_LIMITS.toolsMax,
    ),
  }),
  mcp_call: fields({
    ...told,
    name,
    arguments: text(),
    server_label: text(),
    approval_request_id: id,
    error: anyJson,
    output: nullable(text()),
  }),
  mcp_approval_request: fields({ ...told, name, arguments: text(), server_label: text() }),
  mcp_approval_response: fields({
    ...told,
    approval_request_id: text(IDS_MAX, 1),
    approve: flag,
    reason: nullable(text()),
  }),
  // Read as if they stood in `tools` (request.ts): where a tool is declared changes nothing of what is decided.
  additional_tools: fields(
    { type: anyJson, id, role: oneOf("developer"), tools: list(tool, LLM_LIMITS.toolsMax) },
    { required: ["tools"] },
  ),
  compaction: fields({ ...told, encrypted_content: text() }, { required: ["encrypted_content"] }),
};

const DECLARES = "declares tools within the conversation, where nothing decides them";
const PROGRAMS = "goes on with a program of the upstream's that calls tools, which is not governed";

const refusedItems: Readonly<Record<string, Check>> = {
  tool_search_call: refused(DECLARES, "Put the tools in `tools`, without `tool_search`."),
  tool_search_output: refused(DECLARES, "Put the tools in `tools`, without `tool_search`."),
  program: refused(PROGRAMS, "Let the model call its tools directly."),
  program_output: refused(PROGRAMS, "Let the model call its tools directly."),
};

/** Of an answer given here, and resolved from Doorward's own store: none is ever forwarded. */
const reference = fields({ type: anyJson, id: text(IDS_MAX, 1) }, { required: ["id"] });

const typed = tagged("type", {
  message,
  reasoning,
  ...calls,
  ...hosted,
  ...refusedItems,
  item_reference: reference,
});

/** An item without a type is a message, or, where it has no role, a reference. */
export const item: Check = (value) => {
  if (!isJsonObject(value) || (value["type"] !== undefined && value["type"] !== null)) return typed(value);
  return value["role"] === undefined && value["id"] !== undefined ? reference(value) : message(value);
};
