import { z } from "zod";
import { canonicalJson } from "#base";
import { DIALECTS } from "#llm";
import { agentShape, agentView, findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { agentReference } from "./fields.ts";
import { write } from "./operation.ts";

/** Whoever takes a dialect away lets calls in it pass unread, and so widens what the agent may do. */
export const agentsSetDialects = write({
  name: "agents.set-dialects",
  summary: "Say in which dialects of text an agent's model asks for tools, so that calls in them are decided",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    dialects: z
      .array(z.enum(DIALECTS))
      .max(DIALECTS.length)
      .default([])
      .describe("All of them, in place of those before; none takes the declaration back"),
  }),
  output: agentShape,
  positional: ["agent", "dialects"],
  examples: ["agents set-dialects mailbot hermes react"],
  async plan(context, { agent, dialects }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    const names = [...new Set(dialects)].toSorted();
    const next = names.length === 0 ? null : canonicalJson(names);
    return {
      would:
        next === null
          ? `take back what was said of agent ${row.name}'s dialects`
          : `decide calls that agent ${row.name} writes as text in ${names.join(", ")}`,
      async commit(committing) {
        const change = committing.store.query
          .updateTable("agents")
          .set({ tool_dialects: next })
          .where("id", "=", row.id)
          .where("tool_dialects", row.tool_dialects === null ? "is" : "=", row.tool_dialects)
          .where("revoked_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(change, 1)],
          entries: [entry(committing, "agent.changed", row.id, { change: "dialects", dialects: names })],
        });
        return agentView({ ...row, tool_dialects: next }, committing.ambient.now());
      },
    };
  },
});
