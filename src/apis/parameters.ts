import type { Json, JsonObject } from "#base";
import { entriesOf, isObject, listOf, member, textOf } from "./json.ts";
import { MEDIA_TYPES_MAX, PARAMETERS_MAX, SCHEMA_DEPTH_MAX } from "./limits.ts";
import type { ApiArgument } from "./port.ts";
import { resolve, resolveObject } from "./reference.ts";
import { isMember, plainSchema } from "./schema.ts";

/** Something an operation takes, before it has its name among the others. */
interface Taken {
  readonly in: ApiArgument["in"];
  readonly as: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  readonly separator?: "," | " " | "|";
}

export interface Inputs {
  readonly arguments: readonly ApiArgument[];
  readonly inputSchema: JsonObject;
  readonly media: readonly string[];
  /** Names of path parameters that may hold slashes. */
  readonly spans: readonly string[];
}

export interface Described {
  readonly root: JsonObject;
  readonly item: JsonObject;
  readonly operation: JsonObject;
  /** How deep schemas are read. */
  readonly depth?: number;
}

/** Headers that are the door's and no argument of anything: OpenAPI 3.1, 4.8.12, and those that carry credentials. */
const NO_ARGUMENTS = new Set([
  "accept",
  "content-type",
  "authorization",
  "cookie",
  "proxy-authorization",
  "host",
]);

/**
 * What an operation takes, as one flat list of named arguments with one schema. A name that two places have is kept by the
 * first of path, query, header and body; the others are called `query.name`, `body.name`. Null: it has a parameter
 * that could be read in more than one way, and why.
 */
export function inputsOf(of: Described): Inputs | string {
  const parameters = parametersOf(of);
  if (parameters.length > PARAMETERS_MAX) return `it has more than ${PARAMETERS_MAX} parameters`;
  const plainOnes = parameters.filter((one) => ["path", "query", "header"].includes(placeOf(one)));
  const odd = parameters.map((one) => textOf(member(one, "name")) ?? "").find((name) => !isMember(name));
  if (odd !== undefined) return `it has a parameter with the name ${JSON.stringify(odd.slice(0, 100))}`;
  const taken = [...plainOnes.flatMap((one) => takenFrom(one, of)), ...bodyOf(of, parameters)];
  const order = ["path", "query", "header", "field", "body"];
  const sorted = taken.toSorted((a, b) => order.indexOf(a.in) - order.indexOf(b.in));
  return { ...flat(sorted), media: mediaOf(of, parameters), spans: spansOf(plainOnes) };
}

/** Those of the path, each replaced by the operation's own of the same place and name. */
function parametersOf({ root, item, operation }: Described): readonly JsonObject[] {
  const all = [...listOf(member(item, "parameters")), ...listOf(member(operation, "parameters"))];
  const byKey = new Map<string, JsonObject>();
  for (const given of all.slice(0, PARAMETERS_MAX * 2)) {
    const parameter = resolveObject(root, given);
    if (parameter !== null)
      byKey.set(`${placeOf(parameter)} ${textOf(member(parameter, "name"))}`, parameter);
  }
  return [...byKey.values()];
}

function placeOf(parameter: JsonObject): string {
  return textOf(member(parameter, "in")) ?? "";
}

function takenFrom(parameter: JsonObject, { root, depth = SCHEMA_DEPTH_MAX }: Described): readonly Taken[] {
  const place = placeOf(parameter);
  const name = textOf(member(parameter, "name")) ?? "";
  if (place === "header" && NO_ARGUMENTS.has(name.toLowerCase())) return [];
  const described = plainSchema(root, schemaOf(parameter), depth);
  const schema = member(parameter, "content") === undefined ? described : { type: "string" };
  const separator = schema["type"] === "array" ? separatorOf(parameter, place) : undefined;
  return [
    {
      in: place === "path" ? "path" : place === "query" ? "query" : "header",
      as: place === "header" ? name.toLowerCase() : name,
      schema,
      required: place === "path" || member(parameter, "required") === true,
      ...(separator === undefined ? {} : { separator }),
    },
  ];
}

/** Swagger 2.0 writes a parameter's type beside its name. */
function schemaOf(parameter: JsonObject): Json {
  return member(parameter, "schema") ?? parameter;
}

/** OpenAPI 3.1, 4.8.12.2 (`style`, `explode`); Swagger 2.0, `collectionFormat`. Undefined: the name is repeated. */
function separatorOf(parameter: JsonObject, place: string): Taken["separator"] {
  const format = textOf(member(parameter, "collectionFormat"));
  if (format !== null)
    return format === "multi" ? undefined : format === "ssv" ? " " : format === "pipes" ? "|" : ",";
  if (place !== "query") return ",";
  // Swagger 2.0 without a schema of its own: comma is its default.
  if (member(parameter, "schema") === undefined) return ",";
  if (member(parameter, "explode") !== false) return undefined;
  const style = textOf(member(parameter, "style"));
  return style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",";
}

