import { z } from "zod";
import { toolReference, toolSource } from "./fields.ts";
import { fileOf, offerFor } from "./manifest-propose.ts";
import { labelledOne, labelled, manifestShape, manifestView } from "./manifest-rows.ts";
import { read } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { findTool } from "./tool-rows.ts";

export const manifestsList = read({
  name: "manifests.list",
  summary: "List what is known of each tool: what it does, and whose words its results are",
  permission: "tools.read",
  input: z.strictObject({ ...pageInput, server: toolSource.optional() }),
  output: pageOf(manifestShape),
  columns: ["server", "name", "standing", "effect", "roles", "output", "waiting"],
  examples: ["manifests list", "manifests list --server fs"],
  async run(context, { after, limit, server }) {
    const [afterServer = "", afterName = ""] = keyOfCursor(after).split("\n");
    let query = context.store.query
      .selectFrom("tools")
      .selectAll()
      .where("kind", "=", "tool")
      .where((eb) => eb(eb.refTuple("server", "name"), ">", eb.tuple(afterServer, afterName)))
      .orderBy("server")
      .orderBy("name")
      .limit(limit + 1);
    if (server !== undefined) query = query.where("server", "=", server);
    return page(await labelled(context, await query.execute()), limit, {
      item: manifestView,
      keyOf: ({ tool }) => `${tool.server}\n${tool.name}`,
    });
  },
});

export const manifestsShow = read({
  name: "manifests.show",
  summary: "Show what is known of one tool, and as a file to edit",
  permission: "tools.read",
  input: z.strictObject({ tool: toolReference }),
  output: manifestShape.extend({
    file: z
      .string()
      .describe("For `manifests set SERVER FILE`: what is kept for its definition, else a proposal"),
  }),
  positional: ["tool"],
  piped: "file",
  examples: ["manifests show fs/read_file", "manifests show agent:mailbot/Bash"],
  async run(context, input) {
    const of = await labelledOne(context, await findTool(context, input.tool, "tool"));
    const offer = offerFor(of.tool, of.server);
    return { ...manifestView(of), file: fileOf(of.tool.server, [{ of, offer }]) };
  },
});
