import { z } from "zod";
import type { JsonObject } from "#base";

const record = z.object({
  body: z.custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
});

/** The body of a record out of our own database: it was checked when it was written. */
export function bodyOf(text: unknown): JsonObject {
  return record.parse(JSON.parse(String(text))).body;
}