function spansOf(parameters: readonly JsonObject[]): readonly string[] {
  return parameters.flatMap((one) => {
    const name = textOf(member(one, "name"));
    const spans = placeOf(one) === "path" && member(one, "x-multi-segment") === true;
    return spans && name !== null ? [name] : [];
  });
}

function contentOf({ root, operation }: Described): readonly (readonly [string, Json])[] {
  return entriesOf(member(resolve(root, member(operation, "requestBody")), "content")).slice(
    0,
    MEDIA_TYPES_MAX,
  );
}

function mediaOf(of: Described, parameters: readonly JsonObject[]): readonly string[] {
  if ("swagger" in of.root) {
    const places = new Set(parameters.map(placeOf));
    if (!places.has("body") && !places.has("formData")) return [];
    const consumes = listOf(member(of.operation, "consumes") ?? member(of.root, "consumes")).filter(isText);
    const usual = places.has("body") ? ["application/json"] : ["application/x-www-form-urlencoded"];
    return (consumes.length === 0 ? usual : consumes).slice(0, MEDIA_TYPES_MAX).map(bare);
  }
  return contentOf(of).map(([type]) => bare(type));
}

function isText(value: Json): value is string {
  return typeof value === "string";
}

/** A media type without its parameters. */
export function bare(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}

export function isJsonType(type: string): boolean {
  return /^[a-z]+\/(?:[a-z0-9.+-]+\+)?json$/.test(type);
}

export const FORM = "application/x-www-form-urlencoded";

/** Fields of a JSON object or a form; the body as a whole where it is anything else that is JSON. */
function bodyOf(of: Described, parameters: readonly JsonObject[]): readonly Taken[] {
  if ("swagger" in of.root) return swaggerBody(of, parameters);
  const content = contentOf(of);
  const [, media] =
    content.find(([type]) => isJsonType(bare(type))) ?? content.find(([type]) => bare(type) === FORM) ?? [];
  const isRequired = member(resolve(of.root, member(of.operation, "requestBody")), "required") === true;
  return media === undefined
    ? []
    : fieldsOf(plainSchema(of.root, member(media, "schema"), of.depth), isRequired);
}

function swaggerBody(of: Described, parameters: readonly JsonObject[]): readonly Taken[] {
  const fields = parameters.filter((one) => placeOf(one) === "formData");
  const whole = parameters.find((one) => placeOf(one) === "body");
  const schema = whole === undefined ? null : plainSchema(of.root, member(whole, "schema"), of.depth);
  return [
    ...(schema === null ? [] : fieldsOf(schema, member(whole, "required") === true)),
    ...fields.map((field) => ({
      in: "field" as const,
      as: textOf(member(field, "name")) ?? "",
      schema: plainSchema(of.root, field, of.depth),
      required: member(field, "required") === true,
    })),
  ];
}

function fieldsOf(schema: JsonObject, isRequired: boolean): readonly Taken[] {
  const members = entriesOf(member(schema, "properties"));
  if (members.length === 0) return [{ in: "body", as: "", schema, required: isRequired }];
  const required = listOf(member(schema, "required"));
  return members.map(([as, of]) => ({
    in: "field",
    as,
    schema: isObject(of) ? of : {},
    required: isRequired && required.includes(as),
  }));
}

const PREFIX: Readonly<Record<ApiArgument["in"], string>> = {
  path: "path",
  query: "query",
  header: "header",
  field: "body",
  body: "body",
};

function flat(taken: readonly Taken[]): Pick<Inputs, "arguments" | "inputSchema"> {
  const named = new Map<string, Taken>();
  for (const one of taken) {
    const wanted = one.in === "body" ? "body" : one.as;
    named.set(named.has(wanted) ? `${PREFIX[one.in]}.${wanted}` : wanted, one);
  }
  const required = [...named].flatMap(([name, one]) => (one.required ? [name] : []));
  return {
    arguments: [...named].map(([name, { in: place, as, separator }]) => ({
      name,
      in: place,
      as,
      ...(separator === undefined ? {} : { separator }),
    })),
    inputSchema: {
      type: "object",
      properties: Object.fromEntries([...named].map(([name, { schema }]) => [name, schema])),
      ...(required.length > 0 ? { required } : {}),
    },
  };
}

/** Of a value that no document names: by its own name, unless that is taken. */
export function strayName(place: ApiArgument["in"], as: string, taken: (name: string) => boolean): string {
  return taken(as) ? `${PREFIX[place]}.${as}` : as;
}
