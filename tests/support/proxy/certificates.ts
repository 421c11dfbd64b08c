import { generateKeyPairSync, randomBytes } from "node:crypto";
import { certifyHost, makeAuthority } from "#authority";
import type { Certificates } from "#proxy";

export interface TestAuthority {
  /** PEM: what clients trust. */
  readonly certificate: string;
  readonly leaf: (host: string, now?: number) => { readonly certificate: string; readonly key: string };
  readonly certificates: Certificates;
}

/** An authority of a test's own, under the code that makes real ones. */
export function testAuthority(name = "tests"): TestAuthority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const authority = makeAuthority({ name, now: Date.now(), random: randomBytes, keys });
  const leaf = (host: string, now = Date.now()) => {
    const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const publicKey = own.publicKey.export({ type: "spki", format: "der" });
    const certificate = certifyHost({ authority, host, publicKey, now, random: randomBytes });
    return { certificate, key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
  };
  const kept = new Map<string, ReturnType<typeof leaf>>();
  return {
    certificate: authority.certificate,
    leaf,
    certificates: {
      authority: async () => authority.certificate,
      leafFor: async (host) => {
        const known = kept.get(host) ?? leaf(host);
        kept.set(host, known);
        return known;
      },
    },
  };
}
