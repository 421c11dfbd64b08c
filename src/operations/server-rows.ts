import { z } from "zod";
import { Fault } from "#base";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { configurationOfRow, pinOf } from "./server-input.ts";
import { sandboxShape, sandboxView } from "./server-sandbox-input.ts";

export type ServerRow = Schema["servers"];

export const serverShape = z.object({
  name: z.string(),
  transport: z.enum(["stdio", "http", "agent", "api"]),
  status: z.string().describe("active, or held: what it runs is no longer what was reviewed"),
  reason: z.string().nullable(),
  runs: z.string().describe("Command line or address, as it was added"),
  runsIn: z.string().describe("What keeps it: its sandbox, or why it has none"),
  sandbox: sandboxShape,
  pinned: z.string().describe("What it was pinned to"),
  identity: z.string().describe("SHA-256 of the pin: how ledger and approvals name it"),
  connections: z.int(),
  failures: z
    .int()
    .describe("Failures in a row; it is started again later after each, and `servers restart` forgets them"),
  lastFailure: z.string().nullable(),
  authorizationUrl: z
    .string()
    .nullable()
    .describe("Open it to let Doorward in; null when the server asks for none"),
  addedAt: time,
});

export const toolCounts = z.object({
  accepted: z.int(),
  waiting: z.array(z.string()).describe("Wait for review: `doorward tools accept SERVER/*`"),
  refused: z.array(z.string()),
});
export function toolsOf(context: ReadContext, server: string) {
  return context.store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .orderBy("kind")
    .orderBy("name");
}

export async function countTools(context: ReadContext, server: string): Promise<z.input<typeof toolCounts>> {
  const rows = await toolsOf(context, server).execute();
  const named = (...of: string[]) =>
    rows.filter((row) => of.includes(row.status)).map((row) => `${server}/${row.name}`);
  return { accepted: named("accepted").length, waiting: named("new", "changed"), refused: named("refused") };
}

export function serverView(context: ReadContext, row: ServerRow): z.input<typeof serverShape> {
  const { connections, failures, lastFailure, authorizationUrl } = context.upstreams.state(row.name);
  const configuration = configurationOfRow(row.configuration);
  return {
    name: row.name,
    transport: row.transport,
    status: row.status,
    reason: row.status_reason,
    runs: configuration.transport === "stdio" ? configuration.command.join(" ") : configuration.url,
    ...sandboxView(context, row.name, configuration),
    pinned: pinOf(row.pin),
    identity: row.identity,
    connections,
    failures,
    lastFailure,
    authorizationUrl,
    addedAt: isoTime(row.created_at),
  };
}

export async function findServer(context: ReadContext, server: string): Promise<ServerRow> {
  const row = await context.store.query
    .selectFrom("servers")
    .selectAll()
    .where("name", "=", server)
    // An agent's own tools are reviewed like a server's, and there is nothing to connect to.
    .where("transport", "!=", "agent")
    .executeTakeFirst();
  if (row?.transport === "api") {
    throw new Fault(
      "server_is_api",
      `${server} is an API, which is reached at the http door and not connected to`,
      `See \`doorward apis get ${server}\`, \`apis refresh\` and \`apis remove\`.`,
    );
  }
  if (row !== undefined) return row;
  throw new Fault("server_unknown", `there is no server ${server}`, "List them: `doorward servers list`.");
}
