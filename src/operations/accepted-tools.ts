import type { JsonObject } from "#base";
import type { ToolShape } from "#policy";
import { effectsOfColumn, objectIn, objectOf, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { labelled, type Labelled } from "./manifest-rows.ts";

/** Every tool and prompt that people accepted, as policy needs to know them. */
export async function acceptedTools({ query }: ReadContext["store"]): Promise<ToolShape[]> {
  const rows = await query
    .selectFrom("tools")
    .select(["server", "kind", "name", "accepted_definition", "effects"])
    .where("accepted_definition", "is not", null)
    .orderBy("server")
    .orderBy("kind")
    .orderBy("name")
    .execute();
  return rows.map((row) => ({
    server: serverNameOf(row.server),
    kind: row.kind === "prompt" ? "prompt" : "tool",
    name: row.name,
    effects: effectsOfColumn(row.effects),
    inputSchema: inputSchemaOf(row.accepted_definition),
  }));
}

/** Every tool that people accepted, with what is kept of what it does. */
export async function labelledTools(context: Pick<ReadContext, "store">): Promise<Labelled[]> {
  const rows = await context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("kind", "=", "tool")
    .where("accepted_definition", "is not", null)
    .orderBy("server")
    .orderBy("name")
    .execute();
  return labelled(context, rows);
}

function inputSchemaOf(definition: string | null): JsonObject | null {
  const parsed = objectOf(definition ?? "{}");
  return "inputSchema" in parsed ? objectIn(parsed, "inputSchema") : null;
}
