import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { charactersOf } from "../characters.ts";
import { fetchedUrl } from "../openai/media.ts";
import type { DeclaredTool, HostedTool, ModelRequest } from "../request.ts";
import { checkBody, valueInvalid } from "../strict.ts";
import { messagesRequest } from "./request.table.ts";
import { isHosted, TOOLSET_TYPES, TOOLSETS } from "./tools.table.ts";

/**
 * A body of POST /v1/messages, every field on the allow-list. Throws Fault `llm_field_unknown`, `llm_field_refused`,
 * `llm_value_invalid`.
 */
export function readRequest(body: JsonObject): ModelRequest {
  checkBody(body, messagesRequest);
  const tools = objectsOf(body["tools"]);
  const messages = objectsOf(body["messages"]);
  return {
    protocol: "anthropic-messages",
    model: textAt(body, "model"),
    isStream: body["stream"] === true,
    body,
    tools: declaredTools(tools),
    hosted: hostedTools(tools, objectsOf(body["mcp_servers"])),
    fetches: messages.flatMap((message) => fetchesOf(message["content"])),
    previous: null,
    outputTokensMax: typeof body["max_tokens"] === "number" ? body["max_tokens"] : null,
    isUsageWanted: true,
    inputCharacters: charactersOf([body["system"] ?? null, messages, tools]),
    lastAssistantText: lastAssistantText(messages),
  };
}

export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((entry: Json) => isJsonObject(entry)) : [];
}

export function textAt(value: JsonObject, name: string): string {
  const found = value[name];
  return typeof found === "string" ? found : "";
}

function declaredTools(tools: readonly JsonObject[]): readonly DeclaredTool[] {
  const declared = tools.flatMap((tool) => (isHosted(textAt(tool, "type")) ? [] : declare(tool)));
  const names = new Set<string>();
  for (const { name } of declared) {
    if (names.has(name))
      throw valueInvalid("tools", `declares ${JSON.stringify(name)} twice`, "Give each tool its own name.");
    names.add(name);
  }
  return declared;
}

function declare(tool: JsonObject): readonly DeclaredTool[] {
  const type = textAt(tool, "type");
  const set = TOOLSET_TYPES[type];
  if (set !== undefined) return declareSet(set, type, tool);
  const schema = tool["input_schema"];
  const name = textAt(tool, "name");
  if (isJsonObject(schema)) return [{ name, description: textAt(tool, "description"), inputSchema: schema }];
  return [{ name, description: `Anthropic's ${type}, run by the client`, inputSchema: { type: "object" } }];
}

/** Members of a toolset are tools of their own: each is asked for by its own name, with the set's beside it. */
function declareSet(set: string, type: string, tool: JsonObject): readonly DeclaredTool[] {
  const configs = isJsonObject(tool["configs"]) ? tool["configs"] : {};
  const enabled = (TOOLSETS[set] ?? []).filter((member) => {
    const config = configs[member];
    return !isJsonObject(config) || config["enabled"] !== false;
  });
  return enabled.map((member) => ({
    name: `${set}.${member}`,
    description: `Anthropic's ${type}, run by the client`,
    inputSchema: { type: "object" },
  }));
}

function hostedTools(tools: readonly JsonObject[], servers: readonly JsonObject[]): readonly HostedTool[] {
  return [
    ...tools.filter((tool) => isHosted(textAt(tool, "type"))),
    ...servers.map((server) => ({ ...server, type: "mcp" })),
  ].map((definition) => ({ type: textAt(definition, "type"), definition }));
}

/** URLs within content blocks that the provider would fetch: sources of images and documents, at any depth. */
function fetchesOf(content: Json | undefined): readonly string[] {
  return objectsOf(content).flatMap((block) => {
    if (block["type"] === "tool_result") return fetchesOf(block["content"]);
    const source = block["source"];
    if (!isJsonObject(source)) return [];
    if (source["type"] === "content") return fetchesOf(source["content"]);
    const url = source["type"] === "url" ? fetchedUrl(textAt(source, "url"), "messages", false) : null;
    return url === null ? [] : [url];
  });
}

function lastAssistantText(messages: readonly JsonObject[]): string {
  const content = messages.findLast((message) => message["role"] === "assistant")?.["content"];
  if (typeof content === "string") return content;
  return objectsOf(content)
    .map((block) => (block["type"] === "text" ? textAt(block, "text") : ""))
    .join("");
}
