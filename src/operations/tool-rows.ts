import { z } from "zod";
import { Fault } from "#base";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import { effectsOfColumn } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { effect, time } from "./fields.ts";

export type ToolRow = Schema["tools"];

/** Each is an entry of one batch of the journal, which takes 256. */
export const TOOLS_AT_ONCE_MAX = 250;
export const toolKind = z.enum(["tool", "prompt"]).default("tool").describe("What it is");
export const toolStatus = z.enum(["accepted", "new", "changed", "refused", "gone"]);

export const toolShape = z.object({
  server: z.string(),
  kind: z.enum(["tool", "prompt"]),
  name: z.string(),
  status: toolStatus.describe("new and changed wait for a person; nobody can use them meanwhile"),
  effects: z.array(effect),
  reason: z.string().nullable(),
  fingerprint: z.string().describe("SHA-256 of the definition as last seen"),
  firstSeenAt: time,
  changedAt: time,
});
export function toolView(row: ToolRow): z.input<typeof toolShape> {
  return {
    server: row.server,
    kind: row.kind === "prompt" ? "prompt" : "tool",
    name: row.name,
    status: toolStatus.parse(row.status),
    effects: effectsOfColumn(row.effects),
    reason: row.reason,
    fingerprint: row.fingerprint,
    firstSeenAt: isoTime(row.first_seen_at),
    changedAt: isoTime(row.changed_at),
  };
}

/** `SERVER/*` stands for everything of that server and kind that waits for review. */
export async function findTools(
  context: ReadContext,
  references: readonly string[],
  of: "tool" | "prompt",
): Promise<ToolRow[]> {
  const rows: ToolRow[] = [];
  for (const reference of new Set(references)) {
    if (reference.endsWith("/*"))
      rows.push(...(await waitingOf(context, reference.slice(0, -"/*".length), of)));
    else rows.push(await findTool(context, reference, of));
  }
  const byKey = new Map(rows.map((row) => [`${row.server}/${row.name}`, row]));
  if (byKey.size > TOOLS_AT_ONCE_MAX) {
    throw new Fault(
      "tools_too_many",
      `that is ${byKey.size} tools at once; at most ${TOOLS_AT_ONCE_MAX} are taken`,
      "Name fewer.",
    );
  }
  return [...byKey.values()];
}

async function waitingOf(context: ReadContext, server: string, of: "tool" | "prompt"): Promise<ToolRow[]> {
  return context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", of)
    .where("status", "in", ["new", "changed"])
    .orderBy("name")
    .execute();
}

export async function findTool(
  context: ReadContext,
  reference: string,
  of: "tool" | "prompt",
): Promise<ToolRow> {
  const slash = reference.indexOf("/");
  const row = await context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", reference.slice(0, slash))
    .where("kind", "=", of)
    .where("name", "=", reference.slice(slash + 1))
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault(
    "tool_unknown",
    `there is no ${of} ${JSON.stringify(reference)}`,
    "List them: `doorward tools list`.",
  );
}
