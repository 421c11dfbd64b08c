import type { Ambient } from "#base";
import type { Store } from "#store";
import type { SealedAuthority } from "./messages.ts";
import type { VaultAuthority } from "./port.ts";
import type { VaultProcess } from "./vault-process.ts";

interface AuthorityParts {
  readonly store: Store;
  readonly ambient: Pick<Ambient, "now">;
  /** Which installation it is: people see it in their trust stores. */
  readonly origin: string;
  readonly process: VaultProcess;
}

/** The installation's certificate authority: made with its first use, once, and kept sealed. */
export function openAuthority({ store, ambient, origin, process }: AuthorityParts): VaultAuthority {
  const find = store.connection.prepare("SELECT certificate, kek, sealed_key, sealed FROM vault_authority");
  const read = (): SealedAuthority | null => {
    const row = find.get();
    if (row === undefined) return null;
    const { certificate, kek, sealed_key, sealed } = row;
    return {
      certificate: String(certificate),
      kek: String(kek),
      sealedKey: bytesOf(sealed_key),
      sealed: bytesOf(sealed),
    };
  };
  const make = async (): Promise<SealedAuthority> => {
    const now = ambient.now();
    const name = `Doorward ${origin}`.slice(0, NAME_CHARS_MAX);
    const { certificate, kek, sealedKey, sealed } = await process.ask("makeAuthority", { name, now });
    await store.query
      .insertInto("vault_authority")
      .values({ place: 1, certificate, kek, sealed_key: sealedKey, sealed, created_at: now })
      // INVARIANT: whoever came first made it: clients trust one certificate.
      .onConflict((conflict) => conflict.column("place").doNothing())
      .execute();
    return read() ?? (await make());
  };
  const authority = async (): Promise<SealedAuthority> => read() ?? (await make());
  return {
    certificate: async () => (await authority()).certificate,
    certify: async (host, publicKey) =>
      process.ask("certify", { authority: await authority(), host, publicKey, now: ambient.now() }),
  };
}

const NAME_CHARS_MAX = 64;

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}
