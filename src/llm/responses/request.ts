import { assert, canonicalJson, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { charactersOf } from "../characters.ts";
import type { Forwarding } from "../face.ts";
import { objectsAt, textAt } from "../openai/fields.ts";
import { fetchedUrl } from "../openai/media.ts";
import { LLM_LIMITS } from "../limits.ts";
import type { DeclaredTool, ModelRequest } from "../request.ts";
import { checkBody, valueInvalid } from "../strict.ts";
import { responsesRequest } from "./request.table.ts";
import { BUILT_IN_TYPES, isHosted, LEFT_OUT } from "./tools.table.ts";

/**
 * A body of POST /v1/responses, every field on the allow-list. Throws Fault `llm_field_unknown`, `llm_field_refused`,
 * `llm_value_invalid`.
 */
export function readRequest(given: JsonObject): ModelRequest {
  checkBody(given, responsesRequest);
  const { client_metadata: _clients, ...asked } = given;
  const body = withAllTools(asked);
  const tools = objectsAt(body, "tools");
  const items = objectsAt(body, "input");
  return {
    protocol: "openai-responses",
    model: textAt(body, "model") ?? "",
    isStream: body["stream"] === true,
    body,
    tools: declaredTools(tools),
    hosted: tools
      .filter((tool) => isHosted(typeOf(tool)))
      .map((definition) => ({ type: typeOf(definition), definition })),
    fetches: fetchesOf(items, tools),
    previous: textAt(body, "previous_response_id"),
    outputTokensMax: typeof body["max_output_tokens"] === "number" ? body["max_output_tokens"] : null,
    isUsageWanted: true,
    inputCharacters: charactersOf([body["instructions"] ?? null, body["input"] ?? null, tools]),
    lastAssistantText: lastAssistantText(items),
  };
}

const ADDITIONAL = "additional_tools";

/**
 * The body with all tools that it declares among its `tools`, one by one: those declared within the conversation, whose items go,
 * and those of the namespace that stands for none. So there is one place where tools are declared, and what is decided is
 * what the upstream is offered, in whatever protocol. The same tool again is one; another of the same name is refused as in
 * `tools` itself. Codex declares its tools so for some models (npm openai 7.57.0, `ResponseInputItem.AdditionalTools`;
 * openai/codex, tools/src/tool_spec.rs `create_tools_json_for_responses_lite`), and takes calls of the namespace
 * `functions` without one (core/src/tools/router.rs, `with_default_namespace`). Its sub-agents are left out.
 */
function withAllTools(body: JsonObject): JsonObject {
  const items = objectsAt(body, "input");
  const declaring = items.filter((item) => typeOf(item) === ADDITIONAL);
  const given = objectsAt(body, "tools");
  if (declaring.length === 0 && !given.some(isNamespace)) return body;
  const own = given.flatMap(oneByOne);
  const known = new Set(own.map((tool) => canonicalJson(tool)));
  const more = declaring
    .flatMap((item) => objectsAt(item, "tools"))
    .flatMap(oneByOne)
    .filter((tool) => known.size < known.add(canonicalJson(tool)).size);
  const tools = [...own, ...more];
  if (tools.length > LLM_LIMITS.toolsMax)
    throw valueInvalid("tools", `are more than ${LLM_LIMITS.toolsMax} in all`, "Declare fewer.");
  const rest = declaring.length === 0 ? {} : { input: items.filter((item) => !declaring.includes(item)) };
  return { ...body, ...rest, tools };
}

function isNamespace(tool: JsonObject): boolean {
  return typeOf(tool) === "namespace";
}

function oneByOne(tool: JsonObject): readonly JsonObject[] {
  if (!isNamespace(tool)) return [tool];
  return LEFT_OUT.has(textAt(tool, "name") ?? "") ? [] : objectsAt(tool, "tools");
}

export function typeOf(value: JsonObject): string {
  return textAt(value, "type") ?? "";
}

/** Ids of the items that a body names instead of sending them (`item_reference`). */
export function referencesOf(body: JsonObject): readonly string[] {
  return objectsAt(body, "input").flatMap((item) => (isReference(item) ? [textAt(item, "id") ?? ""] : []));
}

export function isReference(item: JsonObject): boolean {
  const type = item["type"] ?? null;
  return (
    type === "item_reference" || (type === null && item["role"] === undefined && item["id"] !== undefined)
  );
}

/** Nothing is left with the upstream: what goes on from an answer is resolved here, from Doorward's own store. */
export function forwarded({ body, previous }: ModelRequest, { model }: Forwarding): JsonObject {
  assert(previous === null, "an earlier answer is resolved before a request is forwarded");
  assert(referencesOf(body).length === 0, "references are resolved before a request is forwarded");
  const { previous_response_id: _resolved, ...rest } = body;
  return { ...rest, model, store: false };
}

function declaredTools(tools: readonly JsonObject[]): readonly DeclaredTool[] {
  const declared = tools.filter((tool) => !isHosted(typeOf(tool))).map(declare);
  const names = new Set<string>();
  for (const { name } of declared) {
    if (names.has(name))
      throw valueInvalid("tools", `declares ${JSON.stringify(name)} twice`, "Give each tool its own name.");
    names.add(name);
  }
  return declared;
}

function declare(tool: JsonObject): DeclaredTool {
  const type = typeOf(tool);
  const builtIn = BUILT_IN_TYPES[type];
  if (builtIn !== undefined)
    return {
      name: builtIn,
      description: `OpenAI's ${type}, run by the client`,
      inputSchema: { type: "object" },
    };
  const schema = tool["parameters"];
  return {
    name: textAt(tool, "name") ?? "",
    description: textAt(tool, "description") ?? "",
    inputSchema: type === "custom" ? null : isJsonObject(schema) ? schema : { type: "object" },
  };
}

/** Images and files that the upstream would fetch: in messages, in results of calls, and masks of made images. */
function fetchesOf(items: readonly JsonObject[], tools: readonly JsonObject[]): readonly string[] {
  const places = [
    ...items.flatMap((item) => [...partsOf(item["content"]), ...partsOf(item["output"])]),
    ...tools.flatMap((tool) => partsOf(tool["input_image_mask"])),
  ];
  return places.flatMap((part) => [part["image_url"], part["file_url"]].flatMap(urlOf));
}

function partsOf(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter((part: Json) => isJsonObject(part));
  return isJsonObject(value) ? [value] : [];
}

function urlOf(value: Json | undefined): readonly string[] {
  const url = typeof value === "string" && value !== "" ? fetchedUrl(value, "input", false) : null;
  return url === null ? [] : [url];
}

function lastAssistantText(items: readonly JsonObject[]): string {
  const content = items.findLast((item) => item["role"] === "assistant")?.["content"];
  if (typeof content === "string") return content;
  return partsOf(content)
    .map((part) => textAt(part, "text") ?? "")
    .join("");
}
