import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Where distributions keep the certificates that they trust, as one file of PEM. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** What every Java has for its own store of certificates; it protects nothing that is secret. */
const JAVA_PASSWORD = "changeit";

/** What programs inside trust: what the system does, and Doorward's authority (PEM). */
export function trusted(authority: string): { readonly pem: string; readonly jks: Uint8Array } {
  const pem = `${systemBundle().trim()}\n${authority.trim()}\n`.trimStart();
  return { pem, jks: javaStore(pem.match(CERTIFICATE) ?? []) };
}

function systemBundle(): string {
  for (const path of SYSTEM_BUNDLES) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      // The next distribution's.
    }
  }
  return "";
}

/**
 * Certificates as a Java KeyStore (JKS, version 2), which every Java reads: sun.security.provider.JavaKeyStore (OpenJDK) has the
 * format in its `engineStore`. Big-endian; trusted certificates alone; SHA-1 over password, the words below and the rest.
 */
export function javaStore(certificates: readonly string[]): Buffer {
  const entries = certificates.map((pem, at) => {
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
    return Buffer.concat([int(2), text(`ca${at}`), Buffer.alloc(8), text("X.509"), int(der.length), der]);
  });
  const body = Buffer.concat([int(0xfeed_feed), int(2), int(entries.length), ...entries]);
  const password = Buffer.from(JAVA_PASSWORD, "utf16le").swap16();
  return Buffer.concat([
    body,
    createHash("sha1").update(password).update("Mighty Aphrodite", "utf8").update(body).digest(),
  ]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
