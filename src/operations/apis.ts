import { z } from "zod";
import { Fault } from "#base";
import { apiDocument, keep, removeApi, shown } from "./api-add.ts";
import { isUrl, look } from "./api-look.ts";
import {
  addressOf,
  apiRows,
  apiShape,
  apiView,
  apiWithTools,
  configurationOfApi,
  definitionOf,
  findApi,
} from "./api-rows.ts";
import { serverName } from "./fields.ts";
import { read, write } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";

const apiName = serverName.describe("Name of the API");

export const apisList = read({
  name: "apis.list",
  summary: "List APIs whose operations are tools at the http door",
  permission: "servers.read",
  input: z.strictObject(pageInput),
  output: pageOf(apiShape),
  columns: ["name", "title", "version", "servers", "source"],
  async run(context, { after, limit }) {
    const rows = await apiRows(context.store)
      .where("apis.server", ">", keyOfCursor(after))
      .orderBy("apis.server")
      .limit(limit + 1)
      .execute();
    return page(rows, limit, { item: apiView, keyOf: (row) => row.server });
  },
});

export const apisGet = read({
  name: "apis.get",
  summary: "Show one API and how its operations stand",
  permission: "servers.read",
  input: z.strictObject({ api: apiName }),
  output: apiWithTools,
  positional: ["api"],
  run: async (context, { api }) => shown(context, api),
});

export const apisRefresh = write({
  name: "apis.refresh",
  summary: "Read an API's document again; operations that changed wait for review",
  permission: "servers.write",
  input: z.strictObject({
    api: serverName.describe("Name of the API"),
    document: apiDocument.optional().describe("The document as it is now, where it came from a file"),
  }),
  output: apiWithTools,
  positional: ["api", "document"],
  examples: ["apis refresh petstore", "apis refresh crm openapi.yaml"],
  async plan(context, { api, document }) {
    const before = await findApi(context, api);
    const { source, only, allowPrivate, servers } = configurationOfApi(before.configuration);
    const from = document ?? source;
    if (from === null || (document !== undefined && isUrl(document) && document !== source)) {
      throw new Fault(
        "api_document_missing",
        source === null
          ? `the document of ${api} came from a file`
          : `the document of ${api} comes from ${source}`,
        "Give the file again; to take the document from somewhere else, remove the API and add it anew.",
      );
    }
    return {
      would: `read the document of ${api} again`,
      async commit(committing) {
        // Where it is served was decided when it was added; a new document does not move it.
        const asked = { document: from, servers: servers.map(addressOf), only, allowPrivate };
        const looked = await look(committing, asked);
        await committing.live.listed(api, "tool", looked.api.operations.map(definitionOf));
        await keep(committing, api, looked);
        committing.live.serversChanged(api);
        await committing.policy.reload();
        return shown(committing, api);
      },
    };
  },
});

export const apisRemove = write({
  name: "apis.remove",
  summary: "Remove an API and everything reviewed of it; its hosts are governed by nobody then",
  permission: "servers.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ api: apiName }),
  output: z.object({ name: z.string() }),
  positional: ["api"],
  async plan(context, { api }) {
    await findApi(context, api);
    return {
      would: `remove API ${api} and everything reviewed of it`,
      async commit(committing) {
        await removeApi(committing, api);
        committing.live.serversChanged(api);
        await committing.policy.reload();
        return { name: api };
      },
    };
  },
});
