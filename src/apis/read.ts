import type { JsonObject } from "#base";
import { readDocument } from "./document.ts";
import { unreadable } from "./faults.ts";
import { isObject, member, textOf } from "./json.ts";
import { SKIPPED_SHOWN_MAX } from "./limits.ts";
import { operationsOf } from "./operations.ts";
import type { ApiDocument } from "./port.ts";
import { inert } from "./schema.ts";
import { serverOf, serversOf } from "./servers.ts";

const TITLE_CHARS_MAX = 200;

export interface ApiReading {
  /** Where the document came from: relative servers are relative to it. Null: from nowhere in particular. */
  readonly from: string | null;
  /** In place of the document's own servers; empty: those. */
  readonly servers: readonly string[];
  /** Only paths that begin with one of these; empty: all. */
  readonly only: readonly string[];
}

/**
 * Reads an OpenAPI 3.0 or 3.1 document, or Swagger 2.0, from JSON or YAML: https://spec.openapis.org/oas/v3.1.1.html,
 * v3.0.4, v2.0. Nothing that it names is fetched. Throws Faults `api_unreadable`, `api_too_large`,
 * `api_reference_refused`, `api_server_refused`.
 */
export function readApi(bytes: Uint8Array, { from, servers, only }: ApiReading): ApiDocument {
  const root = readDocument(bytes);
  const format = formatOf(root);
  const { operations, skipped } = operationsOf(root, only);
  if (operations.length === 0) throw unreadable(nothing(only, skipped));
  const info = member(root, "info");
  return {
    title: inert(textOf(member(info, "title")) ?? "", TITLE_CHARS_MAX),
    version: inert(textOf(member(info, "version")) ?? "", TITLE_CHARS_MAX),
    format,
    servers: servers.length > 0 ? servers.map((text) => serverOf(text, null)) : serversOf(root, from),
    operations,
    skipped: skipped.slice(0, SKIPPED_SHOWN_MAX).map((line) => inert(line, TITLE_CHARS_MAX * 2)),
    skippedCount: skipped.length,
  };
}

function nothing(only: readonly string[], skipped: readonly string[]): string {
  const [first] = skipped;
  if (first !== undefined)
    return `none of its operations can be told apart from others (${inert(first, TITLE_CHARS_MAX)})`;
  return only.length === 0 ? "it has no operations" : "no path in it begins as asked";
}

function formatOf(root: JsonObject): string {
  const version = textOf(member(root, "openapi")) ?? textOf(member(root, "swagger")) ?? "";
  const known = /^(?:3\.[01]|2\.0)(?=$|\.)/.exec(version)?.[0];
  if (known === undefined || !isObject(member(root, "paths")))
    throw unreadable(
      version === "" ? "it has neither `openapi` nor `swagger`" : "its version or its paths are not known",
    );
  return known;
}
