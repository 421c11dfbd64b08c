import type { Json, JsonObject } from "#base";
import { isJsonObject } from "./json-object.ts";

/**
 * What a client must have declared before it may be asked `method` (2026-07-28 schema, `ClientCapabilities`): sampling
 * (with `tools` where the request uses them), elicitation in the mode asked for, roots. Null for any other method.
 */
export function requiredCapabilities(method: string, params: JsonObject): JsonObject | null {
  switch (method) {
    case "sampling/createMessage":
      return {
        sampling: params["tools"] === undefined && params["toolChoice"] === undefined ? {} : { tools: {} },
      };
    case "elicitation/create":
      return { elicitation: params["mode"] === "url" ? { url: {} } : { form: {} } };
    case "roots/list":
      return { roots: {} };
    default:
      return null;
  }
}

/** The part of `required` that `declared` lacks, or null where nothing is missing. */
export function missingCapabilities(required: JsonObject, declared: JsonObject): JsonObject | null {
  const missing: Record<string, Json> = {};
  for (const [name, wanted] of Object.entries(required)) {
    const has = declared[name];
    if (!isJsonObject(has)) missing[name] = wanted;
    else if (isJsonObject(wanted)) {
      const members = Object.entries(wanted).filter(([member]) => !declares(name, has, member));
      if (members.length > 0) missing[name] = Object.fromEntries(members);
    }
  }
  return Object.keys(missing).length === 0 ? null : missing;
}

/** An empty `elicitation` means form mode: so said revision 2025-06-18, and 2025-11-25 kept it. */
function declares(capability: string, has: JsonObject, member: string): boolean {
  if (isJsonObject(has[member])) return true;
  return capability === "elicitation" && member === "form" && has["url"] === undefined;
}
