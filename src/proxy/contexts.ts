import { createSecureContext, type SecureContext } from "node:tls";
import { certificateMissing } from "./faults.ts";
import type { Certificates } from "./port.ts";

/** TLS contexts of hosts, made once per certificate; the least recently used go first. */
export interface SecureContexts {
  /** Throws `proxy_certificate`. */
  readonly of: (host: string) => Promise<SecureContext>;
}

interface Kept {
  readonly certificate: string;
  readonly context: SecureContext;
}

export function createContexts(certificates: Certificates, contextsMax: number): SecureContexts {
  const kept = new Map<string, Kept>();
  return {
    of: async (host) => {
      try {
        const { certificate, key } = await certificates.leafFor(host);
        const known = kept.get(host);
        kept.delete(host);
        const isSame = known?.certificate === certificate;
        const entry = isSame ? known : { certificate, context: contextOf(certificate, key) };
        kept.set(host, entry);
        const [oldest] = kept.keys();
        if (kept.size > contextsMax && oldest !== undefined) kept.delete(oldest);
        return entry.context;
      } catch (cause) {
        throw certificateMissing(host, cause);
      }
    },
  };
}

function contextOf(certificate: string, key: string): SecureContext {
  return createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" });
}
