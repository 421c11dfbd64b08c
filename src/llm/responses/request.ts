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
import { BUILT_IN_TYPES, isHosted } from "./tools.table.ts";

/**
 * A body of POST /v1/responses, every field on the allow-list. Throws Fault `llm_field_unknown`, `llm_field_refused`,
 * `llm_value_invalid`.
 */
export function readRequest(given: JsonObject): ModelRequest {
  checkBody(given, responsesRequest);
  const body = withAllTools(given);
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
 * The body with the tools that it declares within its conversation among its `tools`, and without those items: one place
 * where tools are declared, so that what is decided is what the upstream is offered, in whatever protocol. The same tool
 * again is one; another of the same name is refused as in `tools` itself. Codex declares all its tools so for some models
 * (npm openai 7.57.0, `ResponseInputItem.AdditionalTools`; openai/codex, `ResponseItem::AdditionalTools`).
 */
function withAllTools(body: JsonObject): JsonObject {
  const items = objectsAt(body, "input");
  const declaring = items.filter((item) => typeOf(item) === ADDITIONAL);
  if (declaring.length === 0) return body;
  const known = new Set(objectsAt(body, "tools").map((tool) => canonicalJson(tool)));
  const more = declaring
    .flatMap((item) => objectsAt(item, "tools"))
    .filter((tool) => known.size < known.add(canonicalJson(tool)).size);
  const tools = [...objectsAt(body, "tools"), ...more];
  if (tools.length > LLM_LIMITS.toolsMax)
    throw valueInvalid(
      "tools",
      `are more than ${LLM_LIMITS.toolsMax} with those in \`input\``,
      "Declare fewer.",
    );
  return { ...body, input: items.filter((item) => typeOf(item) !== ADDITIONAL), tools };
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
