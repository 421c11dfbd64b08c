import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import { agentShape, agentView, findLiveAgent, foldersOf } from "./agent-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { agentReference } from "./fields.ts";
import { write } from "./operation.ts";

const FOLDERS_MAX = 20;
const FOLDER_CHARS_MAX = 1_000;

/** What lies in an open folder counts as its owner's own: opening one is the word of whoever answers for the agent. */
export const agentsSetFolders = write({
  name: "agents.set-folders",
  summary:
    "Open folders of an agent's host to it: its tools may read, write and run what is in them as yours",
  permission: "agents.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    folders: z
      .array(z.string().min(1).max(FOLDER_CHARS_MAX))
      .max(FOLDERS_MAX)
      .default([])
      .describe("Absolute paths, all of them, in place of those before; none closes them"),
  }),
  output: agentShape,
  positional: ["agent", "folders"],
  examples: ["agents set-folders coder /home/ana/garden", "agents set-folders coder"],
  async plan(context, { agent, folders }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const next = [...new Set(folders.map(checked))].toSorted();
    const column = next.length === 0 ? null : canonicalJson(next);
    return {
      would:
        next.length === 0
          ? `close all folders to agent ${row.name}`
          : `open ${next.join(", ")} to agent ${row.name}`,
      async commit(committing) {
        const change = committing.store.query
          .updateTable("agents")
          .set({ flow_folders: column })
          .where("id", "=", row.id)
          .where("flow_folders", row.flow_folders === null ? "is" : "=", row.flow_folders)
          .where("revoked_at", "is", null);
        const body = { change: "folders", before: foldersOf(row).length, now: next.length };
        await commitBatch(committing, {
          writes: [stateWrite(change, 1)],
          entries: [entry(committing, "agent.changed", row.id, body)],
        });
        return agentView({ ...row, flow_folders: column }, committing.ambient.now());
      },
    };
  },
});

export const agentsSetRelay = write({
  name: "agents.set-relay",
  summary: "Say whether an agent's client passes on what its user types, so that it counts as claimed words",
  permission: "agents.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    relay: z
      .enum(["on", "off"])
      .describe(
        "on: user-role text at the llm door, without included files, is claimed to be the user's; off: it is others' words",
      ),
  }),
  output: agentShape,
  positional: ["agent", "relay"],
  examples: ["agents set-relay coder on"],
  async plan(context, { agent, relay }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const next = relay === "on" ? 1 : 0;
    return {
      would:
        next === 1
          ? `take user-role text of agent ${row.name} for claimed words of its user`
          : `take user-role text of agent ${row.name} for words of others`,
      async commit(committing) {
        const change = committing.store.query
          .updateTable("agents")
          .set({ relays_words: next })
          .where("id", "=", row.id)
          .where("relays_words", "=", row.relays_words)
          .where("revoked_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(change, 1)],
          entries: [entry(committing, "agent.changed", row.id, { change: "relay", relay })],
        });
        return agentView({ ...row, relays_words: next }, committing.ambient.now());
      },
    };
  },
});

/** A whole host is no folder, and a step up leaves any. */
function checked(folder: string): string {
  const path = folder.replaceAll("\\", "/").replace(/\/+$/u, "");
  const isAbsolute = path.startsWith("/") || /^[A-Za-z]:\//u.test(path);
  if (isAbsolute && !path.split("/").some((step) => step === ".." || step === ".")) return path;
  throw new Fault(
    "folder_invalid",
    `${JSON.stringify(folder)} is no absolute path of a folder`,
    "Write it as the agent's host has it, without `..`: /home/ana/garden.",
  );
}
