import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

// Certificates that sign themselves (X.509 v3: RFC 5280, section 4.1), written by a few lines of DER (X.690) and signed with
// node:crypto: tests need ones that have expired, are too weak, or differ in nothing but their key.

export interface TestCertificate {
  /** PEM, as a program shows it and as an owner registers it. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  /** `x5t#S256` (RFC 8705, section 3.1). */
  readonly thumbprint: string;
}

export interface TestCertificateOptions {
  readonly name?: string;
  readonly from?: Date;
  readonly until?: Date;
  readonly keys?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

const MINUTE_MS = 60_000;

/** Valid from a minute ago for an hour, with a key of P-256, unless it is said otherwise. */
export function makeCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { privateKey, publicKey } = options.keys ?? generateKeyPairSync("ec", { namedCurve: "P-256" });
  const from = options.from ?? new Date(Date.now() - MINUTE_MS);
  const until = options.until ?? new Date(Date.now() + 60 * MINUTE_MS);
  const algorithm = algorithmOf(privateKey);
  const issuer = nameOf(options.name ?? "agent");
  const serial = randomBytes(8);
  serial[0] = 0x40;
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm.identifier,
    issuer,
    sequence(time(from), time(until)),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign(algorithm.digest, body, privateKey);
  const whole = sequence(body, algorithm.identifier, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").replaceAll(/.{1,64}/g, "$&\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    thumbprint: createHash("sha256").update(whole).digest("base64url"),
  };
}

/** ecdsa-with-SHA256 (RFC 5758), sha256WithRSAEncryption (RFC 4055), Ed25519 (RFC 8410). */
function algorithmOf({ asymmetricKeyType }: KeyObject): { identifier: Buffer; digest: string | null } {
  if (asymmetricKeyType === "rsa")
    return { identifier: sequence(oid("2a864886f70d01010b"), der(0x05)), digest: "sha256" };
  if (asymmetricKeyType === "ed25519") return { identifier: sequence(oid("2b6570")), digest: null };
  return { identifier: sequence(oid("2a8648ce3d040302")), digest: "sha256" };
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text)))));
}

/** GeneralizedTime has every year; UTCTime ends with 2049, and DER asks for it before. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

const integer = (bytes: Uint8Array): Buffer => der(0x02, bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  // The shortest form that holds the length: another would not be DER, and OpenSSL would write it anew.
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...long]), content]);
}
