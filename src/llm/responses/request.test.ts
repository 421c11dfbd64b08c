import { expect, test } from "vitest";
import { Fault, type Json, type JsonObject } from "#base";
import { parameterOf } from "../strict.ts";
import { BODY } from "../../../tests/samples/responses-client.ts";
import { RICH } from "../../../tests/samples/responses-rich.ts";
import { openaiResponses } from "./responses.ts";

const read = (more: JsonObject) => openaiResponses.readRequest({ ...BODY, ...more });
const said = (...content: readonly Json[]): JsonObject => ({ input: [{ role: "user", content }] });
const tool = (definition: JsonObject): JsonObject => ({ tools: [definition] });

function flawOf(more: JsonObject): readonly [string, string | null] {
  try {
    read(more);
  } catch (error) {
    if (error instanceof Fault) return [error.code, parameterOf(error)];
    throw error;
  }
  throw new Error("the request was read");
}

test("everything that a request may say is read", () => {
  const request = openaiResponses.readRequest(RICH);
  expect(request).toMatchObject({
    protocol: "openai-responses",
    model: "gpt-5.1",
    isStream: true,
    isUsageWanted: true,
    previous: null,
    outputTokensMax: 512,
    lastAssistantText: "I will look.",
    fetches: [
      "https://a.test/1.png",
      "https://a.test/2.pdf",
      "https://a.test/3.png",
      "https://a.test/4.png",
      "https://a.test/5.png",
    ],
  });
  expect(request.tools).toEqual([
    { name: "f", description: "F", inputSchema: { type: "object" } },
    { name: "sql", description: "", inputSchema: null },
    ...["openai.local_shell", "openai.shell", "openai.apply_patch", "openai.computer"].map((name) => ({
      name,
      description: expect.stringContaining("run by the client"),
      inputSchema: { type: "object" },
    })),
  ]);
  expect(request.hosted).toEqual(
    RICH.tools.slice(6).map((definition) => ({ type: definition.type, definition })),
  );
});

test("nothing is left with the upstream, and only the model's name changes", () => {
  const request = openaiResponses.readRequest(RICH);
  expect(openaiResponses.forwarded(request, { model: "up-1" })).toEqual({
    ...RICH,
    model: "up-1",
    store: false,
  });
  expect(openaiResponses.forwarded(read({}), { model: "up-1" })).toEqual({
    ...BODY,
    model: "up-1",
    store: false,
  });
});

test("what goes on from an earlier answer is never forwarded unresolved", () => {
  const request = read({ previous_response_id: "resp_0" });
  expect(request.previous).toBe("resp_0");
  expect(() => openaiResponses.forwarded(request, { model: "m" })).toThrow("resolved before");
  const empty = read({ previous_response_id: null });
  expect(openaiResponses.forwarded(empty, { model: "m" })).not.toHaveProperty("previous_response_id");
});

test("media count flat, words count whole", () => {
  const image = { type: "input_image", image_url: `data:image/png;base64,${"A".repeat(1_000_000)}` };
  const { inputCharacters } = read(said(image, { type: "input_text", text: "x".repeat(10_000) }));
  expect(inputCharacters).toBeGreaterThan(10_000);
  expect(inputCharacters).toBeLessThan(20_000);
});

const REF = "llm_field_refused";
const UNKNOWN = "llm_field_unknown";
const INVALID = "llm_value_invalid";
const MCP = { type: "mcp", server_label: "crm", server_url: "https://crm.test" };
const FUNCTION = { type: "function", name: "f" };
const item = (json: JsonObject): JsonObject => ({ input: [json] });
const CALL = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };

