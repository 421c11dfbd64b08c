import { z } from "zod";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { serverName } from "./fields.ts";
import { trustsLabels } from "./manifests-labels.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { lookAgain, pinAnew } from "./server-look.ts";
import { countTools, findServer, serverShape, serverView, toolCounts } from "./server-rows.ts";

export const serversList = read({
  name: "servers.list",
  summary: "List MCP servers",
  permission: "servers.read",
  input: z.strictObject(pageInput),
  output: pageOf(serverShape),
  columns: ["name", "transport", "status", "runs", "runsIn", "lastFailure"],
  async run(context, { after, limit }) {
    const query = context.store.query
      .selectFrom("servers")
      .selectAll()
      .where("transport", "!=", "agent")
      .where("name", ">", keyOfCursor(after));
    const rows = await query
      .orderBy("name")
      .limit(limit + 1)
      .execute();
    return page(rows, limit, { item: (row) => serverView(context, row), keyOf: (row) => row.name });
  },
});

export const serversGet = read({
  name: "servers.get",
  summary: "Show one MCP server and how its tools stand",
  permission: "servers.read",
  input: z.strictObject({ server: serverName }),
  output: serverShape.extend({
    tools: toolCounts,
    trustsLabels: z.boolean().describe("Its own labels of its results may loosen: a person said so"),
  }),
  positional: ["server"],
  async run(context, { server }) {
    const row = await findServer(context, server);
    return {
      ...serverView(context, row),
      tools: await countTools(context, server),
      trustsLabels: await trustsLabels(context, row),
    };
  },
});

export const serversRefresh = write({
  name: "servers.refresh",
  summary: "Look again at what a server runs and offers; whatever changed waits for review",
  permission: "servers.write",
  input: z.strictObject({ server: serverName }),
  output: serverShape.extend({ tools: toolCounts }),
  positional: ["server"],
  async plan(context, { server }) {
    await findServer(context, server);
    return {
      would: `compare server ${server} with its pin and list its tools anew`,
      commit: (committing) => lookAgain(committing, server),
    };
  },
});

export const serversRepin = write({
  name: "servers.repin",
  summary: "Accept what a server runs now: install and pin it anew; changed tools wait for review",
  permission: "servers.write",
  presence: true,
  input: z.strictObject({ server: serverName }),
  output: serverShape.extend({ tools: toolCounts }),
  positional: ["server"],
  async plan(context, { server }) {
    const before = await findServer(context, server);
    return {
      would: `install and pin server ${server} anew, in place of ${before.identity}`,
      commit: (committing) => pinAnew(committing, before),
    };
  },
});

export const serversRestart = write({
  name: "servers.restart",
  summary: "Restart an MCP server and forget its failures",
  permission: "servers.write",
  input: z.strictObject({ server: serverName }),
  output: serverShape,
  positional: ["server"],
  async plan(context, { server }) {
    const row = await findServer(context, server);
    return {
      would: `close every connection to ${server}; the next call starts it again`,
      async commit(committing) {
        await commitBatch(committing, {
          entries: [entry(committing, "server.changed", server, { change: "restarted" })],
        });
        committing.live.serversChanged(server);
        await committing.upstreams.restart(server);
        return serverView(committing, row);
      },
    };
  },
});

export const serversRemove = write({
  name: "servers.remove",
  summary: "Remove an MCP server, its tools, its secrets and what was installed for it",
  permission: "servers.write",
  effect: "destructive",
  input: z.strictObject({ server: serverName }),
  output: z.object({ name: z.string() }),
  positional: ["server"],
  async plan(context, { server }) {
    const row = await findServer(context, server);
    return {
      would: `remove server ${server} and everything reviewed of it`,
      async commit(committing) {
        const { query } = committing.store;
        await commitBatch(committing, {
          writes: [
            stateWrite(query.deleteFrom("manifests").where("server", "=", server)),
            stateWrite(query.deleteFrom("trusted_labels").where("server", "=", server)),
            stateWrite(query.deleteFrom("tools").where("server", "=", server)),
            stateWrite(
              query.deleteFrom("servers").where("name", "=", server).where("identity", "=", row.identity),
              1,
            ),
          ],
          entries: [entry(committing, "server.removed", server, { identity: row.identity })],
        });
        committing.live.serversChanged(server);
        await committing.upstreams.remove(server);
        await committing.policy.reload();
        return { name: server };
      },
    };
  },
});
