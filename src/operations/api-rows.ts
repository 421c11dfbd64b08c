import { z } from "zod";
import type { ApiDocument, ApiOperation, ApiServer } from "#apis";
import { canonicalJson, Fault, type Json, type JsonObject } from "#base";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { toolCounts } from "./server-rows.ts";

export type ApiRow = Schema["apis"] &
  Pick<Schema["servers"], "configuration" | "identity" | "status" | "created_at">;

/** As the column `configuration` of its server holds it. */
export interface ApiConfiguration {
  readonly transport: "api";
  /** Where the document came from; null: from a file. */
  readonly source: string | null;
  /** What it is called by `servers.list`: its first address. */
  readonly url: string;
  readonly servers: readonly ApiServer[];
  readonly only: readonly string[];
  readonly allowPrivate: boolean;
}

export const apiShape = z.object({
  name: z.string(),
  title: z.string().describe("As its publisher calls it"),
  version: z.string(),
  format: z.string().describe("Version of OpenAPI (or Swagger) that it is written in"),
  source: z.string().nullable().describe("Where its document came from; null: from a file"),
  servers: z
    .array(z.string())
    .describe("Where it is served: a write there that no operation names is denied"),
  only: z.array(z.string()).describe("Its operations are those whose paths begin so; none: all"),
  document: z.string().describe("SHA-256 of the document it is pinned to"),
  skipped: z.int().describe("Operations that cannot be told apart from others, and so are none"),
  changedAt: time,
  addedAt: time,
});
export const apiWithTools = apiShape.extend({
  tools: toolCounts,
  skippedFirst: z.array(z.string()).describe("The first of what was skipped, and why"),
});

const configuration = z.custom<ApiConfiguration>(
  (value) => typeof value === "object" && value !== null && "servers" in value,
);

export function configurationOfApi(column: string): ApiConfiguration {
  return configuration.parse(JSON.parse(column));
}

const skipped = z.object({ count: z.int(), first: z.array(z.string()) });

export function skippedOf(row: Pick<ApiRow, "skipped">): z.output<typeof skipped> {
  return skipped.parse(JSON.parse(row.skipped));
}

export function apiView(row: ApiRow): z.input<typeof apiShape> {
  const { source, servers, only } = configurationOfApi(row.configuration);
  return {
    name: row.server,
    title: row.title,
    version: row.version,
    format: row.format,
    source,
    servers: servers.map(addressOf),
    only: [...only],
    document: row.document,
    skipped: skippedOf(row).count,
    changedAt: isoTime(row.changed_at),
    addedAt: isoTime(row.created_at),
  };
}

export function addressOf({ scheme, host, port, base }: ApiServer): string {
  const name = host.includes(":") ? `[${host}]` : host;
  const isUsual = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${name}${isUsual ? "" : `:${port}`}${base}`;
}

export function apiRows({ query }: ReadContext["store"]) {
  return query
    .selectFrom("apis")
    .innerJoin("servers", "servers.name", "apis.server")
    .selectAll("apis")
    .select(["servers.configuration", "servers.identity", "servers.status", "servers.created_at"]);
}

export async function findApi(context: Pick<ReadContext, "store">, name: string): Promise<ApiRow> {
  const row = await apiRows(context.store).where("apis.server", "=", name).executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault("api_unknown", `there is no API ${name}`, "List them: `doorward apis list`.");
}

/** What of an operation names requests: the same in the API's row and in its tool's definition. */
export function routeOf({ method, template, spans, media, arguments: given }: ApiOperation): JsonObject {
  const all: readonly Json[] = given.map((one) => ({ ...one }));
  return { method, template, spans, media, arguments: all };
}

/** An operation as a tool's definition: what people review, and what its fingerprint is of (T14). */
export function definitionOf(operation: ApiOperation): JsonObject {
  const { name, description, inputSchema, effects } = operation;
  const annotations = {
    readOnlyHint: effects.includes("read"),
    destructiveHint: effects.includes("destructive"),
    openWorldHint: effects.includes("outbound"),
  };
  return { name, description, inputSchema, annotations, http: routeOf(operation) };
}

/** The columns of `apis` that a document gives. */
export function columnsOf(document: ApiDocument, digest: string, now: number) {
  const operations = document.operations.map((one) => ({
    name: one.name,
    inputSchema: one.inputSchema,
    ...routeOf(one),
  }));
  return {
    title: document.title,
    version: document.version,
    format: document.format,
    document: digest,
    operations: canonicalJson(operations),
    skipped: canonicalJson({ count: document.skippedCount, first: document.skipped }),
    changed_at: now,
  };
}
