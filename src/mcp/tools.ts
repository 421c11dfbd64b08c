import { z } from "zod";
import { type JsonObject } from "#base";
import { inputSchema, type Operation, outputSchema } from "#operations";

const jsonObject = z.record(z.string(), z.json());

/** `agents.set-stage` as a tool's name: many clients take no dots. */
export function toolName(operation: Operation): string {
  return operation.name.replace(".", "_");
}

/** An operation as MCP shows it. A write also takes `dryRun`. */
export function toolOf(operation: Operation): JsonObject {
  const isRead = operation.effect === "read";
  const needsPresence = operation.effect !== "read" && operation.presence === true;
  return jsonObject.parse({
    name: toolName(operation),
    title: operation.summary,
    description: needsPresence ? `${operation.summary}. ${PRESENCE}` : `${operation.summary}.`,
    inputSchema: isRead ? inputSchema(operation) : withDryRun(inputSchema(operation)),
    ...(isRead ? { outputSchema: outputSchema(operation) } : {}),
    annotations: {
      title: operation.summary,
      readOnlyHint: isRead,
      destructiveHint: operation.effect === "destructive",
      idempotentHint: isRead,
      openWorldHint: false,
    },
  });
}

const PRESENCE =
  "Needs the person to have shown a password or passkey in this session within the last minutes";

function withDryRun(schema: Record<string, unknown>): Record<string, unknown> {
  const properties = jsonObject.parse(schema["properties"] ?? {});
  const dryRun = { type: "boolean", default: false, description: "Check everything and change nothing" };
  return { ...schema, properties: { ...properties, dryRun } };
}

/** A call's arguments, apart from `dryRun`, which belongs to every write and to no schema of an operation. */
export function readArguments(
  operation: Operation,
  given: JsonObject,
): { input: JsonObject; dryRun: boolean } {
  if (operation.effect === "read") return { input: given, dryRun: false };
  const { dryRun, ...input } = given;
  return { input, dryRun: z.boolean().default(false).parse(dryRun) };
}
