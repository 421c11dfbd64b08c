import type { Json, JsonObject } from "#base";
import type { Effect } from "#vocabulary";
import { tooLarge } from "./faults.ts";
import { entriesOf, isObject, member, textOf } from "./json.ts";
import { DESCRIPTION_CHARS_MAX, OPERATIONS_MAX, PATHS_MAX, SCHEMA_BYTES_MAX } from "./limits.ts";
import { namesFor } from "./names.ts";
import { type Described, type Inputs, inputsOf } from "./parameters.ts";
import type { ApiOperation } from "./port.ts";
import { resolve } from "./reference.ts";
import { inert } from "./schema.ts";
import { formOf, readTemplate, type Segment } from "./template.ts";

const METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "query"];
const SHALLOWER = [6, 3, 2, 1];

interface Found extends Inputs {
  readonly method: string;
  readonly template: string;
  readonly operationId: string | null;
  readonly description: string;
}

/** The operations of a document whose path begins with one of `only` (all where it is empty), and what became none. */
export function operationsOf(
  root: JsonObject,
  only: readonly string[],
): { readonly operations: readonly ApiOperation[]; readonly skipped: readonly string[] } {
  const skipped: string[] = [];
  const found = new Map<string, Found>();
  for (const [template, item] of pathsOf(root, only)) {
    for (const [method, operation] of methodsOf(resolve(root, item))) {
      const read = readOne(root, { template, method, item: resolve(root, item), operation });
      const twin = typeof read === "string" ? undefined : found.get(read.key);
      if (typeof read === "string") skipped.push(`${method.toUpperCase()} ${template}: ${read}`);
      else if (twin === undefined) found.set(read.key, read.found);
      else skipped.push(`${method.toUpperCase()} ${template}: it cannot be told apart from ${twin.template}`);
      if (found.size > OPERATIONS_MAX) throw overOperations();
    }
  }
  const all = [...found.values()];
  const names = namesFor(all);
  return { operations: all.map((one, at) => operationOf(one, names[at] ?? "")), skipped };
}

function pathsOf(root: JsonObject, only: readonly string[]): readonly (readonly [string, Json])[] {
  const paths = entriesOf(member(root, "paths")).filter(([path]) => !path.startsWith("x-"));
  if (paths.length > PATHS_MAX) {
    throw tooLarge(
      `it has ${paths.length} paths, and at most ${PATHS_MAX} are read`,
      "Cut the document to the paths that agents need.",
    );
  }
  return only.length === 0 ? paths : paths.filter(([path]) => only.some((prefix) => path.startsWith(prefix)));
}

function overOperations(): Error {
  return tooLarge(
    `it has more than ${OPERATIONS_MAX} operations, which nobody could review`,
    "Add it in parts: `--only /repos --only /issues` takes the paths that begin so.",
  );
}

function methodsOf(item: Json | undefined): readonly (readonly [string, JsonObject])[] {
  return METHODS.flatMap((method) => {
    const operation = member(item, method);
    return isObject(operation) ? [[method, operation] as const] : [];
  });
}

interface Given {
  readonly template: string;
  readonly method: string;
  readonly item: Json | undefined;
  readonly operation: JsonObject;
}

function readOne(root: JsonObject, given: Given): { readonly key: string; readonly found: Found } | string {
  const { template, method, item, operation } = given;
  if (!isObject(item)) return "it is no path item";
  if (member(operation, "servers") !== undefined || member(item, "servers") !== undefined)
    return "it has servers of its own";
  const inputs = smallInputs({ root, item, operation });
  if (typeof inputs === "string") return inputs;
  const segments = readTemplate(template, inputs.spans);
  if (typeof segments === "string") return segments;
  const missing = undeclared(segments, inputs);
  if (missing !== undefined) return `its path has {${missing}}, and no parameter of that name`;
  const operationId = textOf(member(operation, "operationId"));
  const words = textOf(member(operation, "summary")) ?? textOf(member(operation, "description")) ?? "";
  const found = {
    ...inputs,
    method: method.toUpperCase(),
    template,
    operationId,
    description: inert(words, DESCRIPTION_CHARS_MAX),
  };
  return { key: `${method} ${segments.map(formOf).join("/")}`, found };
}

/** Read less deeply where it would be longer than anybody reviews. */
function smallInputs(of: Described): Inputs | string {
  for (const depth of SHALLOWER) {
    const inputs = inputsOf({ ...of, depth });
    if (typeof inputs === "string" || JSON.stringify(inputs.inputSchema).length <= SCHEMA_BYTES_MAX)
      return inputs;
  }
  return `its arguments take more than ${SCHEMA_BYTES_MAX} bytes to describe`;
}

function undeclared(segments: readonly Segment[], inputs: Inputs): string | undefined {
  const declared = new Set(inputs.arguments.filter((one) => one.in === "path").map((one) => one.as));
  return segments.flatMap((segment) => segment.parameters).find((name) => !declared.has(name));
}

function operationOf(found: Found, name: string): ApiOperation {
  const { method, template, spans, description, inputSchema, media } = found;
  return {
    name,
    method,
    template,
    spans,
    description,
    inputSchema,
    arguments: found.arguments,
    media,
    effects: effectsOfMethod(method),
  };
}

/**
 * What a method does to the world, as the http door's own verbs have it (`http/read`, `http/write`, `http/delete`): RFC
 * 9110, 9.2.1 names the safe ones. A search by POST writes until a person says that it reads.
 */
export function effectsOfMethod(method: string): readonly [Effect, ...Effect[]] {
  if (["GET", "HEAD", "OPTIONS", "QUERY"].includes(method)) return ["read"];
  return method === "DELETE" ? ["destructive", "outbound"] : ["outbound", "write"];
}
