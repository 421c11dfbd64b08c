import { generateKeyPairSync } from "node:crypto";
import type { Ambient } from "#base";
import { LEAF_MS, LEAVES_MAX } from "./limits.ts";
import type { VaultAuthority } from "./port.ts";

interface Leaf {
  readonly certificate: string;
  readonly key: string;
}

/** Certificates of hosts under the authority, remembered; the shape of the proxy's `Certificates`. */
export interface Leaves {
  readonly authority: () => Promise<string>;
  readonly leafFor: (host: string) => Promise<Leaf>;
}

/** Since when the first authority signs. */
const FIRST = 1;

/**
 * One key for every host, made anew with each start and never written down: the authority's key stays in the vault's
 * process, and this one alone certifies nothing.
 */
export function openLeaves(authority: VaultAuthority, { now }: Pick<Ambient, "now">): Leaves {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const key = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const known = new Map<
    string,
    { readonly leaf: Promise<Leaf>; readonly madeAt: number; readonly under: number | null }
  >();
  const certified = async (host: string): Promise<Leaf> => ({
    certificate: await authority.certify(host, spki),
    key,
  });
  return {
    authority: authority.certificate,
    leafFor: async (host) => {
      const there = known.get(host);
      const age = there === undefined ? Number.POSITIVE_INFINITY : Math.abs(now() - there.madeAt);
      const under = authority.since();
      if (there !== undefined && age < LEAF_MS && there.under === under) return there.leaf;
      const leaf = certified(host);
      const [oldest] = known.keys();
      if (known.size >= LEAVES_MAX && oldest !== undefined) known.delete(oldest);
      known.delete(host);
      known.set(host, { leaf, madeAt: now(), under: under ?? FIRST });
      // What failed is tried again by whoever asks next.
      leaf.catch(() => known.delete(host));
      return leaf;
    },
  };
}
