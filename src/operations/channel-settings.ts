import { z } from "zod";
import type { Platform } from "#chat";

const shape = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().default("") })).default({}),
  required: z.array(z.string()).default([]),
});

/** The settings of a platform as a person is asked for them. */
export function fieldsOfSettings(
  platform: Platform,
): { readonly name: string; readonly description: string; readonly required: boolean }[] {
  const { properties, required } = shape.parse(z.toJSONSchema(platform.settings, { io: "input" }));
  return Object.entries(properties).map(([name, { description }]) => ({
    name,
    description,
    required: required.includes(name),
  }));
}
