import { z } from "zod";
import { toolReference, toolSource } from "./fields.ts";
import { labelled, labelledOne, manifestShape, manifestView } from "./manifest-rows.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read } from "./operation.ts";
import { findTool, toolKind, toolShape, toolStatus, toolView } from "./tool-rows.ts";

export const toolsList = read({
  name: "tools.list",
  summary: "List tools and prompts, and which wait for review",
  permission: "tools.read",
  input: z.strictObject({
    ...pageInput,
    server: toolSource.optional(),
    status: toolStatus.optional().describe("Only these; `new` and `changed` wait for review"),
  }),
  output: pageOf(
    toolShape.extend({
      manifest: manifestShape.shape.standing
        .nullable()
        .describe("How what is known of it stands; null for a prompt"),
    }),
  ),
  columns: ["server", "name", "kind", "status", "effects", "manifest", "reason"],
  examples: ["tools list --status changed", "tools list --server agent:mailbot"],
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
    return page(await labelled({ store }, await query.execute()), limit, {
      item: ({ tool, standing }) => ({
        ...toolView(tool),
        manifest: tool.kind === "tool" ? standing : null,
      }),
      keyOf: ({ tool }) => `${tool.server}\n${tool.kind}\n${tool.name}`,
    });
  },
});

export const toolsGet = read({
  name: "tools.get",
  summary: "Show a tool: what it says now, and what was accepted",
  permission: "tools.read",
  input: z.strictObject({ tool: toolReference, kind: toolKind }),
  output: toolShape.extend({
    definition: z.string().describe("As last seen: the server's own words, canonical JSON"),
    accepted: z.string().nullable().describe("As a person accepted it; null while nobody has"),
    manifest: manifestShape.nullable().describe("What it does, as a person reviewed it; null for a prompt"),
  }),
  positional: ["tool"],
  async run(context, input) {
    const row = await findTool(context, input.tool, input.kind);
    const manifest = input.kind === "tool" ? manifestView(await labelledOne(context, row)) : null;
    return { ...toolView(row), definition: row.definition, accepted: row.accepted_definition, manifest };
  },
});
