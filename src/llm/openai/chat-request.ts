import type { Json, JsonObject } from "#base";
import { charactersOf } from "../characters.ts";
import type { Forwarding } from "../face.ts";
import type { DeclaredTool, HostedTool, ModelRequest } from "../request.ts";
import { checkBody, valueInvalid } from "../strict.ts";
import { CHAT_BODY } from "./chat.table.ts";
import { messagesOf, readConversation } from "./chat-messages.ts";
import { largest, numberAt, objectAt, objectsAt, textAt } from "./fields.ts";

/** Throws Fault `llm_field_unknown`, `llm_field_refused`, `llm_value_invalid`. */
export function readChatRequest(body: JsonObject): ModelRequest {
  checkBody(body, CHAT_BODY);
  const conversation = readConversation(messagesOf(body));
  return {
    protocol: "openai-chat",
    model: textAt(body, "model") ?? "",
    isStream: body["stream"] === true,
    body,
    tools: declaredTools(body),
    hosted: hostedTools(body),
    fetches: conversation.fetches,
    previous: null,
    outputTokensMax: largest(numberAt(body, "max_completion_tokens"), numberAt(body, "max_tokens")),
    isUsageWanted: isUsageWanted(body),
    inputCharacters:
      conversation.characters +
      charactersOf(body["tools"]) +
      charactersOf(body["functions"]) +
      charactersOf(body["response_format"]) +
      charactersOf(body["documents"]),
    lastAssistantText: conversation.lastAssistantText,
  };
}

/** Whether the client itself asked for the usage of its stream. */
export function isUsageWanted(body: JsonObject): boolean {
  return objectAt(body, "stream_options")?.["include_usage"] === true;
}

/** The same body in the same order, the model renamed and, in a stream, usage asked for: what is used must be counted. */
export function forwardedBody(request: ModelRequest, to: Forwarding): JsonObject {
  const body: Record<string, Json> = {};
  for (const [name, value] of Object.entries(request.body)) body[name] = name === "model" ? to.model : value;
  if (request.isStream)
    body["stream_options"] = { ...objectAt(request.body, "stream_options"), include_usage: true };
  return body;
}

function declaredTools(body: JsonObject): readonly DeclaredTool[] {
  const tools: DeclaredTool[] = [];
  const names = new Set<string>();
  const declare = (definition: JsonObject, isFunction: boolean, path: string): void => {
    const name = textAt(definition, "name") ?? "";
    if (names.has(name))
      throw valueInvalid(
        `${path}.name`,
        "names a second tool of the same name",
        "Give each tool its own name.",
      );
    names.add(name);
    const description = textAt(definition, "description") ?? "";
    // OpenAI, FunctionDefinition: "Omitting `parameters` defines a function with an empty parameter list."
    const schema = objectAt(definition, "parameters") ?? { type: "object", properties: {} };
    tools.push({ name, description, inputSchema: isFunction ? schema : null });
  };
  for (const [at, tool] of objectsAt(body, "tools").entries()) {
    const kind = tool["type"] === "custom" ? "custom" : "function";
    declare(objectAt(tool, kind) ?? {}, kind === "function", `tools[${at}].${kind}`);
  }
  for (const [at, legacy] of objectsAt(body, "functions").entries())
    declare(legacy, true, `functions[${at}]`);
  return tools;
}

/** OpenAI's search models search by themselves when this field is there, an empty object included. */
function hostedTools(body: JsonObject): readonly HostedTool[] {
  const definition = objectAt(body, "web_search_options");
  return definition === null ? [] : [{ type: "web_search", definition }];
}
