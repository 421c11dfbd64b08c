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

interface Placed extends SealedAuthority {
  /** From when on it signs, in milliseconds since the Unix epoch; 1: from the first. */
  readonly place: number;
}

/** The installation's certificate authority: made with its first use, once, and kept sealed; another may be made to follow it. */
export function openAuthority({ store, ambient, origin, process }: AuthorityParts): VaultAuthority {
  const find = store.connection.prepare(
    "SELECT place, certificate, kek, sealed_key, sealed FROM vault_authority ORDER BY place",
  );
  const all = (): readonly Placed[] =>
    find.all().map(({ place, certificate, kek, sealed_key, sealed }) => ({
      place: Number(place),
      certificate: String(certificate),
      kek: String(kek),
      sealedKey: bytesOf(sealed_key),
      sealed: bytesOf(sealed),
    }));
  // A clock that was set back makes no third one: then the first signs, whatever its place.
  const placeOf = (rows: readonly Placed[]): number =>
    Math.max(
      0,
      rows.findLastIndex(({ place }) => place <= ambient.now()),
    );
  const inForce = (rows = all()): Placed | null => rows[placeOf(rows)] ?? null;
  const next = (rows = all()): Placed | null => rows[placeOf(rows) + 1] ?? null;
  const make = async (): Promise<Placed> => {
    const now = ambient.now();
    const { certificate, kek, sealedKey, sealed } = await process.ask("makeAuthority", {
      name: authorityName(origin),
      now,
    });
    await store.query
      .insertInto("vault_authority")
      .values({ place: 1, certificate, kek, sealed_key: sealedKey, sealed, created_at: now })
      // INVARIANT: whoever came first made it: clients trust one certificate.
      .onConflict((conflict) => conflict.column("place").doNothing())
      .execute();
    return inForce() ?? (await make());
  };
  const authority = async (): Promise<Placed> => inForce() ?? (await make());
  return {
    certificate: async () => (await authority()).certificate,
    certify: async (host, publicKey, which = "in-force") => {
      const chosen = which === "next" ? (next() ?? (await authority())) : await authority();
      const { place: _place, ...sealed } = chosen;
      return process.ask("certify", { authority: sealed, host, publicKey, now: ambient.now() });
    },
    next: () => {
      const one = next();
      return one === null ? null : { certificate: one.certificate, from: one.place };
    },
    since: () => inForce()?.place ?? null,
  };
}

/** As trust stores show it. */
export function authorityName(origin: string): string {
  return `Doorward ${origin}`.slice(0, NAME_CHARS_MAX);
}

const NAME_CHARS_MAX = 64;

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}
