import type { FlowCall, ToolManifest } from "#flow";
import type { Verb } from "#vocabulary";
import type { ManifestOf } from "../manifest-rows.ts";
import type { Attempt } from "../outside.ts";

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
  const known = BY_VERB[verb];
  if (known === undefined) return null;
  const tool = `${target.server}/${verb}`;
  return { manifest: { tool, ...known, output: { integrity: "untrusted" } }, arguments: action.arguments };
}
