import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import type { VaultAuthority } from "#vault";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { demandVault } from "./vault-rows.ts";

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
    next: z
      .object({ fingerprint: z.string(), from: time, validTo: time, certificate: z.string() })
      .nullable()
      .describe("The one that `ca rotate` made, and from when on it signs; until then clients trust both"),
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
      next: following(authority.next()),
    };
  },
});

function following(next: ReturnType<VaultAuthority["next"]>) {
  if (next === null) return null;
  const { fingerprint256, validToDate } = new X509Certificate(next.certificate);
  return {
    fingerprint: fingerprint256,
    from: isoTime(next.from),
    validTo: validToDate.toISOString(),
    certificate: next.certificate,
  };
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 365;

export const caRotate = write({
  name: "ca.rotate",
  summary:
    "Make a new certificate authority, which signs once the overlap is over: until then clients trust both",
  permission: "vault.write",
  presence: true,
  input: z.strictObject({
    overlapDays: z
      .int()
      .min(0)
      .max(DAYS_MAX)
      .default(7)
      .describe(
        "Days in which the old one still signs, for clients to learn the new one; 0: it is over at once, also where another was to follow",
      ),
  }),
  output: z.object({
    fingerprint: z.string().describe("SHA-256 of the new certificate"),
    from: time.describe("From when on it signs"),
    certificate: z.string().describe("PEM of the new one"),
  }),
  examples: ["ca rotate", "ca rotate --overlap-days 30"],
  async plan(context, { overlapDays }) {
    const { authority } = context;
    if (authority === undefined) throw noAuthority();
    demandAll(context);
    // A key that somebody else has must not sign until an overlap is over.
    if (overlapDays > 0 && authority.next() !== null) throw alreadyRotating();
    const before = authority.since() === null ? "none yet" : await fingerprintOf(authority);
    return {
      would: `make a new authority that signs in place of ${before} in ${overlapDays} days`,
      commit: (committing) => rotate(committing, authority, overlapDays),
    };
  },
});

async function rotate(context: OperationContext, authority: VaultAuthority, overlapDays: number) {
  const { ambient, store } = context;
  // Made where there is none yet: what follows, follows something.
  const before = await fingerprintOf(authority);
  const since = authority.since() ?? 0;
  const { certificate, kek, sealedKey, sealed } = await demandVault(context).makeAuthority();
  const now = ambient.now();
  const from = Math.max(now + overlapDays * DAY_MS, since + 1);
  const fingerprint = new X509Certificate(certificate).fingerprint256;
  const row = { place: from, certificate, kek, sealed_key: sealedKey, sealed, created_at: now };
  const over = store.query.deleteFrom("vault_authority");
  const body = { before, after: fingerprint, from: isoTime(from), overlapDays };
  await commitBatch(context, {
    writes: [
      overlapDays === 0 ? stillInForce(since) : stillLast(since),
      // INVARIANT: without an overlap no other key is left, to which a clock that is set back could lead.
      stateWrite(overlapDays === 0 ? over : over.where("place", "<", since)),
      stateWrite(store.query.insertInto("vault_authority").values(row), 1),
    ],
    entries: [entry(context, "authority.rotated", "authority", body)],
  });
  return { fingerprint, from: isoTime(from), certificate };
}

/** Of two that rotate at once, the second hears `changed_meanwhile`. */
function stillInForce(since: number): StateWrite {
  const sql = "UPDATE vault_authority SET place = place WHERE place = ?";
  return { sql, parameters: [since], changes: 1 };
}

function stillLast(since: number): StateWrite {
  const { sql } = stillInForce(since);
  const alone = "NOT EXISTS (SELECT 1 FROM vault_authority WHERE place > ?)";
  return { sql: `${sql} AND ${alone}`, parameters: [since, since], changes: 1 };
}

async function fingerprintOf(authority: VaultAuthority): Promise<string> {
  return new X509Certificate(await authority.certificate()).fingerprint256;
}

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
    next: z.boolean().default(false).describe("By the authority that follows, where there is one"),
  }),
  output: z.object({ certificate: z.string().describe("PEM, for localhost alone, seven days") }),
  positional: ["publicKey"],
  async run({ authority }, { publicKey, next }) {
    if (authority === undefined) throw noAuthority();
    return {
      certificate: await authority.certify(
        "localhost",
        Buffer.from(publicKey, "base64"),
        next ? "next" : "in-force",
      ),
    };
  },
});

function demandAll({ caller }: ReadContext): void {
  if (reachOf(caller, "vault.write") === "all") return;
  throw new Fault(
    "permission_denied",
    "the authority is everybody's: an admin replaces it",
    "Ask an admin: `doorward ca rotate`.",
  );
}

function alreadyRotating(): Fault {
  return new Fault(
    "authority_rotating",
    "another authority follows already",
    "Wait until it signs: `doorward ca show` says from when on. Where a key was lost: `doorward ca rotate --overlap-days 0`.",
  );
}

function noAuthority(): Fault {
  return new Fault(
    "authority_missing",
    "this Doorward has no certificate authority: its vault is not open",
    "Start it with the vault (docs/guide/vault.md).",
  );
}
