import { setTimeout as sleep } from "node:timers/promises";
import {
  type CallToolResult,
  type GetPromptResult,
  type InputRequest,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import {
  ANSWERS,
  DEFAULTS_FORM,
  ENUMS_FORM,
  PROMPTS,
  RED_PIXEL,
  RESOURCES,
  USER_FORM,
  TEMPLATES,
  TOOLS,
} from "./fixtures.table.ts";

const STEP_MS = 50;
const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

/**
 * A server with the tools, resources and prompts that the official conformance suite calls for. Written for the tests
 * of Doorward on the official SDK: what passes here directly must pass through Doorward.
 */
export function buildConformanceServer(): Server {
  const server = new Server(
    { name: "doorward-conformance-server", version: "1.0.0" },
    { capabilities: CAPABILITIES },
  );
  server.setRequestHandler("tools/list", () => ({ tools: TOOLS }));
  server.setRequestHandler("tools/call", ({ params }, context) =>
    call(params.name, params.arguments ?? {}, context),
  );
  server.setRequestHandler("resources/list", () => ({ resources: RESOURCES }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: TEMPLATES }));
  server.setRequestHandler("resources/read", ({ params }) => read(params.uri));
  server.setRequestHandler("resources/subscribe", () => ({}));
  server.setRequestHandler("resources/unsubscribe", () => ({}));
  server.setRequestHandler("prompts/list", () => ({ prompts: PROMPTS }));
  server.setRequestHandler("prompts/get", ({ params }) => prompt(params.name, params.arguments ?? {}));
  server.setRequestHandler("completion/complete", () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  server.setRequestHandler("logging/setLevel", () => ({}));
  return server;
}

async function call(name: string, given: Record<string, unknown>, context: ServerContext): Promise<Answer> {
  const answer = ANSWERS[name];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table holds content blocks.
  if (answer !== undefined) return { content: answer as CallToolResult["content"] };
  const special = SPECIAL[name];
  if (special === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown tool ${name}`);
  return special(given, context);
}

type Answer = CallToolResult | InputRequiredResult;
type Special = (given: Record<string, unknown>, context: ServerContext) => Promise<Answer>;

const SPECIAL: Readonly<Record<string, Special>> = {
  test_tool_with_logging: async (_given, { mcpReq }) => {
    for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await mcpReq.notify({ method: "notifications/message", params: { level: "info", data } });
      await sleep(STEP_MS);
    }
    return says("Tool with logging executed successfully");
  },
  test_tool_with_progress: async (_given, { mcpReq }) => {
    const { _meta: meta } = mcpReq;
    const progressToken = meta?.progressToken ?? 0;
    for (const progress of [0, 50, 100]) {
      await mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken, progress, total: 100 },
      });
      await sleep(STEP_MS);
    }
    return says(String(progressToken));
  },
  test_error_handling: async () => ({
    ...says("This tool intentionally returns an error for testing"),
    isError: true,
  }),
  test_reconnection: async (_given, { http }) => {
    http?.closeSSE?.();
    await sleep(2 * STEP_MS);
    return says("Reconnection test completed successfully.");
  },
  test_sampling: async ({ prompt: asked }, context) => {
    const messages = [{ role: "user" as const, content: { type: "text" as const, text: String(asked) } }];
    const params = { messages, maxTokens: 100 };
    if (isModern(context)) {
      const answer = inputResponse(context.mcpReq.inputResponses, ANSWER);
      if (answer.kind === "missing") return asking(inputRequired.createMessage(params));
      return says(
        `LLM response: ${answer.kind === "sampling" ? textIn(answer.result.content) : "No response"}`,
      );
    }
    const { content } = await context.mcpReq.send({ method: "sampling/createMessage", params });
    return says(`LLM response: ${textIn(content)}`);
  },
  test_elicitation: ({ message }, context) =>
    ask(context, "User response", { message: String(message), requestedSchema: USER_FORM }),
  test_elicitation_sep1034_defaults: (_given, context) =>
    ask(context, "Elicitation completed", { message: "Review the defaults", requestedSchema: DEFAULTS_FORM }),
  test_elicitation_sep1330_enums: (_given, context) =>
    ask(context, "Elicitation completed", { message: "Select from the enums", requestedSchema: ENUMS_FORM }),
};

const ANSWER = "answer";

function isModern({ mcpReq }: ServerContext): boolean {
  return mcpReq.envelope !== undefined;
}

function asking(request: InputRequest): InputRequiredResult {
  return inputRequired({ inputRequests: { [ANSWER]: request } });
}

/**
 * Asks the client's user: a request in the 2025 era, an `input_required` result in that of 2026. `mcpReq.send` ties the question to the call's own stream; the SDK's `elicitInput` puts it on the GET stream, which a
 * client may not have opened yet.
 */
async function ask(context: ServerContext, words: string, form: object): Promise<Answer> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables hold schemas of the permitted shape.
  const params = form as Parameters<ServerContext["mcpReq"]["elicitInput"]>[0];
  if (!isModern(context))
    return answered(words, await context.mcpReq.send({ method: "elicitation/create", params }));
  const answer = inputResponse(context.mcpReq.inputResponses, ANSWER);
  if (answer.kind !== "elicit") return asking({ method: "elicitation/create", params });
  return answered(words, answer);
}

function answered(words: string, { action, content }: { action: string; content?: unknown }): CallToolResult {
  return says(`${words}: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

function textIn(content: unknown): string {
  const text: unknown =
    typeof content === "object" && content !== null && "text" in content ? content.text : undefined;
  return typeof text === "string" ? text : "No response";
}

function says(text: string): CallToolResult {
  return { content: [{ type: "text", text }] };
}

function read(uri: string): ReadResourceResult {
  if (uri === "test://static-binary") return { contents: [{ uri, mimeType: "image/png", blob: RED_PIXEL }] };
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: "application/json", text }] };
  }
  if (!RESOURCES.some((resource) => resource.uri === uri)) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown resource ${uri}`);
  }
  return {
    contents: [{ uri, mimeType: "text/plain", text: "This is the content of the static text resource." }],
  };
}

function user(text: string): GetPromptResult["messages"][number] {
  return { role: "user", content: { type: "text", text } };
}

function prompt(name: string, given: Record<string, string>): GetPromptResult {
  switch (name) {
    case "test_simple_prompt":
      return { messages: [user("This is a simple prompt for testing.")] };
    case "test_prompt_with_arguments":
      return { messages: [user(`Prompt with arguments: arg1='${given["arg1"]}', arg2='${given["arg2"]}'`)] };
    case "test_prompt_with_embedded_resource": {
      const resource = {
        uri: given["resourceUri"] ?? "",
        mimeType: "text/plain",
        text: "Embedded resource content for testing.",
      };
      const embedded = { role: "user" as const, content: { type: "resource" as const, resource } };
      return { messages: [embedded, user("Please process the embedded resource above.")] };
    }
    case "test_prompt_with_image": {
      const image = {
        role: "user" as const,
        content: { type: "image" as const, data: RED_PIXEL, mimeType: "image/png" },
      };
      return { messages: [image, user("Please analyze the image above.")] };
    }
    default:
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `unknown prompt ${name}`);
  }
}
