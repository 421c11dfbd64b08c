import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import { effectsFor } from "#flow";
import { effectsOf } from "#policy";
import type { Effect } from "#vocabulary";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { effectsOfColumn, objectIn, objectOf } from "./columns.ts";
import type { OperationContext } from "./context.ts";
import { effect, toolReference } from "./fields.ts";
import { labelledOne, manifestView } from "./manifest-rows.ts";
import { write } from "./operation.ts";
import {
  findTool,
  findTools,
  toolKind,
  type ToolRow,
  TOOLS_AT_ONCE_MAX,
  toolShape,
  toolView,
} from "./tool-rows.ts";

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
    kind: toolKind,
    fingerprint: z
      .string()
      .max(80)
      .optional()
      .describe("Accept one tool only as this one: what you reviewed"),
    effects: z
      .array(effect)
      .min(1)
      .max(4)
      .optional()
      .describe("What they do to the world, where their definitions do not say it"),
  }),
  output: z.object({ items: z.array(toolShape) }),
  positional: ["tools"],
  columns: ["server", "name", "status", "effects"],
  examples: [
    "tools accept fs/read_file fs/list_directory",
    "tools accept 'fs/*'",
    "tools accept agent:mailbot/Read agent:mailbot/Grep --effects read",
  ],
  async plan(context, input) {
    const rows = await findTools(context, input.tools, input.kind);
    for (const row of rows) refuseOther(row, input.fingerprint);
    const effects = input.effects === undefined ? null : effectsText(input.effects);
    if (effects !== null && input.kind === "tool")
      for (const row of rows) await demandNoManifest(context, acceptedAs(row), effects);
    const as = effects === null ? "" : `, as what does ${effects}`;
    return {
      would: `accept ${rows.map((row) => `${row.server}/${row.name}`).join(", ")} as last seen${as}`,
      commit: async (committing) => ({ items: await acceptRows(committing, rows, effects) }),
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
    kind: toolKind,
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
    kind: toolKind,
  }),
  output: toolShape,
  positional: ["tool", "effects"],
  examples: ["tools classify fs/write_file write"],
  async plan(context, input) {
    const row = await findTool(context, input.tool, input.kind);
    if (input.kind === "tool") await demandNoManifest(context, row);
    const effects = effectsText(input.effects);
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

/** The row as it would be: what is shipped for a definition comes into force with its acceptance. */
function acceptedAs(row: ToolRow): ToolRow {
  const { fingerprint, definition } = row;
  return {
    ...row,
    status: "accepted",
    accepted_fingerprint: fingerprint,
    accepted_definition: definition,
  };
}

/**
 * A manifest in force goes before what a tool was classified as: a classification that counts for nothing is not taken, but
 * for `same`, which says what the manifest does.
 */
async function demandNoManifest(
  context: Pick<OperationContext, "store">,
  row: ToolRow,
  same: string | null = null,
): Promise<void> {
  const of = await labelledOne(context, row);
  const { effect: said, effectIf } = manifestView(of);
  if ((of.standing !== "in-force" && of.standing !== "shipped") || said === "unknown") return;
  if (same === effectsText(effectsFor(said)) && Object.keys(effectIf).length === 0) return;
  const reference = `${row.server}/${row.name}`;
  throw new Fault(
    "manifest_in_force",
    `the manifest in force says what ${reference} does (${said}), and goes before a classification`,
    `Leave the effects out, or change them there: \`doorward manifests show ${reference} > FILE\`, then \`doorward manifests set ${row.server} FILE\`.`,
  );
}

/** Accepts each row as it was when read: one that has changed since makes the whole batch stale. */
export async function acceptRows(
  context: OperationContext,
  rows: readonly ToolRow[],
  effects: string | null = null,
) {
  return changeRows(context, rows, {
    change: "accepted",
    set: (row) => ({
      status: "accepted",
      reason: null,
      accepted_fingerprint: row.fingerprint,
      accepted_definition: row.definition,
      effects: effects ?? effectsOnAccept(row),
    }),
  });
}

function effectsText(effects: readonly Effect[]): string {
  return canonicalJson([...new Set(effects)].toSorted());
}

/** A classification stands while the server claims the same of its tool; a new claim is read anew, pessimistically. */
function effectsOnAccept(
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

function refuseOther(row: ToolRow, fingerprint: string | undefined): void {
  if (fingerprint === undefined || fingerprint === row.fingerprint) return;
  throw new Fault(
    "tool_changed",
    `${row.server}/${row.name} is no longer what you reviewed: it now has the fingerprint ${row.fingerprint}`,
    `Look again: \`doorward tools get ${row.server}/${row.name}\`.`,
  );
}
