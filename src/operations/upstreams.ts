import { z } from "zod";
import { ownerOf } from "#inference";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { read, write } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { upstreamName } from "./upstreams-input.ts";
import { findUpstream, listedOf, modelNames, upstreamShape, upstreamView } from "./upstreams-view.ts";

export const upstreamsList = read({
  name: "upstreams.list",
  summary: "List model upstreams and how they are",
  permission: "models.read",
  input: z.strictObject(pageInput),
  output: pageOf(upstreamShape),
  columns: ["name", "kind", "url", "health", "models", "reason"],
  async run(context, { after, limit }) {
    const rows = await context.store.query
      .selectFrom("upstreams")
      .selectAll()
      .where("name", ">", keyOfCursor(after))
      .orderBy("name")
      .limit(limit + 1)
      .execute();
    return page(rows, limit, { item: (row) => upstreamView(context, row), keyOf: (row) => row.name });
  },
});

export const upstreamsGet = read({
  name: "upstreams.get",
  summary: "Show one model upstream and the models it listed",
  permission: "models.read",
  input: z.strictObject({ upstream: upstreamName }),
  output: upstreamShape.extend(modelNames.shape),
  positional: ["upstream"],
  async run(context, { upstream }) {
    const row = await findUpstream(context, upstream);
    return { ...upstreamView(context, row), ...listedOf(context, upstream) };
  },
});

export const upstreamsCheck = read({
  name: "upstreams.check",
  summary: "Ask an upstream now how it is and what models it has, whatever its back-off",
  permission: "models.read",
  input: z.strictObject({ upstream: upstreamName }),
  output: upstreamShape.extend(modelNames.shape),
  positional: ["upstream"],
  isFailure: ({ health }) => health !== "up",
  async run(context, { upstream }) {
    const row = await findUpstream(context, upstream);
    await context.models.check(upstream);
    return { ...upstreamView(context, row), ...listedOf(context, upstream) };
  },
});

export const upstreamsRemove = write({
  name: "upstreams.remove",
  summary: "Remove a model upstream and its key; routes that name it go on without it",
  permission: "models.write",
  effect: "destructive",
  input: z.strictObject({ upstream: upstreamName }),
  output: z.object({ name: z.string() }),
  positional: ["upstream"],
  async plan(context, { upstream }) {
    const row = await findUpstream(context, upstream);
    return {
      would: `remove upstream ${upstream} and its key`,
      async commit(committing) {
        const { query } = committing.store;
        const own = query.deleteFrom("upstreams").where("name", "=", upstream);
        await commitBatch(committing, {
          writes: [
            stateWrite(own.where("identity", "=", row.identity), 1),
            stateWrite(query.deleteFrom("upstream_secrets").where("server", "=", ownerOf(upstream))),
          ],
          entries: [entry(committing, "upstream.removed", upstream, { identity: row.identity })],
        });
        await committing.models.reload();
        return { name: upstream };
      },
    };
  },
});
