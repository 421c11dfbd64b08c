import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "#base";
import { tooLarge, unreadable } from "./faults.ts";
import { isObject } from "./json.ts";
import { DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, DOCUMENT_VALUES_MAX, YAML_BYTES_MAX } from "./limits.ts";
import { readYaml } from "./yaml.ts";

/** The bytes of a document as one JSON object, within the limits. Throws Faults `api_unreadable` and `api_too_large`. */
export function readDocument(bytes: Uint8Array): JsonObject {
  if (bytes.length > DOCUMENT_BYTES_MAX) throw overBytes(bytes.length, DOCUMENT_BYTES_MAX);
  if (!isUtf8(bytes)) throw unreadable("it is not UTF-8");
  const text = new TextDecoder().decode(bytes);
  const root = /^\s*\{/.test(text.slice(0, 1_000)) ? readJson(text) : undefined;
  const value = root ?? readSmallYaml(text, bytes.length);
  if (!isObject(value)) throw unreadable("it is no object");
  return value;
}

/** Undefined: it is no JSON, but may be YAML, whose flow style begins with a brace too. */
function readJson(text: string): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  demandBounds(value);
  return value;
}

function readSmallYaml(text: string, size: number): Json {
  if (size > YAML_BYTES_MAX) throw overBytes(size, YAML_BYTES_MAX);
  return readYaml(text);
}

function overBytes(size: number, max: number): Error {
  return tooLarge(
    `it has ${size} bytes, and at most ${max} are read`,
    "Give it as JSON, without examples, or only the part that agents need.",
  );
}

/** Without recursion: the depth is what is being asked. */
function demandBounds(root: Json): void {
  let level: Json[] = [root];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > DOCUMENT_DEPTH_MAX) throw unreadable(`it is nested deeper than ${DOCUMENT_DEPTH_MAX}`);
    if (values > DOCUMENT_VALUES_MAX) throw unreadable(`it has more than ${DOCUMENT_VALUES_MAX} values`);
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
}
