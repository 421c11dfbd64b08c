import { z } from "zod";
import { Fault } from "#base";
import { RESERVED_SERVER_NAMES } from "#policy";
import type { Inspection, Pin, ServerConfiguration } from "#upstream";
import { commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { serverName } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { configurationOf, configurationOfRow, serverInput, secretsOf } from "./server-input.ts";
import {
  countTools,
  findServer,
  type ServerRow,
  serverShape,
  serverView,
  toolCounts,
  toolsOf,
} from "./server-rows.ts";
import { acceptRows } from "./tool-review.ts";

const PROMPT_OR_TOOL = ["tool", "prompt"] as const;

export const serversList = read({
  name: "servers.list",
  summary: "List MCP servers",
  permission: "servers.read",
  input: z.strictObject(pageInput),
  output: pageOf(serverShape),
  columns: ["name", "transport", "status", "runs", "lastFailure"],
  async run(context, { after, limit }) {
    const query = context.store.query
      .selectFrom("servers")
      .selectAll()
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
  output: serverShape.extend({ tools: toolCounts }),
  positional: ["server"],
  async run(context, { server }) {
    return {
      ...serverView(context, await findServer(context, server)),
      tools: await countTools(context, server),
    };
  },
});

export const serversAdd = write({
  name: "servers.add",
  summary: "Add an MCP server: pin what it runs, connect, and note its tools",
  permission: "servers.write",
  // It runs a program in Doorward's name.
  presence: true,
  input: serverInput,
  output: serverShape.extend({ tools: toolCounts }),
  positional: ["name", "command"],
  examples: [
    "servers add fs --accept -- npx -y @modelcontextprotocol/server-filesystem /srv/files",
    "servers add wiki --url https://mcp.example.com/mcp --headers 'Authorization=Bearer …'",
  ],
  async plan(context, input) {
    const configuration = configurationOf(input);
    await refuseName(context, input.name);
    return {
      would: `pin and connect server ${input.name}${input.accept ? ", and accept what it offers" : ""}`,
      async commit(committing) {
        const { upstreams, progress } = committing;
        try {
          await upstreams.keepSecrets(input.name, secretsOf(input));
          progress(`Installing and pinning ${input.name}`);
          const pin = await upstreams.prepare(input.name, configuration);
          progress(`Asking ${input.name} what it offers`);
          const offered = await upstreams.inspect({ name: input.name, configuration, pin });
          const row = rowOf(committing, { name: input.name, configuration, pin });
          await commitBatch(committing, {
            writes: [
              stateWrite(committing.store.query.insertInto("servers").values(row).onConflict(sameName), 1),
            ],
            entries: [
              entry(committing, "server.added", row.name, {
                transport: row.transport,
                identity: row.identity,
                pin: pin.kind,
              }),
            ],
          });
          await note(committing, input.name, offered);
          if (input.accept) await acceptNew(committing, input.name);
          return { ...serverView(committing, row), tools: await countTools(committing, input.name) };
        } catch (cause) {
          await abandon(committing, input.name);
          throw cause;
        }
      },
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
      async commit(committing) {
        const verification = await committing.upstreams.verify(server);
        if (verification !== "same") {
          await setStatus(committing, server, { status: "held", status_reason: verification.changed });
        } else {
          await note(committing, server, await committing.upstreams.inspect(server));
        }
        const row = await findServer(committing, server);
        return { ...serverView(committing, row), tools: await countTools(committing, server) };
      },
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
      async commit(committing) {
        const { upstreams, store, live } = committing;
        const configuration = configurationOfRow(before.configuration);
        const pin = await upstreams.prepare(server, configuration);
        const offered = await upstreams.inspect({ name: server, configuration, pin });
        const next = {
          pin: pinText(pin),
          identity: upstreams.identity(pin),
          status: "active",
          status_reason: null,
        };
        const change = store.query.updateTable("servers").set(next).where("name", "=", server);
        await commitBatch(committing, {
          writes: [stateWrite(change.where("identity", "=", before.identity), 1)],
          entries: [
            entry(committing, "server.changed", server, {
              change: "pin",
              from: before.identity,
              to: next.identity,
            }),
          ],
        });
        live.serversChanged(server);
        await note(committing, server, offered);
        return {
          ...serverView(committing, { ...before, ...next }),
          tools: await countTools(committing, server),
        };
      },
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

/** Writes down what it lists, as the doors do. */
async function note(context: OperationContext, server: string, offered: Inspection): Promise<void> {
  for (const kind of PROMPT_OR_TOOL)
    await context.live.listed(server, kind, kind === "tool" ? offered.tools : offered.prompts);
}

async function acceptNew(context: OperationContext, server: string): Promise<void> {
  const rows = await toolsOf(context, server).where("status", "=", "new").execute();
  await acceptRows(context, rows);
}

/** Undoes a failed `add` as far as there is something to undo; the failure itself is what the caller hears. */
async function abandon(context: OperationContext, server: string): Promise<void> {
  const known = await context.store.query
    .selectFrom("servers")
    .select("name")
    .where("name", "=", server)
    .executeTakeFirst();
  if (known === undefined) await context.upstreams.remove(server);
}

function rowOf(
  context: OperationContext,
  server: { readonly name: string; readonly configuration: ServerConfiguration; readonly pin: Pin },
): ServerRow {
  return {
    name: server.name,
    transport: server.configuration.transport,
    configuration: JSON.stringify(server.configuration),
    pin: pinText(server.pin),
    identity: context.upstreams.identity(server.pin),
    status: "active",
    status_reason: null,
    added_by: context.caller.user,
    created_at: context.ambient.now(),
  };
}

function pinText(pin: Pin): string {
  return JSON.stringify(pin);
}

async function setStatus(
  context: OperationContext,
  server: string,
  next: { readonly status: string; readonly status_reason: string },
): Promise<void> {
  const change = context.store.query.updateTable("servers").set(next).where("name", "=", server);
  await commitBatch(context, {
    writes: [stateWrite(change, 1)],
    entries: [entry(context, "server.changed", server, { change: next.status, reason: next.status_reason })],
  });
  context.live.serversChanged(server);
}

async function refuseName(context: ReadContext, name: string): Promise<void> {
  if (RESERVED_SERVER_NAMES.has(name)) {
    throw new Fault(
      "server_name_reserved",
      `${name} is a word of the protocol and no server's name`,
      "Choose another short name.",
    );
  }
  const known = await context.store.query
    .selectFrom("servers")
    .select("name")
    .where("name", "=", name)
    .executeTakeFirst();
  if (known === undefined) return;
  throw new Fault(
    "server_exists",
    `there is already a server ${name}`,
    `Choose another name, or remove it first: \`doorward servers remove ${name}\`.`,
  );
}
