import type { Store } from "#store";

export interface KeySeal {
  readonly seal: (bytes: Uint8Array, purpose?: string) => Uint8Array;
  readonly unseal: (bytes: Uint8Array, purpose?: string) => Uint8Array;
}

/** How an upstream's key is kept: a row of `upstream_secrets`, sealed for this upstream and no other. */
export interface SealedKey {
  readonly server: string;
  readonly name: string;
  readonly sealed: Uint8Array;
}

const KEY = "key";

export function sealedKeyOf(upstream: string, secret: string, keys: Pick<KeySeal, "seal">): SealedKey {
  const server = ownerOf(upstream);
  return { server, name: KEY, sealed: keys.seal(Buffer.from(secret, "utf8"), server) };
}

/** Null where there is none. Throws `unsealable`. */
export async function openKeyOf(
  upstream: string,
  store: Pick<Store, "query">,
  keys: Pick<KeySeal, "unseal">,
): Promise<string | null> {
  const server = ownerOf(upstream);
  const row = await store.query
    .selectFrom("upstream_secrets")
    .select("sealed")
    .where("server", "=", server)
    .where("name", "=", KEY)
    .executeTakeFirst();
  return row === undefined ? null : Buffer.from(keys.unseal(row.sealed, server)).toString("utf8");
}

/** MCP servers' names have no colon: the two never meet in the table. */
export function ownerOf(upstream: string): string {
  return `upstream:${upstream}`;
}
