import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import { effectsOf } from "#policy";
import type { Schema } from "#store";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import { effectsOfColumn, objectIn, objectOf } from "./columns.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { effect, serverName, time, toolReference } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

type ToolRow = Schema["tools"];

const TOOLS_AT_ONCE_MAX = 500;
const kind = z.enum(["tool", "prompt"]).default("tool").describe("What it is");
const status = z.enum(["accepted", "new", "changed", "refused", "gone"]);

const toolShape = z.object({
  server: z.string(),
  kind: z.enum(["tool", "prompt"]),
  name: z.string(),
  status: status.describe("new and changed wait for a person; nobody can use them meanwhile"),
  effects: z.array(effect),
  reason: z.string().nullable(),
  fingerprint: z.string().describe("SHA-256 of the definition as last seen"),
  firstSeenAt: time,
  changedAt: time,
});

export const toolsList = read({
  name: "tools.list",
  summary: "List tools and prompts, and which wait for review",
  permission: "tools.read",
  input: z.strictObject({
    ...pageInput,
    server: serverName.optional(),
    status: status.optional().describe("Only these; `new` and `changed` wait for review"),
  }),
  output: pageOf(toolShape),
  columns: ["server", "name", "kind", "status", "effects", "reason"],
  examples: ["tools list --status changed"],
  async run({ store }, { after, limit, server, status: only }) {
    const [afterServer = "", afterKind = "", afterName = ""] = keyOfCursor(after).split("\n");
    let query = store.query
      .selectFrom("tools")
      .selectAll()
      .where((eb) =>
        eb(eb.refTuple("server", "kind", "name"), ">", eb.tuple(afterServer, afterKind, afterName)),
      )
      .orderBy("server")
      .orderBy("kind")
      .orderBy("name")
      .limit(limit + 1);
    if (server !== undefined) query = query.where("server", "=", server);
    if (only !== undefined) query = query.where("status", "=", only);
    return page(await query.execute(), limit, {
      item: toolView,
      keyOf: (row) => `${row.server}\n${row.kind}\n${row.name}`,
    });
  },
});

export const toolsGet = read({
  name: "tools.get",
  summary: "Show a tool: what it says now, and what was accepted",
  permission: "tools.read",
  input: z.strictObject({ tool: toolReference, kind }),
  output: toolShape.extend({
    definition: z.string().describe("As last seen: the server's own words, canonical JSON"),
    accepted: z.string().nullable().describe("As a person accepted it; null while nobody has"),
  }),
  positional: ["tool"],
  async run(context, input) {
    const row = await findTool(context, input.tool, input.kind);
    return { ...toolView(row), definition: row.definition, accepted: row.accepted_definition };
  },
});

export const toolsAccept = write({
  name: "tools.accept",
  summary: "Accept tools as they are now, so that agents can use them as far as policy lets them",
  permission: "tools.review",
  presence: true,
  input: z.strictObject({
    tools: z
      .array(toolReference)
      .min(1)
      .max(TOOLS_AT_ONCE_MAX)
      .describe("SERVER/TOOL, or SERVER/* for all that wait"),
    kind,
    fingerprint: z
      .string()
      .max(80)
      .optional()
      .describe("Accept one tool only as this one: what you reviewed"),
  }),
  output: z.object({ items: z.array(toolShape) }),
  positional: ["tools"],
  columns: ["server", "name", "status", "effects"],
  examples: ["tools accept fs/read_file fs/list_directory", "tools accept 'fs/*'"],
  async plan(context, input) {
    const rows = await findTools(context, input.tools, input.kind);
    for (const row of rows) refuseOther(row, input.fingerprint);
    return {
      would: `accept ${rows.map((row) => `${row.server}/${row.name}`).join(", ")} as last seen`,
      commit: async (committing) => ({ items: await acceptRows(committing, rows) }),
    };
  },
});

export const toolsRefuse = write({
  name: "tools.refuse",
  summary: "Refuse tools: no agent can use them until they are accepted",
  permission: "tools.review",
  input: z.strictObject({
    tools: z
      .array(toolReference)
      .min(1)
      .max(TOOLS_AT_ONCE_MAX)
      .describe("SERVER/TOOL, or SERVER/* for all that wait"),
    kind,
    reason: z.string().max(500).default("refused by a reviewer").describe("Shown wherever the tool is"),
  }),
  output: z.object({ items: z.array(toolShape) }),
  positional: ["tools"],
  columns: ["server", "name", "status", "reason"],
  async plan(context, input) {
    const rows = await findTools(context, input.tools, input.kind);
    return {
      would: `refuse ${rows.map((row) => `${row.server}/${row.name}`).join(", ")}`,
      commit: async (committing) => {
        const set = {
          status: "refused",
          reason: input.reason,
          accepted_fingerprint: null,
          accepted_definition: null,
        };
        return { items: await changeRows(committing, rows, { set: () => set, change: "refused" }) };
      },
    };
  },
});

