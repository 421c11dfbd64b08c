import type { JsonObject } from "#base";
import type { ToolShape } from "#policy";
import { effectsOfColumn, objectIn, objectOf, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";

/** Every tool and prompt that people accepted, as policy needs to know them; of removed servers none. */
export async function acceptedTools({ query }: ReadContext["store"]): Promise<ToolShape[]> {
  const rows = await query
    .selectFrom("tools")
    .innerJoin("servers", "servers.name", "tools.server")
    .select(["tools.server", "tools.kind", "tools.name", "tools.accepted_definition", "tools.effects"])
    .where("tools.accepted_definition", "is not", null)
    .where("servers.status", "!=", "removed")
    .orderBy("tools.server")
    .orderBy("tools.kind")
    .orderBy("tools.name")
    .execute();
  return rows.map((row) => ({
    server: serverNameOf(row.server),
    kind: row.kind === "prompt" ? "prompt" : "tool",
    name: row.name,
    effects: effectsOfColumn(row.effects),
    inputSchema: inputSchemaOf(row.accepted_definition),
  }));
}

function inputSchemaOf(definition: string | null): JsonObject | null {
  const parsed = objectOf(definition ?? "{}");
  return "inputSchema" in parsed ? objectIn(parsed, "inputSchema") : null;
}
