import { Fault } from "#base";
import type { Store } from "#store";
import { SECRETS_PER_SERVER_MAX } from "./limits.ts";

export interface Seal {
  readonly seal: (bytes: Uint8Array) => Uint8Array;
  readonly unseal: (bytes: Uint8Array) => Uint8Array;
}

/** Named secrets of one server, sealed in `upstream_secrets`. Names: `env:NAME`, `header:NAME`, `oauth:…`. */
export interface Secrets {
  readonly get: (name: string) => Promise<string | undefined>;
  readonly set: (name: string, value: string) => Promise<void>;
  readonly drop: (name: string) => Promise<void>;
  readonly dropAll: () => Promise<void>;
}

export function openSecrets(server: string, store: Store, seal: Seal, now: () => number): Secrets {
  const table = "upstream_secrets" as const;
  const own = () => store.query.selectFrom(table).where("server", "=", server);
  return {
    get: async (name) => {
      const row = await own().select("sealed").where("name", "=", name).executeTakeFirst();
      return row === undefined ? undefined : Buffer.from(seal.unseal(row.sealed)).toString("utf8");
    },
    set: async (name, value) => {
      const { count } = await own()
        .select((is) => is.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      if (count >= SECRETS_PER_SERVER_MAX) throw tooMany(server);
      const sealed = seal.seal(Buffer.from(value, "utf8"));
      const changed_at = now();
      await store.query
        .insertInto(table)
        .values({ server, name, sealed, changed_at })
        .onConflict((conflict) => conflict.columns(["server", "name"]).doUpdateSet({ sealed, changed_at }))
        .execute();
    },
    drop: async (name) => {
      await store.query.deleteFrom(table).where("server", "=", server).where("name", "=", name).execute();
    },
    dropAll: async () => {
      await store.query.deleteFrom(table).where("server", "=", server).execute();
    },
  };
}

function tooMany(server: string): Fault {
  return new Fault(
    "upstream_too_many_secrets",
    `the server ${server} already keeps ${SECRETS_PER_SERVER_MAX} secrets`,
    "Remove the server and add it again with the variables and headers it needs.",
  );
}
