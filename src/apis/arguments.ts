import { isUtf8 } from "node:buffer";
import { Fault, type Json, type JsonObject } from "#base";
import { parseStrictJson } from "#wire";
import { entriesOf, isObject } from "./json.ts";
import { FIELDS_MAX } from "./limits.ts";
import { type Nested, pairsOf, plainOf, put, stepsOf } from "./pairs.ts";
import { bare, FORM, isJsonType, strayName } from "./parameters.ts";
import type { Api, ApiArgument, ApiRequest } from "./port.ts";
import { propertyOf, shaped, valueOf, valuesOf } from "./values.ts";

/** An operation with its arguments by where they stand. */
export interface Takes {
  readonly inputSchema: JsonObject;
  readonly media: readonly string[];
  readonly names: ReadonlySet<string>;
  /** By place and wire name: `query per_page`. */
  readonly byPlace: ReadonlyMap<string, ApiArgument>;
  readonly headers: readonly ApiArgument[];
  /** Its body has arguments in it: one of a type that is not read would hide them. */
  readonly readsBody: boolean;
}

export function takesOf(operation: Api["operations"][number]): Takes {
  return {
    inputSchema: operation.inputSchema,
    media: operation.media,
    names: new Set(operation.arguments.map(({ name }) => name)),
    byPlace: new Map(operation.arguments.map((one) => [`${one.in} ${one.as}`, one])),
    headers: operation.arguments.filter((one) => one.in === "header"),
    readsBody: operation.arguments.some((one) => one.in === "field" || one.in === "body"),
  };
}

type Arguments = Map<string, Json>;

/**
 * Everything that a request says to an operation, by the arguments' names; what the document does not name is there too, under
 * its own name. Null: it is no request of this operation, or it could be read in two ways.
 */
export function argumentsOf(
  takes: Takes,
  request: ApiRequest,
  path: ReadonlyMap<string, string>,
): JsonObject | null {
  const into: Arguments = new Map();
  for (const [as, text] of path) {
    const argument = takes.byPlace.get(`path ${as}`);
    if (argument === undefined) return null;
    into.set(argument.name, valueOf(text, propertyOf(takes.inputSchema, argument.name)));
  }
  const isWhole =
    readQuery(takes, request.query, into) &&
    readHeaders(takes, request, into) &&
    readBody(takes, request, into);
  return isWhole && into.size <= FIELDS_MAX ? Object.fromEntries(into) : null;
}

function readQuery(takes: Takes, query: string | null, into: Arguments): boolean {
  return query === null || readPairs(takes, "query", query, into);
}

/** Names that are documented as they stand; then `base[…]` of a documented base; then the rest under their own. */
function readPairs(takes: Takes, place: "query" | "field", text: string, into: Arguments): boolean {
  const pairs = pairsOf(text);
  if (pairs === null) return false;
  const nested: Nested = new Map();
  for (const [as, texts] of pairs) {
    const steps = takes.byPlace.has(`${place} ${as}`) ? null : stepsOf(as);
    const isNested = steps !== null && takes.byPlace.has(`${place} ${steps[0]}`);
    if (isNested && put(nested, steps, texts)) continue;
    if (isNested || !take(takes, { place, as, texts }, into)) return false;
  }
  return entriesOf(plainOf(nested)).every(([as, value]) => {
    const argument = takes.byPlace.get(`${place} ${as}`);
    if (argument === undefined || into.has(argument.name)) return false;
    into.set(argument.name, shaped(value, propertyOf(takes.inputSchema, argument.name)));
    return true;
  });
}

interface Texts {
  readonly place: ApiArgument["in"];
  readonly as: string;
  readonly texts: readonly string[];
}

function take(takes: Takes, { place, as, texts }: Texts, into: Arguments): boolean {
  const argument = takes.byPlace.get(`${place} ${as}`);
  // Rails, Laravel and others take a form for the method that it names: another operation than this one.
  if (argument === undefined && as.toLowerCase() === "_method") return false;
  const name = argument?.name ?? strayName(place, as, (one) => takes.names.has(one) || into.has(one));
  if (into.has(name)) return false;
  into.set(name, valuesOf(texts, propertyOf(takes.inputSchema, name), argument?.separator));
  return true;
}

function readHeaders(takes: Takes, { headers }: ApiRequest, into: Arguments): boolean {
  return takes.headers.every((argument) => {
    const texts = headers.filter(([name]) => name === argument.as).map(([, value]) => value);
    return texts.length === 0 || take(takes, { place: "header", as: argument.as, texts }, into);
  });
}

function readBody(takes: Takes, request: ApiRequest, into: Arguments): boolean {
  const declared = request.headers.filter(([name]) => name === "content-type").map(([, value]) => value);
  const type = request.body?.type ?? declared[0] ?? null;
  if (declared.length > 1) return false;
  if (type === null) return true;
  return isTaken(takes, type, request.body === null) && readTyped(takes, type, request.body, into);
}

function readTyped(takes: Takes, type: string, body: ApiRequest["body"], into: Arguments): boolean {
  const given = bare(type);
  if (given !== FORM && !isJsonType(given)) return !takes.readsBody;
  if (body === null) return true;
  if (given !== FORM) return readJson(takes, body.bytes, into);
  return isUtf8(body.bytes) && readPairs(takes, "field", Buffer.from(body.bytes).toString("utf8"), into);
}

/** A client may name a type and send nothing, where nothing is taken. */
function isTaken({ media }: Takes, type: string, isEmpty: boolean): boolean {
  const given = bare(type);
  const parameters = type.slice(type.indexOf(";") + 1);
  const charset = type.includes(";") ? /charset\s*=\s*"?([^";\s]*)/i.exec(parameters)?.[1] : undefined;
  if (charset !== undefined && !["utf-8", "utf8", "us-ascii"].includes(charset.toLowerCase())) return false;
  if (media.length === 0) return isEmpty && (isJsonType(given) || given === FORM);
  return media.some(
    (one) => one === given || (isJsonType(one) && isJsonType(given)) || fitsRange(one, given),
  );
}

function fitsRange(range: string, given: string): boolean {
  return (range === "*/*" && given !== "") || (range.endsWith("/*") && given.startsWith(range.slice(0, -1)));
}

function readJson(takes: Takes, bytes: Uint8Array, into: Arguments): boolean {
  if (bytes.length === 0) return true;
  const body = strict(bytes);
  if (body === undefined) return false;
  const whole = takes.byPlace.get("body ");
  if (whole !== undefined || !isObject(body)) {
    const name = whole?.name ?? strayName("body", "body", (one) => takes.names.has(one) || into.has(one));
    into.set(name, body);
    return true;
  }
  return Object.entries(body).every(([as, value]) => {
    if (as.toLowerCase() === "_method" && !takes.byPlace.has(`field ${as}`)) return false;
    const argument = takes.byPlace.get(`field ${as}`);
    const name = argument?.name ?? strayName("field", as, (one) => takes.names.has(one) || into.has(one));
    if (into.has(name)) return false;
    into.set(name, value);
    return true;
  });
}

/** Undefined: it has more than one reading (T8), or none. */
function strict(bytes: Uint8Array): Json | undefined {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    if (cause instanceof Fault) return undefined;
    throw cause;
  }
}
