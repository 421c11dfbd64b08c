import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../../../tests/samples/certificates.ts";
import { agentCertificate, certificateOn, isInForce } from "./certificate.ts";

const NOW = Date.now();
const HOUR = 3_600_000;
const rsa = (bits: number) => generateKeyPairSync("rsa", { modulusLength: bits });
const p256 = makeCertificate();

const refusal = (text: string, now = NOW): unknown => {
  try {
    return agentCertificate(text, now).thumbprint;
  } catch (cause) {
    const { code, message } = cause as { code: string; message: string };
    return `${code}: ${message.split("certificate: ")[1]}`;
  }
};

describe("a certificate that is registered", () => {
  test.each([
    ["of P-256", p256],
    ["of P-384", makeCertificate({ keys: generateKeyPairSync("ec", { namedCurve: "P-384" }) })],
    ["of Ed25519", makeCertificate({ keys: generateKeyPairSync("ed25519") })],
    ["of RSA with 2048 bits", makeCertificate({ keys: rsa(2_048) })],
  ])("%s is known by the SHA-256 of its DER", (_name, { certificate, thumbprint }) => {
    expect(agentCertificate(certificate, NOW).thumbprint).toBe(thumbprint);
    const { fingerprint256 } = new X509Certificate(certificate);
    expect(Buffer.from(thumbprint, "base64url").toString("hex").toUpperCase()).toBe(
      fingerprint256.replaceAll(":", ""),
    );
  });

  test("may have words before it, as `openssl x509 -text` writes them", () => {
    expect(refusal(`Certificate:\n    Data:\n${p256.certificate}`)).toBe(p256.thumbprint);
  });

  test.each<[string, string, string]>([
    ["with its private key", p256.certificate + p256.key, "private key in the file"],
    ["that is a private key", p256.key, "private key in the file"],
    [
      "with a key whose marks are small",
      p256.certificate + p256.key.toLowerCase(),
      "private key in the file",
    ],
    ["with another", p256.certificate + makeCertificate().certificate, "more than one"],
    ["twice", p256.certificate.repeat(2), "more than one"],
    [
      "that is a request",
      p256.certificate.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST"),
      "no certificate",
    ],
    [
      "that is trusted by OpenSSL",
      p256.certificate.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"),
      "no certificate",
    ],
    ["that is nothing", "", "no certificate"],
    ["that was cut", p256.certificate.replace(/\n.{64}\n/, "\n"), "cannot be read"],
    ["of a short RSA key", makeCertificate({ keys: rsa(1_024) }).certificate, "less than 2048 bits"],
    [
      "of a short curve",
      makeCertificate({ keys: generateKeyPairSync("ec", { namedCurve: "secp224r1" }) }).certificate,
      "its key is none of",
    ],
    ["of later", makeCertificate({ from: new Date(NOW + HOUR) }).certificate, "not valid yet"],
    ["of before", makeCertificate({ until: new Date(NOW - 1_000) }).certificate, "no longer valid"],
  ])("%s is refused", (_name, text, why) => {
    expect(refusal(text)).toMatch(new RegExp(`^credential_unfit: .*${why}`));
  });
});

test("a certificate is in force from its first to its last moment, and never where its times cannot be read", () => {
  const { from, until } = agentCertificate(p256.certificate, NOW);
  const at = (now: number): boolean => isInForce({ thumbprint: "", from, until }, now);
  expect([at(from - 1), at(from), at(until), at(until + 1)]).toEqual([false, true, true, false]);
  expect(isInForce({ thumbprint: "", from: NaN, until: NaN }, NOW)).toBe(false);
});

test("a connection in the clear, or one without a certificate, has none", () => {
  expect(certificateOn({})).toBeNull();
  expect(certificateOn({ getPeerX509Certificate: () => undefined })).toBeNull();
});
