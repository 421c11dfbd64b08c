import { z } from "zod";
import { Fault } from "#base";
import type { SandboxStance, ServerConfiguration, StdioConfiguration, StdioSandbox } from "#upstream";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { serverName } from "./fields.ts";
import { write } from "./operation.ts";
import { configurationOfRow } from "./server-input.ts";
import { findServer, serverShape, serverView } from "./server-rows.ts";
import { folderOf, folderText, sandboxInput, stance } from "./server-sandbox-input.ts";

export const serversSandbox = write({
  name: "servers.sandbox",
  summary: "Set what a stdio server's sandbox shows, where it leads, and whether there is one",
  permission: "servers.write",
  // What it may see and reach is what its tools can be made to do.
  presence: true,
  input: z.strictObject({
    server: serverName,
    sandbox: stance.default("when-available"),
    ...sandboxInput,
    allowPrivate: z
      .boolean()
      .default(false)
      .describe("The hosts may be on this machine or a private network"),
  }),
  output: serverShape,
  positional: ["server"],
  examples: [
    "servers sandbox fs --folders /srv/files:rw --sandbox required",
    "servers sandbox weather --hosts api.weather.example",
    "servers sandbox postgres --sandbox off",
  ],
  async plan(context, input) {
    const before = await findServer(context, input.server);
    const configuration = stdioOf(configurationOfRow(before.configuration), input.server);
    const { folders, hosts, allowPrivate } = input;
    const sandbox = { stance: input.sandbox, folders: folders.map(folderOf), hosts, allowPrivate };
    return {
      would: `run server ${input.server} ${wordsOf(sandbox)}`,
      async commit(committing) {
        const next = { configuration: JSON.stringify({ ...configuration, sandbox }) };
        const change = committing.store.query.updateTable("servers").set(next);
        const same = change
          .where("name", "=", input.server)
          .where("configuration", "=", before.configuration);
        await commitBatch(committing, {
          writes: [stateWrite(same, 1)],
          entries: [
            entry(committing, "server.changed", input.server, {
              change: "sandbox",
              from: wordsOf(configuration.sandbox ?? null),
              to: wordsOf(sandbox),
            }),
          ],
        });
        committing.live.serversChanged(input.server);
        await committing.upstreams.restart(input.server);
        return serverView(committing, { ...before, ...next });
      },
    };
  },
});

function stdioOf(configuration: ServerConfiguration, server: string): StdioConfiguration {
  if (configuration.transport === "stdio") return configuration;
  throw new Fault(
    "server_not_stdio",
    `${server} runs elsewhere and is asked over HTTP: there is nothing to put into a sandbox`,
    "Where it runs, keep it in a container; `doorward servers list` says which servers run here.",
  );
}

/** What people read of it, in the ledger too. */
function wordsOf(sandbox: StdioSandbox | null): string {
  if (sandbox === null) return "as before servers had sandboxes";
  if (sandbox.stance === "off") return "without a sandbox";
  const { folders, hosts } = sandbox;
  const parts = [
    WORDS[sandbox.stance ?? "when-available"],
    folders.length === 0 ? "no folder but its own" : folders.map(folderText).join(" "),
    hosts.length === 0 ? "no network" : hosts.join(" "),
  ];
  return parts.join(", ");
}

const WORDS: Readonly<Record<Exclude<SandboxStance, "off">, string>> = {
  required: "in a sandbox or not at all",
  "when-available": "in a sandbox where one can be made",
};

/** The servers that have no sandbox although nobody said so, for whoever looks after the house. */
export async function unsandboxed(context: Pick<ReadContext, "store" | "upstreams">): Promise<string[]> {
  const rows = await context.store.query
    .selectFrom("servers")
    .select(["name", "configuration"])
    .where("transport", "=", "stdio")
    .orderBy("name")
    .execute();
  return rows.flatMap(({ name, configuration }) => {
    const read = configurationOfRow(configuration);
    if (read.transport !== "stdio" || read.sandbox?.stance === "off") return [];
    return context.upstreams.sandbox(name, read).isSandboxed ? [] : [name];
  });
}
