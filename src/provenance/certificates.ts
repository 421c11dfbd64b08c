import { type KeyObject, X509Certificate } from "node:crypto";
import { X509Certificate as ReadCertificate } from "@sigstore/core";
import { refuse } from "./refusal.ts";

/** Whose certificate it is that signed. */
export interface CertificateSigner {
  readonly key: KeyObject;
  readonly subject: string;
  readonly issuer: string;
  /** Hex of SHA-256 over the certificate. */
  readonly fingerprint: string;
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ROOTS_MAX = 200;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates in a file of PEM. Throws a refusal where there are none. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  const found = (pem.match(PEM) ?? []).slice(0, ROOTS_MAX);
  if (found.length === 0) throw refuse("not-trusted", "there is no certificate in the file of trusted ones");
  return found.map((one) => certificateOf(Buffer.from(one)));
}

/**
 * The signer named by the first certificate, if a path of the others leads to one that is trusted: each signed by the next, allowed to sign
 * certificates, within its length, and valid at `at` (milliseconds since 1970). Stricter than the reference implementation, which takes the
 * time of issue as the time of verification; specification 1.0 wants the leaf valid. Only the roots given are trusted, never the system's.
 */
export function signerBy(
  chain: readonly Uint8Array[],
  roots: readonly X509Certificate[],
  at: number,
): CertificateSigner {
  const [leaf, ...others] = chain.map(certificateOf);
  if (leaf === undefined) throw refuse("not-trusted", "the chain is empty");
  const read = ReadCertificate.parse(Buffer.from(leaf.raw));
  const isForSignatures = read.extKeyUsage?.digitalSignature === true;
  if (!isForSignatures && !(leaf.keyUsage ?? []).includes(CODE_SIGNING))
    throw refuse(
      "not-trusted",
      "the certificate is not for signatures: neither its key usage nor its extended one says so",
    );
  follow(leaf, others, roots, at);
  return {
    key: leaf.publicKey,
    subject: leaf.subject,
    issuer: leaf.issuer,
    fingerprint: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

function follow(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: number,
): void {
  let last = leaf;
  checkTime(last, at);
  for (let below = 0; below <= others.length; below += 1) {
    if (isTrusted(last, roots)) return;
    const root = roots.find((one) => isIssuer(one, last, below));
    if (root !== undefined) {
      checkTime(root, at);
      return;
    }
    const next = others[below];
    if (next === undefined || !isIssuer(next, last, below)) break;
    checkTime(next, at);
    last = next;
  }
  throw refuse(
    "not-trusted",
    `no trusted certificate stands behind that of ${leaf.subject.replaceAll("\n", ", ")}`,
  );
}

function isTrusted(certificate: X509Certificate, roots: readonly X509Certificate[]): boolean {
  return roots.some((root) => root.raw.equals(certificate.raw));
}

/** `below`: how many certificates of authorities stand between it and the leaf. */
function isIssuer(issuer: X509Certificate, subject: X509Certificate, below: number): boolean {
  const { extBasicConstraints: constraints, extKeyUsage: usage } = ReadCertificate.parse(
    Buffer.from(issuer.raw),
  );
  const length = constraints?.pathLenConstraint;
  const mayIssue = constraints?.isCA === true && (usage === undefined || usage.keyCertSign);
  const isLongEnough = length === undefined || length >= BigInt(below);
  return mayIssue && isLongEnough && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function checkTime(certificate: X509Certificate, at: number): void {
  if (at >= certificate.validFromDate.getTime() && at <= certificate.validToDate.getTime()) return;
  const says = `the certificate of ${certificate.subject.replaceAll("\n", ", ")} is valid from ${certificate.validFrom} to ${certificate.validTo}`;
  throw refuse("not-trusted", `${says}, and not at ${new Date(at).toISOString()}`);
}

function certificateOf(bytes: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(bytes);
    ReadCertificate.parse(Buffer.from(certificate.raw));
    return certificate;
  } catch {
    throw refuse("not-trusted", "a certificate cannot be read");
  }
}
