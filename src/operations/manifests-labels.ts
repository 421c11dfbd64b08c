import { z } from "zod";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { serverName } from "./fields.ts";
import { write } from "./operation.ts";
import { findServer, type ServerRow } from "./server-rows.ts";

export const manifestsTrustLabels = write({
  name: "manifests.trust-labels",
  summary: "Say whether a server's own labels of its results may loosen: it says itself whose words they are",
  permission: "tools.review",
  presence: true,
  input: z.strictObject({
    server: serverName,
    stop: z.boolean().default(false).describe("Do not trust them any more"),
  }),
  output: z.object({ server: z.string(), trustsLabels: z.boolean() }),
  positional: ["server"],
  examples: ["manifests trust-labels github", "manifests trust-labels github --stop"],
  async plan(context, { server, stop }) {
    const row = await findServer(context, server);
    return {
      would: stop
        ? `read the labels of ${server} only where they tighten`
        : `trust the labels of ${server} as long as it is what it is now`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: [stop ? distrust(committing, server) : trust(committing, row)],
          entries: [
            entry(committing, "server.changed", server, {
              change: stop ? "labels-distrusted" : "labels-trusted",
              identity: row.identity,
            }),
          ],
        });
        return { server, trustsLabels: !stop };
      },
    };
  },
});

function trust({ store, caller, ambient }: OperationContext, { name, identity }: ServerRow) {
  const row = { identity, decided_by: caller.user, changed_at: ambient.now() };
  return stateWrite(
    store.query
      .insertInto("trusted_labels")
      .values({ server: name, ...row })
      .onConflict((conflict) => conflict.column("server").doUpdateSet(row)),
  );
}

function distrust({ store }: OperationContext, server: string) {
  return stateWrite(store.query.deleteFrom("trusted_labels").where("server", "=", server));
}

/** As the doors see it: a server that was pinned anew is another. */
export async function trustsLabels({ store }: ReadContext, row: ServerRow): Promise<boolean> {
  const found = await store.query
    .selectFrom("trusted_labels")
    .select("identity")
    .where("server", "=", row.name)
    .executeTakeFirst();
  return found?.identity === row.identity && row.status === "active";
}
