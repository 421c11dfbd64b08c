import { Buffer } from "node:buffer";
import { createHash, type KeyObject, sign } from "node:crypto";
import { bits, element, isTrue, objectId, octets, positive, sequence, setOf, timeOf, utf8 } from "./der.ts";

const SERIAL_BYTES = 16;
const PEM_LINE_CHARS = 64;
const VERSION_3 = element(0xa0, element(0x02, Uint8Array.of(2)));
/** ecdsa-with-SHA256, RFC 5758, 3.2. */
const SIGNATURE = sequence(objectId("1.2.840.10045.4.3.2"));

export interface Extension {
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

export interface Unsigned {
  /** DER of the issuer's and the subject's distinguished names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Extension[];
}

/** Signs an X.509 version 3 certificate by ECDSA with SHA-256, and returns it as PEM. Source: RFC 5280, 4.1. */
export function signed(of: Unsigned, key: KeyObject, random: (bytes: number) => Uint8Array): string {
  const body = sequence(
    VERSION_3,
    serialOf(random(SERIAL_BYTES)),
    SIGNATURE,
    of.issuer,
    sequence(timeOf(of.notBefore), timeOf(of.notAfter)),
    of.subject,
    of.publicKey,
    element(0xa3, sequence(...of.extensions.map(extensionOf))),
  );
  return pemOf(sequence(body, SIGNATURE, bits(sign("sha256", body, key))));
}

/** 128 random bits, positive and without a leading zero byte (RFC 5280, 4.1.2.2; CA/Browser Forum BR 7.1 asks for 64). */
function serialOf(random: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(random);
  bytes[0] = ((bytes[0] ?? 0) % 0x40) + 0x40;
  return positive(bytes);
}

function extensionOf({ id, isCritical, value }: Extension): Uint8Array {
  return sequence(objectId(id), ...(isCritical ? [isTrue()] : []), octets(value));
}

/** `O=…, CN=…`, each as UTF8String; without a common name where it is longer than X.520's 64 characters. */
export function nameOf(organisation: string, commonName: string): Uint8Array {
  const parts = [part("2.5.4.10", organisation)];
  if (commonName.length <= 64) parts.push(part("2.5.4.3", commonName));
  return sequence(...parts);
}

function part(id: string, text: string): Uint8Array {
  return setOf(sequence(objectId(id), utf8(text)));
}

/** The first 160 bits of the SHA-256 of the key's bits: RFC 7093, 2, method 1. */
export function keyIdentifier(keyBits: Uint8Array): Uint8Array {
  return createHash("sha256").update(keyBits).digest().subarray(0, 20);
}

function pemOf(der: Uint8Array): string {
  const text = Buffer.from(der).toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += PEM_LINE_CHARS) lines.push(text.slice(at, at + PEM_LINE_CHARS));
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
