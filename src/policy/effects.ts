import type { Effect } from "#vocabulary";

/** The hints of an MCP tool definition (`ToolAnnotations`, same in every protocol revision). Words of the server. */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean | undefined;
  readonly destructiveHint?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
}

/**
 * What a tool does, from its hints, with MCP's own pessimistic defaults: a tool that says nothing writes, destroys
 * and reaches out. Only the literal `true` or `false` counts. A person reviews the result before it is believed.
 */
export function effectsOf(annotations: ToolAnnotations | undefined): readonly [Effect, ...Effect[]] {
  const local = annotations?.openWorldHint === false;
  const base = baseEffect(annotations);
  if (local) return [base];
  return base === "destructive"
    ? ["destructive", "outbound"]
    : base === "read"
      ? ["outbound", "read"]
      : ["outbound", "write"];
}

function baseEffect(annotations: ToolAnnotations | undefined): Effect {
  if (annotations?.readOnlyHint === true) return "read";
  return annotations?.destructiveHint === false ? "write" : "destructive";
}
