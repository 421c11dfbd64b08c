import { z } from "zod";
import { type ExactJson, isObject } from "#cedar";

const uid = z.object({ type: z.string(), id: z.string() });

const request = z.object({
  principal: uid,
  action: uid,
  resource: uid,
  decision: z.enum(["allow", "deny"]),
  reason: z.array(z.string()),
  errors: z.array(z.string()),
});

const shape = z.object({
  policies: z.string(),
  entities: z.string(),
  schema: z.string().optional(),
  requests: z.array(request),
});

export type Request = z.infer<typeof request> & { readonly context: ExactJson };
export type Case = Omit<z.infer<typeof shape>, "requests"> & { readonly requests: readonly Request[] };

/**
 * A case of Cedar's integration tests (cedar-policy/cedar-integration-tests, `README.md`); null for other JSON.
 * Contexts keep integers that JavaScript would round.
 */
export function readCase(text: string): Case | null {
  const json = exactJson(text);
  if (!isObject(json) || json["requests"] === undefined) return null;
  const read = shape.parse(json);
  const given = json["requests"];
  const requests = read.requests.map((one, index) => {
    const raw = Array.isArray(given) ? given[index] : undefined;
    return { ...one, context: isObject(raw) ? (raw["context"] ?? {}) : {} };
  });
  return { ...read, requests };
}

/** JSON whose integers are exact: `bigint` where a number would be rounded. */
export function exactJson(text: string): ExactJson {
  return JSON.parse(text, exact);
}

/** `source`, the number as it was written: JSON.parse source text access (ECMA-262 proposal, in V8 since 11.4). */
function exact(_name: string, value: ExactJson, context?: { readonly source?: string }): ExactJson {
  const source = context?.source ?? "";
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
  return isRounded && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
}
