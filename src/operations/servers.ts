import { z } from "zod";
import { Fault } from "#base";
import { RESERVED_SERVER_NAMES } from "#policy";
import type { Schema } from "#store";
import type { Inspection, Pin, ServerConfiguration } from "#upstream";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { serverName, time } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { configurationOf, configurationOfRow, pinOf, serverInput, secretsOf } from "./server-input.ts";
import { acceptRows } from "./tools.ts";

type ServerRow = Schema["servers"];

const PROMPT_OR_TOOL = ["tool", "prompt"] as const;

const serverShape = z.object({
  name: z.string(),
  transport: z.enum(["stdio", "http"]),
  status: z.string().describe("active, or held: what it runs is no longer what was reviewed"),
  reason: z.string().nullable(),
  runs: z.string().describe("Command line or address, as it was added"),
  pinned: z.string().describe("What it was pinned to"),
  identity: z.string().describe("SHA-256 of the pin: how ledger and approvals name it"),
  connections: z.int(),
  lastFailure: z.string().nullable(),
  authorizationUrl: z
    .string()
    .nullable()
    .describe("Open it to let Doorward in; null when the server asks for none"),
  addedAt: time,
});

const toolCounts = z.object({
  accepted: z.int(),
  waiting: z.array(z.string()).describe("Wait for review: `doorward tools accept SERVER/*`"),
  refused: z.array(z.string()),
});

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
            writes: [stateWrite(committing.store.query.insertInto("servers").values(row), 1)],
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

function toolsOf(context: ReadContext, server: string) {
  return context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .orderBy("kind")
    .orderBy("name");
}

async function countTools(context: ReadContext, server: string): Promise<z.input<typeof toolCounts>> {
  const rows = await toolsOf(context, server).execute();
  const named = (...of: string[]) =>
    rows.filter((row) => of.includes(row.status)).map((row) => `${server}/${row.name}`);
  return { accepted: named("accepted").length, waiting: named("new", "changed"), refused: named("refused") };
}

function serverView(context: ReadContext, row: ServerRow): z.input<typeof serverShape> {
  const { connections, lastFailure, authorizationUrl } = context.upstreams.state(row.name);
  const configuration = configurationOfRow(row.configuration);
  return {
    name: row.name,
    transport: row.transport,
    status: row.status,
    reason: row.status_reason,
    runs: configuration.transport === "stdio" ? configuration.command.join(" ") : configuration.url,
    pinned: pinOf(row.pin),
    identity: row.identity,
    connections,
    lastFailure,
    authorizationUrl,
    addedAt: isoTime(row.created_at),
  };
}

async function findServer(context: ReadContext, server: string): Promise<ServerRow> {
  const row = await context.store.query
    .selectFrom("servers")
    .selectAll()
    .where("name", "=", server)
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault("server_unknown", `there is no server ${server}`, "List them: `doorward servers list`.");
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
    "Choose another name, or remove it first: `doorward servers remove NAME`.",
  );
}
