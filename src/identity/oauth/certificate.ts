import { type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "#base";

/** A certificate whose private key the other end of a TLS connection has shown to hold, or that its owner registers. */
export interface Certificate {
  /** `x5t#S256` (RFC 8705, section 3.1): SHA-256 of its DER, in base64url without padding. */
  readonly thumbprint: string;
  /** Milliseconds since the Unix epoch; NaN where it cannot be read. */
  readonly from: number;
  readonly until: number;
}

interface Secure {
  readonly getPeerX509Certificate: () => X509Certificate | undefined;
}

/**
 * The client certificate of a connection, by the connection itself; null: it is in the clear, or has none. What a header
 * says of a certificate is never read, whoever sends it. Its chain is not looked at: which certificate is whose, is
 * registered (RFC 8705, section 2.2).
 */
export function certificateOn(connection: object): Certificate | null {
  const shown = isSecure(connection) ? connection.getPeerX509Certificate() : undefined;
  return shown === undefined ? null : certificateOf(shown);
}

function isSecure(connection: object): connection is Secure {
  return "getPeerX509Certificate" in connection && typeof connection.getPeerX509Certificate === "function";
}

function certificateOf(x509: X509Certificate): Certificate {
  return {
    thumbprint: Buffer.from(x509.fingerprint256.replaceAll(":", ""), "hex").toString("base64url"),
    from: x509.validFromDate.getTime(),
    until: x509.validToDate.getTime(),
  };
}

/** Whether a certificate is within its validity, both ends included (RFC 5280, 4.1.2.5). `now`: ms since the Unix epoch. */
export function isInForce({ from, until }: Certificate, now: number): boolean {
  return from <= now && now <= until;
}

const RSA_BITS_MIN = 2_048;
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
/** RFC 7468, section 2: what a part of a PEM file says that it is. */
const LABEL = /-----BEGIN ([^\r\n]{0,100}?)-----/g;

/**
 * A client certificate as an agent's owner hands it in: one, in PEM (RFC 7468, section 5), within its validity, with a key
 * that is long enough. Throws `credential_unfit`, also for a file with a private key in it.
 */
export function agentCertificate(text: string, now: number): Certificate {
  if (/PRIVATE KEY/i.test(text)) throw unfit("there is a private key in the file; nothing of it was kept");
  const [label, ...others] = [...text.matchAll(LABEL)].map(([, name]) => name);
  if (label !== "CERTIFICATE") throw unfit("it is no certificate in PEM (BEGIN CERTIFICATE)");
  if (others.length > 0) throw unfit("there is more than one certificate in the file");
  const x509 = parsed(text);
  const certificate = certificateOf(x509);
  // Where its times cannot be read, it is neither.
  if (!(certificate.from <= now)) throw unfit("it is not valid yet");
  if (!(now <= certificate.until)) throw unfit("it is no longer valid");
  demandStrong(keyOf(x509));
  return certificate;
}

function parsed(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw unfit("it cannot be read", cause);
  }
}

function keyOf(x509: X509Certificate): KeyObject {
  try {
    return x509.publicKey;
  } catch (cause) {
    throw unfit("its key cannot be read", cause);
  }
}

function demandStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): void {
  if (type === "ed25519" || type === "ed448") return;
  if (type === "ec" && CURVES.has(details?.namedCurve ?? "")) return;
  if (type !== "rsa" && type !== "rsa-pss")
    throw unfit("its key is none of P-256, P-384, P-521, Ed25519, Ed448 and RSA");
  if ((details?.modulusLength ?? 0) < RSA_BITS_MIN) throw unfit(`its key has less than ${RSA_BITS_MIN} bits`);
}

function unfit(why: string, cause?: unknown): Fault {
  return new Fault(
    "credential_unfit",
    `this cannot be an agent's certificate: ${why}`,
    "Give the one certificate that the agent's program shows, alone: `openssl x509 -in FILE -out certificate.pem`.",
    cause,
  );
}
