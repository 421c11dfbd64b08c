import type { Json, JsonObject } from "#base";
import { type Field, type InputType, isObject, type RecordType } from "./input-type.ts";

/** A value Cedar can hold: no null, and only integers among the numbers. */
export type CedarValue = string | number | boolean | CedarValue[] | CedarRecord;
export type CedarRecord = { [key: string]: CedarValue };

export interface Input {
  readonly record: CedarRecord;
  /** Top-level arguments that do not have the type the accepted schema gives them, or are missing. Sorted. */
  readonly doubtful: readonly string[];
}

/**
 * The arguments as Cedar sees them: what the accepted schema declares with an exact Cedar type, nothing else. A
 * value of another type, or an integer beyond 2^53 (which JSON readers round), is absent and its argument doubtful:
 * a server may read `["/etc"]` as `"/etc"` where Cedar sees two different things.
 */
export function readInput(type: RecordType, values: JsonObject): Input {
  const fields: [string, CedarValue][] = [];
  const doubtful: string[] = [];
  for (const [name, field] of type.fields) {
    const read = readField(field, Object.hasOwn(values, name) ? values[name] : undefined);
    if (read.value !== undefined) fields.push([name, read.value]);
    if (!read.sure) doubtful.push(name);
  }
  return { record: Object.fromEntries(fields), doubtful: doubtful.toSorted() };
}

interface Value {
  readonly value: CedarValue | undefined;
  readonly sure: boolean;
}

const DOUBT: Value = { value: undefined, sure: false };

function readField(field: Field, value: Json | undefined): Value {
  if (value === undefined) return { value: undefined, sure: !field.required };
  if (value === null && field.nullable) return { value: undefined, sure: true };
  return readValue(field.type, value);
}

function readValue(type: InputType, value: Json): Value {
  switch (type.kind) {
    case "string":
      return typeof value === "string" && value.isWellFormed() ? { value, sure: true } : DOUBT;
    case "long":
      return typeof value === "number" && Number.isSafeInteger(value) ? { value, sure: true } : DOUBT;
    case "boolean":
      return typeof value === "boolean" ? { value, sure: true } : DOUBT;
    case "set":
      return readSet(type.element, value);
    case "record":
      return readRecord(type, value);
    default:
      return type satisfies never;
  }
}

function readSet(element: InputType, value: Json): Value {
  if (!Array.isArray(value)) return DOUBT;
  const items = value.map((item: Json) => readValue(element, item));
  const values = items.flatMap((item) => (item.value === undefined ? [] : [item.value]));
  return { value: values, sure: items.every((item) => item.sure) };
}

function readRecord(type: RecordType, value: Json): Value {
  if (!isObject(value)) return DOUBT;
  const { record, doubtful } = readInput(type, value);
  return { value: record, sure: doubtful.length === 0 };
}
