import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { Fault } from "#base";
import { time } from "./fields.ts";
import { read } from "./operation.ts";

/** Anybody may know it who may know where the doors are: a client that trusts it reads it from every handshake. */
export const caShow = read({
  name: "ca.show",
  summary: "Show the certificate of this Doorward's own authority, which clients of the http door trust",
  permission: "servers.read",
  input: z.strictObject({}),
  output: z.object({
    subject: z.string().describe("Which installation it is, as trust stores show it"),
    fingerprint: z.string().describe("SHA-256 of the certificate, as browsers and openssl write it"),
    validFrom: time,
    validTo: time,
    certificate: z.string().describe("PEM"),
  }),
  piped: "certificate",
  examples: ["ca show", "ca show > doorward-ca.pem"],
  async run({ authority }) {
    if (authority === undefined) throw noAuthority();
    const pem = await authority.certificate();
    const certificate = new X509Certificate(pem);
    return {
      subject: certificate.subject.replaceAll("\n", ", "),
      fingerprint: certificate.fingerprint256,
      validFrom: certificate.validFromDate.toISOString(),
      validTo: certificate.validToDate.toISOString(),
      certificate: pem,
    };
  },
});

const PUBLIC_KEY_CHARS_MAX = 1_000;

/** So that a client's trust can be tried and not only said: a certificate of nobody's host but this very machine's. */
export const caProbe = read({
  name: "ca.probe",
  summary:
    "Certify a public key for localhost, so that clients can be asked whether they trust the authority",
  permission: "servers.read",
  body: true,
  input: z.strictObject({
    publicKey: z.base64().max(PUBLIC_KEY_CHARS_MAX).describe("SubjectPublicKeyInfo, DER, in base64"),
  }),
  output: z.object({ certificate: z.string().describe("PEM, for localhost alone, seven days") }),
  positional: ["publicKey"],
  async run({ authority }, { publicKey }) {
    if (authority === undefined) throw noAuthority();
    return { certificate: await authority.certify("localhost", Buffer.from(publicKey, "base64")) };
  },
});

function noAuthority(): Fault {
  return new Fault(
    "authority_missing",
    "this Doorward has no certificate authority: its vault is not open",
    "Start it with the vault (docs/guide/vault.md).",
  );
}
