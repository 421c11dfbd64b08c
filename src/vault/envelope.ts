import { createSecretKey, randomBytes } from "node:crypto";
import { Fault } from "#base";
import { sealUnder, unsealUnder } from "#keys";
import type { KeyRing } from "./keys/open.ts";
import type { RewrapRow, Sealed, Secret, Subject } from "./messages.ts";

const DATA_KEY_BYTES = 32;

/** Seals under a fresh data key, and that under the key-encryption key (AES-256-GCM both times). */
export function sealSecret(ring: KeyRing, subject: Subject, secret: Secret): Sealed {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const kek = ring.current();
  const random = randomBytes;
  const sealedKey = sealUnder(kek.key, dataKey, { purpose: keyPurpose(subject.id), random });
  const purpose = secretPurpose(subject);
  const sealed = sealUnder(createSecretKey(dataKey), Buffer.from(JSON.stringify(secret)), {
    purpose,
    random,
  });
  dataKey.fill(0);
  return { kek: kek.id, sealedKey, sealed };
}

/** Throws Fault `vault_key_wrong`, `unsealable`. */
export function openSecret(ring: KeyRing, subject: Subject, of: Sealed): Secret {
  const dataKey = unsealUnder(ring.named(of.kek).key, of.sealedKey, keyPurpose(subject.id));
  const text = unsealUnder(createSecretKey(dataKey), of.sealed, secretPurpose(subject)).toString("utf8");
  dataKey.fill(0);
  const value: unknown = JSON.parse(text);
  if (isSecret(value)) return value;
  throw new Fault("bug", "what was sealed is not a secret", "Report this.");
}

/** The same data key, under the key that is in force now. */
export function rewrap(ring: KeyRing, row: RewrapRow): RewrapRow {
  const purpose = keyPurpose(row.id);
  const dataKey = unsealUnder(ring.named(row.kek).key, row.sealedKey, purpose);
  const kek = ring.current();
  const sealedKey = sealUnder(kek.key, dataKey, { purpose, random: randomBytes });
  dataKey.fill(0);
  return { id: row.id, kek: kek.id, sealedKey };
}

/** INVARIANT: sealed bytes open only for the credential and version that they were sealed for. */
const keyPurpose = (id: string): string => `vault:key:${id}`;
const secretPurpose = ({ id, version }: Subject): string => `vault:secret:${id}:${version}`;

function isSecret(value: unknown): value is Secret {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((part) => typeof part === "string")
  );
}
