import type { Json, JsonObject } from "#base";
import { isAtom } from "./atoms.ts";
import {
  ADDRESS_FIELDS,
  AMOUNT_FIELDS,
  AUDIENCE_FIELDS,
  AUTHOR_FIELDS,
  ID_FIELDS,
  NAME_FIELDS,
  TITLE_FIELDS,
} from "./fields.table.ts";
import { RESULT_DEPTH_MAX } from "./limits.ts";

/** What a result says of one object, as the server's own structure has it: what stands inside a text is no field. */
export interface RecordRead {
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  /** What it calls itself. */
  readonly names: readonly string[];
  readonly authors: readonly string[];
  /** Who else it reaches. Null where the record does not say. */
  readonly audience: readonly string[] | null;
  /** Addresses and accounts in fields that are for them. */
  readonly addresses: readonly string[];
  readonly amounts: readonly number[];
  /** Everything else, for finding where a text came from. */
  readonly texts: readonly string[];
}

export interface ResultRead {
  readonly records: readonly RecordRead[];
  /** Values of lists that stand by themselves: the rows of a plain listing. */
  readonly rows: readonly string[];
  /** Every text of the result, keys included. */
  readonly texts: readonly string[];
}

interface Draft {
  readonly ids: string[];
  readonly titles: string[];
  readonly names: string[];
  readonly authors: string[];
  audience: string[] | null;
  readonly addresses: string[];
  readonly amounts: number[];
  readonly texts: string[];
}

interface Reading {
  readonly records: Draft[];
  readonly rows: string[];
  readonly texts: string[];
}

/**
 * Reads a structured result. A text, however much it looks like a structure, is only text: what it says was written by
 * whoever wrote it.
 */
export function readResult(result: Json): ResultRead {
  const reading: Reading = { records: [], rows: [], texts: [] };
  readValue(result, { draft: null, field: "", isId: false, depth: 0 }, reading);
  return reading;
}

interface Place {
  readonly draft: Draft | null;
  /** The field's name: its words joined, lower case. */
  readonly field: string;
  readonly isId: boolean;
  readonly depth: number;
}

function readValue(value: Json, place: Place, reading: Reading): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string" || typeof value === "number") return readLeaf(value, place, reading);
  if (place.depth >= RESULT_DEPTH_MAX) {
    reading.texts.push(JSON.stringify(value));
    return;
  }
  const deeper = { ...place, depth: place.depth + 1 };
  if (isList(value)) {
    noteAudience(place);
    for (const item of value) readValue(item, deeper, reading);
  } else readObject(value, deeper, reading);
}

/** An object in a field that is for people maps them to what they may do; any other is a record of its own. */
function readObject(value: JsonObject, place: Place, reading: Reading): void {
  const entries = Object.entries(value);
  if (place.draft !== null && (AUDIENCE_FIELDS.has(place.field) || isMapOfPeople(entries))) {
    noteAudience(place);
    for (const [key, member] of entries) {
      if (isAtom(key)) readLeaf(key, place, reading);
      readValue(member, isAtom(key) ? { ...place, field: "", isId: false } : place, reading);
    }
    return;
  }
  const draft: Draft = {
    ids: [],
    titles: [],
    names: [],
    authors: [],
    audience: null,
    addresses: [],
    amounts: [],
    texts: [],
  };
  reading.records.push(draft);
  for (const [key, member] of entries) {
    if (isAtom(key)) reading.texts.push(key);
    readValue(member, { draft, field: fieldOf(key), isId: isIdField(key), depth: place.depth }, reading);
  }
}

function isMapOfPeople(entries: readonly [string, Json][]): boolean {
  return entries.length > 0 && entries.every(([key]) => isAtom(key));
}

/** An audience that is there and empty is an audience of nobody. */
function noteAudience({ draft, field }: Place): void {
  if (draft !== null && AUDIENCE_FIELDS.has(field)) draft.audience ??= [];
}

function readLeaf(value: string | number, { draft, field, isId }: Place, reading: Reading): void {
  const text = String(value);
  reading.texts.push(text);
  if (draft === null) {
    reading.rows.push(text);
    return;
  }
  draft.texts.push(text);
  if (isId) draft.ids.push(text);
  if (AMOUNT_FIELDS.has(field) && Number.isFinite(Number(value)) && text.trim() !== "")
    draft.amounts.push(Number(value));
  if (typeof value === "string") readWord(value, field, draft);
}

function readWord(value: string, field: string, draft: Draft): void {
  if (TITLE_FIELDS.has(field)) draft.titles.push(value);
  if (NAME_FIELDS.has(field)) draft.names.push(value);
  if (AUTHOR_FIELDS.has(field)) {
    draft.authors.push(value);
    draft.addresses.push(value);
  }
  if (AUDIENCE_FIELDS.has(field)) {
    (draft.audience ??= []).push(value);
    draft.addresses.push(value);
  } else if (ADDRESS_FIELDS.has(field)) draft.addresses.push(value);
}

/** `id`, `id_`, `file_id`, `eventId`, `issue_number`; never `paid` or `valid`. */
export function isIdField(key: string): boolean {
  return ID_FIELDS.has(nameWords(key).at(-1) ?? "");
}

/** `shared_with`, `sharedWith` and `Shared-With` are one name. */
export function fieldOf(key: string): string {
  return key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The words of a name in any of the usual styles, singular: `search_calendar_events` -> search, calendar, event. */
export function nameWords(name: string): string[] {
  return name
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map(singular);
}

function singular(word: string): string {
  if (/(?:ss|us|is)$/u.test(word) || word.length < 4) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.replace(/s$/u, "");
}

/** `Array.isArray` does not tell the compiler about readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
