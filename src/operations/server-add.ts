import { z } from "zod";
import { Fault } from "#base";
import { lookAlike, nameSkeleton, RESERVED_SERVER_NAMES } from "#policy";
import type { Pin, ServerConfiguration } from "#upstream";
import { aloneWith } from "./alone-with.ts";
import { changedMeanwhile, commitBatch, entry, sameName, stateWrite } from "./change.ts";
import { effectsOfColumn, objectOf } from "./columns.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { effect } from "./fields.ts";
import { write } from "./operation.ts";
import { configurationOf, secretsOf, type ServerInput, serverInput } from "./server-input.ts";
import { firstLook, note, pinText } from "./server-look.ts";
import { countTools, type ServerRow, serverShape, serverView, toolCounts, toolsOf } from "./server-rows.ts";
import { acceptRows } from "./tool-review.ts";
import { toolKind, type ToolRow } from "./tool-rows.ts";

const DESCRIPTION_CHARS_MAX = 200;

const offer = z.object({
  name: z.string(),
  kind: toolKind,
  effects: z.array(effect),
  status: z.string(),
  description: z.string().describe("How its description begins: the server's own words, about itself"),
  fingerprint: z
    .string()
    .describe("SHA-256 of its definition: `tools accept --fingerprint` takes what was shown"),
});

export const serversAdd = write({
  name: "servers.add",
  summary: "Add an MCP server: pin what it runs, connect, and note its tools",
  permission: "servers.write",
  // It runs a program in Doorward's name.
  presence: true,
  input: serverInput,
  output: serverShape.extend({ tools: toolCounts, offers: z.array(offer) }),
  positional: ["name", "command"],
  examples: [
    "servers add fs --folders /srv/files:rw -- npx -y @modelcontextprotocol/server-filesystem /srv/files",
    "servers add wiki --url https://mcp.example.com/mcp --headers 'Authorization=Bearer …'",
    "servers add crm --url https://crm.example.com/mcp --oauth-grant client_credentials --oauth-issuer https://login.example.com --oauth-client-id doorward --oauth-client-secret env:CRM_SECRET",
  ],
  async plan(context, input) {
    const configuration = configurationOf(input);
    await refuseName(context, input.name);
    return {
      would: `pin and connect server ${input.name}${input.accept ? ", and accept what it offers" : ""}`,
      commit: async (committing) =>
        aloneWith(committing.upstreams, input.name, async () => add(committing, input, configuration)),
    };
  },
});

async function add(context: OperationContext, input: ServerInput, configuration: ServerConfiguration) {
  const { upstreams } = context;
  const { name } = input;
  // Somebody may have finished adding it between the plan and now; what is sealed and installed there is theirs.
  if ((await namesLike(context, name)).length > 0) throw changedMeanwhile();
  try {
    await upstreams.keepSecrets(name, secretsOf(input));
    const { pin, offered } = await firstLook(context, name, configuration);
    const row = rowOf(context, { name, configuration, pin, isOpen: offered !== null });
    await commitBatch(context, {
      writes: [stateWrite(context.store.query.insertInto("servers").values(row).onConflict(sameName), 1)],
      entries: [
        entry(context, "server.added", name, {
          transport: row.transport,
          identity: row.identity,
          pin: pin.kind,
        }),
      ],
    });
    if (offered !== null) await note(context, name, offered);
    if (input.accept) await acceptNew(context, name);
    const tools = await toolsOf(context, name).execute();
    return {
      ...serverView(context, row),
      tools: await countTools(context, name),
      offers: tools.map(offerOf),
    };
  } catch (cause) {
    await abandon(context, name);
    throw cause;
  }
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

function offerOf(row: ToolRow): z.input<typeof offer> {
  const { description } = objectOf(row.definition);
  const [line = ""] = typeof description === "string" ? description.trim().split(/\r?\n/) : [];
  const isCut = line.length > DESCRIPTION_CHARS_MAX;
  return {
    name: `${row.server}/${row.name}`,
    kind: row.kind === "prompt" ? "prompt" : "tool",
    effects: effectsOfColumn(row.effects),
    status: row.status,
    description: isCut ? `${line.slice(0, DESCRIPTION_CHARS_MAX - 1)}…` : line,
    fingerprint: row.fingerprint,
  };
}

interface Added {
  readonly name: string;
  readonly configuration: ServerConfiguration;
  readonly pin: Pin;
  /** False: it waits for a person to let Doorward in. */
  readonly isOpen: boolean;
}

function rowOf(context: OperationContext, server: Added): ServerRow {
  return {
    name: server.name,
    transport: server.configuration.transport,
    configuration: JSON.stringify(server.configuration),
    pin: pinText(server.pin),
    identity: context.upstreams.identity(server.pin),
    status: server.isOpen ? "active" : "held",
    status_reason: server.isOpen
      ? null
      : "a person must let Doorward in first, by the link in authorizationUrl",
    added_by: context.caller.user,
    created_at: context.ambient.now(),
  };
}

export async function refuseName(context: ReadContext, name: string): Promise<void> {
  const reserved = RESERVED_SERVER_NAMES.has(name) ? name : lookAlike(name, RESERVED_SERVER_NAMES);
  if (reserved !== null) {
    throw new Fault(
      "server_name_reserved",
      `${name} is, or looks like, ${reserved}: a word of the protocol and no server's name`,
      "Choose another short name.",
    );
  }
  const [taken] = await namesLike(context, name);
  if (taken === undefined) return;
  if (taken !== name) throw looksAlike(name, taken);
  throw new Fault(
    "server_exists",
    `there is already a server ${name}`,
    "Choose another name, or remove it first: `doorward servers remove NAME`.",
  );
}

function looksAlike(name: string, taken: string): Fault {
  return new Fault(
    "server_name_looks_alike",
    `${name} could be taken for the server ${taken}, by a person or a model`,
    "Choose a name that differs in more than separators and letters that look like digits.",
  );
}

/** Servers and model upstreams of this name or one that looks like it; the same name first. */
export async function namesLike(context: ReadContext, name: string): Promise<string[]> {
  const { query } = context.store;
  const servers = await query.selectFrom("servers").select("name").execute();
  const upstreams = await query.selectFrom("upstreams").select("name").execute();
  const skeleton = nameSkeleton(name);
  const alike = [...servers, ...upstreams]
    .map((row) => row.name)
    .filter((other) => nameSkeleton(other) === skeleton);
  return alike.toSorted((a, b) => Number(b === name) - Number(a === name));
}
