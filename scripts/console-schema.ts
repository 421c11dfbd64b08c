/**
 * The console's types of the API, made from its description alone. `node scripts/console-schema.ts` writes them; a test
 * fails when they are not what this would write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const DESCRIPTION = "docs/reference/openapi.json";
export const SCHEMA = "console/src/api/schema.d.ts";
const HEADER =
  "/** Written by `node scripts/console-schema.ts` from the API's description; do not edit. */\n";

interface Generator {
  readonly default: (description: object, options: object) => Promise<unknown[]>;
  readonly astToString: (nodes: unknown[]) => string;
}

export async function consoleSchema(): Promise<string> {
  const description: object = JSON.parse(readFileSync(DESCRIPTION, "utf8"));
  // The console's own: it brings another TypeScript than ours.
  const generator: Generator = createRequire(new URL("../console/package.json", import.meta.url))(
    "openapi-typescript",
  );
  return HEADER + generator.astToString(await generator.default(description, { defaultNonNullable: false }));
}

if (import.meta.main) writeFileSync(SCHEMA, await consoleSchema());
