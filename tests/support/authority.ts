import { generateKeyPairSync, randomBytes } from "node:crypto";
import { certifyHost, makeAuthority } from "#authority";
import type { VaultAuthority } from "#vault";

/** The vault's authority, with its key at hand: made with its first use, and then kept by whom `keep` is. */
export function fakeAuthority(keep: (certificate: string) => void = () => undefined): VaultAuthority {
  const now = Date.now();
  let made: ReturnType<typeof makeAuthority> | null = null;
  const authority = (): ReturnType<typeof makeAuthority> => {
    const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
    if (made !== null) return made;
    made = makeAuthority({ name: "Doorward test.local", now, random: randomBytes, keys });
    keep(made.certificate);
    return made;
  };
  return {
    next: () => null,
    since: () => (made === null ? null : 1),
    certificate: async () => authority().certificate,
    certify: async (host, publicKey) =>
      certifyHost({ authority: authority(), host, publicKey, now, random: randomBytes }),
  };
}