/** T9: what an upstream would hold, fetch, run or choose by itself, and what nobody knows. One line per field. */
const REFUSED: readonly (readonly [string, JsonObject, string, string])[] = [
  ["a conversation", { conversation: "conv_1" }, REF, "conversation"],
  ["a conversation as an object", { conversation: { id: "conv_1" } }, REF, "conversation"],
  ["background", { background: true }, REF, "background"],
  ["a stored prompt", { prompt: { id: "pmpt_1" } }, REF, "prompt"],
  ["access programs", { access_programs: { cyber: "standard" } }, REF, "access_programs"],
  [
    "a comparison with a stored answer",
    { prompt_cache_options: { comparison_response_id: "resp_1" } },
    REF,
    "prompt_cache_options.comparison_response_id",
  ],
  ["an item reference without an id", item({ type: "item_reference" }), INVALID, "input[0].id"],
  ["an item reference that says more", item({ id: "msg_1", text: "x" }), UNKNOWN, "input[0].text"],
  [
    "tools of a namespace within the conversation",
    item({
      type: "additional_tools",
      role: "developer",
      tools: [{ type: "namespace", name: "n", tools: [] }],
    }),
    REF,
    "input[0].tools[0]",
  ],
  [
    "a namespace within the one that stands for none",
    tool({
      type: "namespace",
      name: "functions",
      tools: [{ type: "namespace", name: "functions", tools: [] }],
    }),
    UNKNOWN,
    "tools[0].tools[0].type",
  ],
  [
    "a hosted tool within a namespace",
    tool({ type: "namespace", name: "functions", tools: [{ type: "web_search" }] }),
    UNKNOWN,
    "tools[0].tools[0].type",
  ],
  [
    "a namespace of another name",
    tool({ type: "namespace", name: "mcp__x", tools: [FUNCTION] }),
    REF,
    "tools[0]",
  ],
  [
    "tools that somebody else gives within the conversation",
    item({ type: "additional_tools", role: "user", tools: [] }),
    INVALID,
    "input[0].role",
  ],
  [
    "another tool of a name that is taken",
    {
      ...item({ type: "additional_tools", role: "developer", tools: [FUNCTION] }),
      tools: [{ ...FUNCTION, strict: true }],
    },
    INVALID,
    "tools",
  ],
  ["tools found by a search", item({ type: "tool_search_output", tools: [] }), REF, "input[0]"],
  ["a search for tools", item({ type: "tool_search_call", arguments: {} }), REF, "input[0]"],
  ["a program", item({ type: "program", id: "p", call_id: "c", code: "", fingerprint: "" }), REF, "input[0]"],
  [
    "a program's output",
    item({ type: "program_output", id: "p", call_id: "c", result: "" }),
    REF,
    "input[0]",
  ],
  [
    "an image that the upstream keeps",
    said({ type: "input_image", file_id: "f" }),
    REF,
    "input[0].content[0].file_id",
  ],
  [
    "a file that the upstream keeps",
    said({ type: "input_file", file_id: "f" }),
    REF,
    "input[0].content[0].file_id",
  ],
  [
    "a file in a result",
    item({ type: "function_call_output", call_id: "c", output: [{ type: "input_file", file_id: "f" }] }),
    REF,
    "input[0].output[0].file_id",
  ],
  [
    "a screenshot that the upstream keeps",
    item({
      type: "computer_call_output",
      call_id: "c",
      output: { type: "computer_screenshot", file_id: "f" },
    }),
    REF,
    "input[0].output.file_id",
  ],
  [
    "a call by a program",
    item({ ...CALL, caller: { type: "program", caller_id: "p" } }),
    REF,
    "input[0].caller.type",
  ],
  ["a call of a namespace", item({ ...CALL, namespace: "crm" }), REF, "input[0].namespace"],
  ["an asynchronous call", item({ ...CALL, async: true }), REF, "input[0].async"],
  [
    "a namespace of tools",
    tool({ type: "namespace", name: "n", description: "", tools: [] }),
    REF,
    "tools[0]",
  ],
  ["tool search", tool({ type: "tool_search" }), REF, "tools[0]"],
  ["programs that call tools", tool({ type: "programmatic_tool_calling" }), REF, "tools[0]"],
  [
    "a tool for programs",
    tool({ ...FUNCTION, allowed_callers: ["programmatic"] }),
    REF,
    "tools[0].allowed_callers",
  ],
  ["a deferred tool", tool({ ...FUNCTION, defer_loading: true }), REF, "tools[0].defer_loading"],
  ["an asynchronous tool", tool({ ...FUNCTION, async: true }), REF, "tools[0].async"],
  [
    "a shell of the upstream's",
    tool({ type: "shell", environment: { type: "container_auto" } }),
    REF,
    "tools[0].environment.type",
  ],
  ["a shell nobody knows where", tool({ type: "shell" }), INVALID, "tools[0].environment"],
  ["a credential", tool({ ...MCP, authorization: "secret" }), REF, "tools[0].authorization"],
  ["credentials in headers", tool({ ...MCP, headers: { authorization: "s" } }), REF, "tools[0].headers"],
  [
    "a container that the upstream keeps",
    tool({ type: "code_interpreter", container: "c_1" }),
    REF,
    "tools[0].container",
  ],
  [
    "files for a container",
    tool({ type: "code_interpreter", container: { type: "auto", file_ids: ["f"] } }),
    REF,
    "tools[0].container.file_ids",
  ],
  [
    "secrets for a container",
    tool({
      type: "code_interpreter",
      container: {
        type: "auto",
        network_policy: {
          type: "allowlist",
          allowed_domains: [],
          domain_secrets: [{ domain: "d", name: "n", value: "v" }],
        },
      },
    }),
    REF,
    "tools[0].container.network_policy.domain_secrets",
  ],
  [
    "a mask that the upstream keeps",
    tool({ type: "image_generation", input_image_mask: { file_id: "f" } }),
    REF,
    "tools[0].input_image_mask.file_id",
  ],
  ["an unknown field", { web_access: true }, UNKNOWN, "web_access"],
  ["an unknown tool", tool({ type: "remote_desktop" }), UNKNOWN, "tools[0].type"],
  ["an unknown field of a tool", tool({ ...FUNCTION, run: "server" }), UNKNOWN, "tools[0].run"],
  ["an unknown item", item({ type: "remote_call", id: "x" }), UNKNOWN, "input[0].type"],
  ["a change of configuration", item({ type: "configuration_update" }), UNKNOWN, "input[0].type"],
  ["an unknown part", said({ type: "input_video", url: "x" }), UNKNOWN, "input[0].content[0].type"],
  ["an unknown include", { include: ["file.contents"] }, INVALID, "include[0]"],
  ["no input", { input: null }, INVALID, "input"],
  ["a stream that is text", { stream: "true" }, INVALID, "stream"],
  ["one name for two tools", { tools: [FUNCTION, { type: "custom", name: "f" }] }, INVALID, "tools"],
  ["a name of a built-in tool's", tool({ ...FUNCTION, name: "openai.shell" }), INVALID, "tools[0].name"],
  [
    "a file of the upstream's disk",
    said({ type: "input_file", file_url: "file:///etc/passwd" }),
    INVALID,
    "input",
  ],
];

test.each(REFUSED)("%s is refused", (_name, more, code, parameter) => {
  expect(flawOf(more)).toEqual([code, parameter]);
});

test("values that ask for nothing pass", () => {
  read({ conversation: null, background: false, prompt: null, previous_response_id: null });
  expect(read({ background: null }).fetches).toEqual([]);
});

test("each hosted tool is an action of its own", () => {
  const tools: readonly JsonObject[] = [
    { type: "web_search" },
    { type: "web_search_2025_08_26" },
    { type: "web_search_preview" },
    { type: "web_search_preview_2025_03_11" },
    { type: "file_search", vector_store_ids: ["vs_1"] },
    MCP,
    { type: "code_interpreter", container: { type: "auto" } },
    { type: "image_generation" },
  ];
  const request = read({ tools });
  expect(request.tools).toEqual([]);
  expect(request.hosted).toEqual(tools.map((definition) => ({ type: definition["type"], definition })));
});
