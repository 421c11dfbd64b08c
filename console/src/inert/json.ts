import type { Json } from "./arguments.ts";

/** Arguments and results as the API gives them: JSON of any form. What is no object is named `what`. */
export function fieldsOf(value: unknown, what: string): { readonly [name: string]: Json } {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const fields = isObject ? value : { [what]: value };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whatever was read out of JSON is JSON
  return fields as { readonly [name: string]: Json };
}
