import { z } from "zod";
import { canonicalJson, digestOf } from "#base";
import { aloneWith } from "./alone-with.ts";
import { type Asked, demandServers, isUrl, look, type Looked } from "./api-look.ts";
import {
  addressOf,
  type ApiConfiguration,
  apiView,
  apiWithTools,
  columnsOf,
  definitionOf,
  findApi,
  skippedOf,
} from "./api-rows.ts";
import { changedMeanwhile, commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { serverName } from "./fields.ts";
import { write } from "./operation.ts";
import { countTools, toolsOf } from "./server-rows.ts";
import { namesLike, refuseName } from "./server-add.ts";
import { acceptRows } from "./tool-review.ts";
import { type ToolRow, TOOLS_AT_ONCE_MAX } from "./tool-rows.ts";

/** A message of the API has 4 MiB; what is larger is fetched by URL. */
const DOCUMENT_CHARS_MAX = 3_500_000;
const PREFIXES_MAX = 50;
const SERVERS_MAX = 10;
const FALLBACK_NAME = "api";

export const apiDocument = z.string().min(1).max(DOCUMENT_CHARS_MAX).meta({
  description:
    "URL of an OpenAPI document, or the document; on the command line a URL, a file, or - for standard input",
  "x-file": true,
  "x-url": true,
});

const input = z.strictObject({
  document: apiDocument,
  name: serverName.optional().describe("Short name of the API; without it, of its title"),
  servers: z
    .array(z.url({ protocol: /^https?$/ }).max(2_000))
    .max(SERVERS_MAX)
    .default([])
    .describe("Where the API is, in place of what its document says"),
  only: z
    .array(z.string().max(500).regex(/^\//, "begins with a slash"))
    .max(PREFIXES_MAX)
    .default([])
    .describe("Only operations whose path begins so"),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("Document and API may be on this machine or a private network"),
  accept: z
    .enum(["none", "reads", "all"])
    .default("none")
    .describe("Accept what it offers now: what only reads, or all; otherwise it waits for review"),
});

export const apisAdd = write({
  name: "apis.add",
  summary: "Add an API by its OpenAPI document: its operations become tools that are reviewed and granted",
  permission: "servers.write",
  // It says what requests to a host mean.
  presence: true,
  input,
  output: apiWithTools,
  positional: ["document", "name"],
  examples: [
    "apis add https://petstore3.swagger.io/api/v3/openapi.json",
    "apis add openapi.yaml crm --servers https://crm.example.com/api",
    "apis add https://raw.githubusercontent.com/github/rest-api-description/main/descriptions/api.github.com/api.github.com.json github --servers https://api.github.com --only /repos",
  ],
  async plan(context, asked) {
    if (asked.name !== undefined) await refuseName(context, asked.name);
    const what = isUrl(asked.document) ? asked.document.trim() : "the document given";
    return {
      would: `read ${what} and add its operations as tools${asked.accept === "none" ? "" : `, and accept ${asked.accept}`}`,
      commit: async (committing) => {
        const looked = await look(committing, asked);
        const name = asked.name ?? nameFrom(looked.api.title);
        await refuseName(committing, name);
        await demandServers(committing, name, asked, looked);
        return aloneWith(committing.upstreams, name, async () => add(committing, name, asked, looked));
      },
    };
  },
});

function nameFrom(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return words.slice(0, 31).replace(/-+$/, "") || FALLBACK_NAME;
}

type Given = z.output<typeof input>;

/** Server, then tools, then what names requests: broken off in between, nothing is named that nobody wrote down. */
async function add(context: OperationContext, name: string, asked: Given, looked: Looked) {
  if ((await namesLike(context, name)).length > 0) throw changedMeanwhile();
  const row = serverRow(context, name, configurationFor(asked, looked), looked);
  await commitBatch(context, {
    writes: [stateWrite(context.store.query.insertInto("servers").values(row).onConflict(sameName), 1)],
    entries: [
      entry(context, "server.added", name, {
        transport: "api",
        identity: row.identity,
        document: looked.digest,
      }),
    ],
  });
  try {
    await context.live.listed(name, "tool", looked.api.operations.map(definitionOf));
    await keep(context, name, looked);
  } catch (cause) {
    await removeApi(context, name);
    throw cause;
  }
  context.live.serversChanged(name);
  await acceptWhat(context, name, asked.accept);
  return shown(context, name);
}

function configurationFor(asked: Asked, { api, source }: Looked): ApiConfiguration {
  const [first] = api.servers;
  return {
    transport: "api",
    source,
    url: first === undefined ? "" : addressOf(first),
    servers: api.servers,
    only: asked.only,
    allowPrivate: asked.allowPrivate,
  };
}

function serverRow(context: OperationContext, name: string, configuration: ApiConfiguration, looked: Looked) {
  return {
    name,
    transport: "api" as const,
    configuration: JSON.stringify(configuration),
    pin: JSON.stringify({
      kind: "api",
      url: configuration.source ?? configuration.url,
      document: looked.digest,
    }),
    identity: digestOf({ kind: "api", servers: configuration.servers.map(addressOf) }),
    status: "active",
    status_reason: null,
    added_by: context.caller.user,
    created_at: context.ambient.now(),
  };
}

export async function keep(context: OperationContext, name: string, looked: Looked): Promise<void> {
  const { query } = context.store;
  const columns = columnsOf(looked.api, looked.digest, context.ambient.now());
  const names = looked.api.operations.map((operation) => operation.name);
  const listed = await query
    .selectFrom("tools")
    .select(["name", "status", "fingerprint", "accepted_fingerprint"])
    .where("server", "=", name)
    .execute();
  const gone = listed
    .filter((row) => !names.includes(row.name) && row.status !== "gone")
    .map((row) => ({ name: row.name, status: "gone" }));
  const back = listed
    .filter((row) => names.includes(row.name) && row.status === "gone")
    .map((row) => ({ name: row.name, status: statusBack(row) }));
  await commitBatch(context, {
    writes: [
      stateWrite(
        query
          .insertInto("apis")
          .values({ server: name, ...columns })
          .onConflict((conflict) => conflict.column("server").doUpdateSet(columns)),
        1,
      ),
      ...standing(context, name, [...gone, ...back]),
    ],
    entries: [
      entry(context, "server.changed", name, {
        change: "document",
        document: looked.digest,
        operations: names.length,
        gone: gone.length,
      }),
    ],
  });
}

const GONE = "its API's document no longer has it";

/** The doors' watch tells of what changed; what comes back as it was last seen is nothing new to it. */
function statusBack(row: Pick<ToolRow, "fingerprint" | "accepted_fingerprint">): string {
  if (row.accepted_fingerprint === null) return "new";
  return row.accepted_fingerprint === row.fingerprint ? "accepted" : "changed";
}

/** One write for each status, however many tools: a batch takes 1,024. */
function standing(
  context: OperationContext,
  server: string,
  tools: readonly Pick<ToolRow, "name" | "status">[],
) {
  return [...Map.groupBy(tools, ({ status }) => status)].map(([status, of]) => {
    const reason = status === "gone" ? GONE : null;
    const change = context.store.query
      .updateTable("tools")
      .set({ status, reason, changed_at: context.ambient.now() })
      .where("server", "=", server);
    return stateWrite(
      change.where(
        "name",
        "in",
        of.map(({ name }) => name),
      ),
    );
  });
}

async function acceptWhat(context: OperationContext, name: string, which: Given["accept"]): Promise<void> {
  if (which === "none") return;
  const rows = await toolsOf(context, name).where("status", "=", "new").execute();
  const wanted = which === "all" ? rows : rows.filter((row) => row.effects === canonicalJson(["read"]));
  for (let at = 0; at < wanted.length; at += TOOLS_AT_ONCE_MAX)
    await acceptRows(context, wanted.slice(at, at + TOOLS_AT_ONCE_MAX));
}

export async function shown(context: ReadContext, name: string) {
  const row = await findApi(context, name);
  return { ...apiView(row), tools: await countTools(context, name), skippedFirst: skippedOf(row).first };
}

/** Everything of it; what it was stays in the ledger. */
export async function removeApi(context: OperationContext, name: string): Promise<void> {
  const { query } = context.store;
  await commitBatch(context, {
    writes: [
      stateWrite(query.deleteFrom("apis").where("server", "=", name)),
      stateWrite(query.deleteFrom("manifests").where("server", "=", name)),
      stateWrite(query.deleteFrom("trusted_labels").where("server", "=", name)),
      stateWrite(query.deleteFrom("tools").where("server", "=", name)),
      stateWrite(query.deleteFrom("servers").where("name", "=", name).where("transport", "=", "api"), 1),
    ],
    entries: [entry(context, "server.removed", name, { transport: "api" })],
  });
}
