import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault } from "#base";
import { bits, childrenOf, element, isTrue, objectId, octets, sequence } from "./der.ts";
import { type Extension, keyIdentifier, nameOf, signed } from "./certificate.ts";
import { generalName } from "./subject.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AUTHORITY_DAYS = 1825;
/** Short, so that a leaf key that leaks is soon worth nothing; clients with a slow clock have the hour before. */
const LEAF_DAYS = 7;
const CLOCK_SLACK_MS = HOUR_MS;
const NAME_CHARS_MAX = 64;
const ORGANISATION = "Doorward";

/** PEM of a certificate, and of its private key (PKCS #8). */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

export interface NewAuthority {
  /** Says which installation it is: people see it in their trust stores. 1 to 64 characters. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly random: (bytes: number) => Uint8Array;
  /** As `generateKeyPairSync("ec", { namedCurve: "P-256" })` gives them. */
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/**
 * A certificate authority for hosts and nothing below them: basicConstraints CA with path length 0, keyUsage
 * keyCertSign and cRLSign, both critical; five years. Source: RFC 5280, 4.2.1. Throws a Fault `authority_unusable`.
 */
export function makeAuthority({ name, now, random, keys }: NewAuthority): Authority {
  if (name.length === 0 || name.length > NAME_CHARS_MAX) throw unusable("its name is empty or too long");
  demandP256(keys.privateKey);
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const subject = nameOf(ORGANISATION, name);
  const certificate = signed(
    {
      issuer: subject,
      subject,
      publicKey,
      notBefore: now - CLOCK_SLACK_MS,
      notAfter: now + AUTHORITY_DAYS * DAY_MS,
      extensions: [
        critical("2.5.29.19", sequence(isTrue(), element(0x02, Uint8Array.of(0)))),
        critical("2.5.29.15", usage(0b0000_0110, 1)),
        plain("2.5.29.14", octets(identifierOf(publicKey))),
        plain("2.5.29.35", sequence(element(0x80, identifierOf(publicKey)))),
      ],
    },
    keys.privateKey,
    random,
  );
  return { certificate, key: String(keys.privateKey.export({ type: "pkcs8", format: "pem" })) };
}

export interface HostToCertify {
  readonly authority: Authority;
  /** Lower-case ASCII name without a trailing dot, or an address without brackets. */
  readonly host: string;
  /** SubjectPublicKeyInfo, DER; the key behind it stays with whoever asks. */
  readonly publicKey: Uint8Array;
  readonly now: number;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * A server certificate (PEM) for one host over a public key: valid from an hour ago for seven days and never longer than
 * the authority; subjectAltName, extendedKeyUsage serverAuth, digitalSignature. Throws Faults `host_uncertifiable`,
 * `public_key_unusable`, `authority_unusable` (expired, or not an authority of ours).
 */
export function certifyHost({ authority, host, publicKey, now, random }: HostToCertify): string {
  const issuer = issuerOf(authority, now);
  const name = generalName(host);
  const subjectKey = checked(publicKey);
  return signed(
    {
      issuer: issuer.subject,
      subject: nameOf(ORGANISATION, host),
      publicKey: subjectKey,
      notBefore: now - CLOCK_SLACK_MS,
      notAfter: Math.min(now + LEAF_DAYS * DAY_MS, issuer.notAfter),
      extensions: [
        critical("2.5.29.19", sequence()),
        critical("2.5.29.15", usage(0b1000_0000, 7)),
        plain("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.1"))),
        plain("2.5.29.17", sequence(name)),
        plain("2.5.29.14", octets(identifierOf(subjectKey))),
        plain("2.5.29.35", sequence(element(0x80, issuer.identifier))),
      ],
    },
    issuer.key,
    random,
  );
}

function issuerOf(authority: Authority, now: number) {
  const key = readKey(authority.key);
  const certificate = readCertificate(authority.certificate);
  if (!certificate.ca || !certificate.checkPrivateKey(key))
    throw unusable("its certificate and key do not belong together");
  const notAfter = certificate.validToDate.getTime();
  if (notAfter <= now) throw unusable(`it expired at ${certificate.validToDate.toISOString()}`);
  const [body = new Uint8Array()] = childrenOf(certificate.raw);
  const [, , , , , subject = new Uint8Array(), publicKey = new Uint8Array()] = childrenOf(body);
  return { key, notAfter, subject, identifier: identifierOf(publicKey) };
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    demandP256(key);
    return key;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unusable("its key cannot be read", cause);
  }
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw unusable("its certificate cannot be read", cause);
  }
}

/** The same bytes, once they are known to be a public key and nothing more. */
function checked(publicKey: Uint8Array): Uint8Array {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
    return key.export({ type: "spki", format: "der" });
  } catch (cause) {
    throw new Fault(
      "public_key_unusable",
      "the public key to certify is not a SubjectPublicKeyInfo in DER",
      "Export it with `{ type: 'spki', format: 'der' }`.",
      cause,
    );
  }
}

function demandP256(key: KeyObject): void {
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return;
  throw unusable("its key is not on the curve P-256");
}

/** Of the bits inside a SubjectPublicKeyInfo: its second element, a bit string without its count of unused bits. */
function identifierOf(publicKey: Uint8Array): Uint8Array {
  const [, keyBits = bits(new Uint8Array())] = childrenOf(publicKey);
  const [head = 0] = keyBits.subarray(1);
  const skip = head < 0x80 ? 3 : 3 + head - 0x80;
  return keyIdentifier(keyBits.subarray(skip));
}

/** KeyUsage as named bits: RFC 5280, 4.2.1.3. `unused`: trailing bits that do not count. */
function usage(byte: number, unused: number): Uint8Array {
  return element(0x03, Uint8Array.of(unused, byte));
}

const critical = (id: string, value: Uint8Array): Extension => ({ id, isCritical: true, value });
const plain = (id: string, value: Uint8Array): Extension => ({ id, isCritical: false, value });

function unusable(why: string, cause?: unknown): Fault {
  return new Fault(
    "authority_unusable",
    `the certificate authority cannot be used: ${why}`,
    "Make a new one, and let every client trust it anew: `doorward ca show` says which is in force.",
    cause,
  );
}
