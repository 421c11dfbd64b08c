import type { z } from "zod";
import { channelRefused } from "./faults.ts";

/** Settings as a row's schema has them. They were parsed when they were given; what is kept may be of an older schema. */
export function settingsOf<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw channelRefused(
    `the setting ${issue?.path.join(".") ?? ""} is not as it should be: ${issue?.message ?? ""}`,
    "Correct it: `doorward channels set`.",
  );
}

/** A secret that the row names, or a refusal that says which one is missing. */
export function secretOf(secrets: Readonly<Record<string, string>>, name: string): string {
  const secret = secrets[name];
  if (secret !== undefined && secret !== "") return secret;
  throw channelRefused(`the secret ${name} is missing`, "Give it: `doorward channels set`.");
}
