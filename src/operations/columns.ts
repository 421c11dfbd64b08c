import { z } from "zod";
import type { JsonObject } from "#base";
import type { Effect, ServerName } from "#vocabulary";

// Columns and records as the words of the house. A damaged one stops here with a ZodError, which no face shows.

const object = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const effects = z.array(z.enum(["read", "write", "destructive", "outbound"]));
const server = z.custom<ServerName>((value) => typeof value === "string" && value.length > 0);

export const objectOf = (text: string): JsonObject => object.parse(JSON.parse(text));
export const effectsOfColumn = (text: string): Effect[] => effects.parse(JSON.parse(text));
export const serverNameOf = (text: string): ServerName => server.parse(text);

/** A member that is an object, or an empty one. */
export function objectIn(parent: JsonObject, key: string): JsonObject {
  const parsed = object.safeParse(parent[key]);
  return parsed.success ? parsed.data : {};
}