export const toolsClassify = write({
  name: "tools.classify",
  summary: "Say what a tool does to the world, where its server does not say it right",
  permission: "tools.review",
  presence: true,
  input: z.strictObject({
    tool: toolReference,
    effects: z.array(effect).min(1).max(4).describe("What it does to the world"),
    kind,
  }),
  output: toolShape,
  positional: ["tool", "effects"],
  examples: ["tools classify fs/write_file write"],
  async plan(context, input) {
    const row = await findTool(context, input.tool, input.kind);
    const effects = canonicalJson([...new Set(input.effects)].toSorted());
    return {
      would: `classify ${input.tool} as ${input.effects.join(", ")} instead of ${row.effects}`,
      async commit(committing) {
        const [item] = await changeRows(committing, [row], {
          set: () => ({ effects }),
          change: "classified",
        });
        return item ?? toolView(row);
      },
    };
  },
});

/** Accepts each row as it was when read: one that has changed since makes the whole batch stale. */
export async function acceptRows(context: OperationContext, rows: readonly ToolRow[]) {
  return changeRows(context, rows, {
    change: "accepted",
    set: (row) => ({
      status: "accepted",
      reason: null,
      accepted_fingerprint: row.fingerprint,
      accepted_definition: row.definition,
      effects: effectsOnAccept(row),
    }),
  });
}

/** A classification stands while the server claims the same of its tool; a new claim is read anew, pessimistically. */
export function effectsOnAccept(
  row: Pick<ToolRow, "kind" | "effects" | "definition" | "accepted_definition">,
): string {
  if (row.kind === "prompt" || row.accepted_definition === null) return row.effects;
  const [before, now] = [annotationsOf(row.accepted_definition), annotationsOf(row.definition)];
  if (canonicalJson(before) === canonicalJson(now)) return row.effects;
  return canonicalJson([...effectsOf(now)]);
}

function annotationsOf(definition: string): JsonObject {
  return objectIn(objectOf(definition), "annotations");
}

interface Change {
  readonly change: "accepted" | "refused" | "classified";
  readonly set: (row: ToolRow) => Partial<ToolRow>;
}

async function changeRows(context: OperationContext, rows: readonly ToolRow[], { change, set }: Change) {
  const { ambient, caller, live, policy } = context;
  const next = rows.map((row) => ({
    ...row,
    ...set(row),
    decided_by: caller.user,
    changed_at: ambient.now(),
  }));
  const [first, ...others] = next.map((row) => reviewEntry(context, row, change));
  if (first === undefined) return [];
  const writes = next.map((row, n) => reviewWrite(context, rows[n]?.changed_at ?? 0, row));
  await commitBatch(context, { writes, entries: [first, ...others] });
  await policy.reload();
  for (const server of new Set(rows.map((row) => row.server))) live.serversChanged(server);
  return next.map(toolView);
}

function reviewWrite(context: OperationContext, seenAt: number, row: ToolRow): StateWrite {
  const {
    status: next,
    reason,
    accepted_fingerprint,
    accepted_definition,
    effects,
    changed_at,
    decided_by,
  } = row;
  const update = context.store.query
    .updateTable("tools")
    .set({ status: next, reason, accepted_fingerprint, accepted_definition, effects, changed_at, decided_by })
    .where("server", "=", row.server)
    .where("kind", "=", row.kind)
    .where("name", "=", row.name);
  // What was reviewed is what is decided: another definition seen meanwhile makes the batch stale (T14).
  return stateWrite(
    update.where("fingerprint", "=", row.fingerprint).where("tools.changed_at", "=", seenAt),
    1,
  );
}

function reviewEntry(context: OperationContext, row: ToolRow, change: Change["change"]): EntryDraft {
  const body = { change, server: row.server, kind: row.kind, name: row.name, fingerprint: row.fingerprint };
  return entry(context, "tool.accepted", `${row.server}/${row.name}`, {
    ...body,
    effects: effectsOfColumn(row.effects),
  });
}

export function toolView(row: ToolRow): z.input<typeof toolShape> {
  return {
    server: row.server,
    kind: row.kind === "prompt" ? "prompt" : "tool",
    name: row.name,
    status: status.parse(row.status),
    effects: effectsOfColumn(row.effects),
    reason: row.reason,
    fingerprint: row.fingerprint,
    firstSeenAt: isoTime(row.first_seen_at),
    changedAt: isoTime(row.changed_at),
  };
}

/** `SERVER/*` stands for everything of that server and kind that waits for review. */
async function findTools(
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

async function findTool(context: ReadContext, reference: string, of: "tool" | "prompt"): Promise<ToolRow> {
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

function refuseOther(row: ToolRow, fingerprint: string | undefined): void {
  if (fingerprint === undefined || fingerprint === row.fingerprint) return;
  throw new Fault(
    "tool_changed",
    `${row.server}/${row.name} is no longer what you reviewed: it now has the fingerprint ${row.fingerprint}`,
    `Look again: \`doorward tools get ${row.server}/${row.name}\`.`,
  );
}
