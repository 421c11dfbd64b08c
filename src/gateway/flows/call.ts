import type { FlowCall, ToolManifest } from "#flow";
import type { Verb } from "#vocabulary";
import type { ManifestOf } from "../manifest-rows.ts";
import type { Attempt } from "../outside.ts";
import { isJsonObject } from "#wire";

type Plain = Pick<ToolManifest, "effect" | "roles">;

/** What MCP and the model protocols themselves say of what is no tool: nobody needs to review that a read reads. */
const BY_VERB: Readonly<Partial<Record<Verb, Plain>>> = {
  "resources/read": { effect: "read", roles: { uri: "query" } },
  "resources/subscribe": { effect: "read", roles: { uri: "query" } },
  "prompts/get": { effect: "read", roles: {} },
  "completion/complete": { effect: "read", roles: {} },
  "sampling/createMessage": { effect: "read", roles: {} },
  "elicitation/create": { effect: "read", roles: {} },
  "roots/list": { effect: "read", roles: {} },
  "models/fetch-url": { effect: "fetch", roles: { url: "destination" } },
  "models/host-tool": { effect: "unknown", roles: {} },
};

/** The attempt as the flow engine reads it; null where no values are traced: a model that is asked for its answer. */
export function callOf({ action }: Attempt, manifestOf: ManifestOf): FlowCall | null {
  const { verb, target } = action;
  if (verb === "tools/call")
    return { manifest: manifestOf(target.server, target.name), arguments: action.arguments };
  if (isWeb(verb)) return webCall(action);
  const known = BY_VERB[verb];
  if (known === undefined) return null;
  const tool = `${target.server}/${verb}`;
  return { manifest: { tool, ...known, output: { integrity: "untrusted" } }, arguments: action.arguments };
}

type WebVerb = Extract<Verb, `http/${string}`>;

function isWeb(verb: Verb): verb is WebVerb {
  return verb.startsWith("http/");
}

/** An address is a sink whoever reads there: a request is sent to it. What a tunnel carries, nobody sees. */
const WEB_EFFECTS: Readonly<Record<WebVerb, ToolManifest["effect"]>> = {
  "http/read": "fetch",
  "http/open": "fetch",
  "http/write": "send",
  "http/message": "send",
  "http/delete": "destroy",
  "http/tunnel": "unknown",
};

const WEB_ROLES: ToolManifest["roles"] = {
  url: "destination",
  query: "content",
  body: "content",
  message: "content",
  beside: "content",
};

function webCall({ verb, target, arguments: args }: Attempt["action"]): FlowCall | null {
  if (!isWeb(verb)) return null;
  const { url, query, body, message } = args;
  const address = typeof url === "string" ? (url.split("?", 1)[0] ?? url) : target.name;
  const said = isJsonObject(body) ? (body["fields"] ?? body["text"]) : undefined;
  const tool = `${target.server}/${verb}`;
  return {
    manifest: { tool, effect: WEB_EFFECTS[verb], roles: WEB_ROLES, output: { integrity: "untrusted" } },
    arguments: {
      url: address,
      ...(query === undefined ? {} : { query }),
      ...(said === undefined ? {} : { body: said }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** The same with what leaves beside its arguments; null where nothing does. */
export function wideCallOf(call: FlowCall, { beside = [] }: Pick<Attempt, "beside">): FlowCall | null {
  return beside.length === 0 ? null : { ...call, arguments: { ...call.arguments, beside: [...beside] } };
}
