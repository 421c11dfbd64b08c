import { createSecretKey, type KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Ambient } from "#base";
import { type Keys, sealUnder, unsealUnder } from "#keys";
import { type PayloadDraft, SALT_BYTES } from "#ledger";
import { PAYLOADS_PER_ENTRY_MAX, PERSON_KEYS_MAX } from "./limits.ts";

const KEY_BYTES = 32;

/** What lies behind a commitment: `SHA-256(salt || bytes)`. */
export interface Opening {
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface Payloads {
  /** Within a transaction. Makes the persons' keys on first use. */
  readonly keep: (index: number, payloads: readonly PayloadDraft[], at: number) => void;
  /** Null when there is none, or it was destroyed. Throws Fault `unsealable`. */
  readonly open: (index: number, name: string) => Opening | null;
  /** Bytes that belong to no entry, sealed as payloads are. Makes the person's key on first use. */
  readonly seal: (person: string, purpose: string, bytes: Uint8Array) => Uint8Array;
  /** Null when the person's key was destroyed. Throws Fault `unsealable`. */
  readonly unseal: (person: string, purpose: string, sealed: Uint8Array) => Uint8Array | null;
  /** Within a transaction: the key goes, and with it every payload under it. */
  readonly forget: (person: string) => void;
  /** After any rollback: a key made in it does not exist. */
  readonly distrustCache: () => void;
}

/**
 * Payloads lie apart from the entries, salt included, each sealed under its person's key, which is sealed under the
 * installation's data key. Destroying the person's key destroys them in every copy of the database too (T23).
 */
export function openPayloads(database: DatabaseSync, keys: Keys, ambient: Ambient): Payloads {
  // A deleted key is overwritten, not only unlinked.
  database.exec("PRAGMA secure_delete = ON");
  const selectKey = database.prepare("SELECT sealed FROM person_keys WHERE person = ?");
  const insertKey = database.prepare("INSERT INTO person_keys (person, sealed, created_at) VALUES (?, ?, ?)");
  const deleteKey = database.prepare("DELETE FROM person_keys WHERE person = ?");
  const insert = database.prepare("INSERT INTO payloads (place, name, person, sealed) VALUES (?, ?, ?, ?)");
  const select = database.prepare(
    "SELECT person, sealed FROM payloads WHERE place BETWEEN ? AND ? AND name = ?",
  );
  const deleteAll = database.prepare("DELETE FROM payloads WHERE person = ?");
  const cache = new Map<string, KeyObject>();

  const known = (person: string): KeyObject | null => {
    const cached = cache.get(person);
    if (cached !== undefined) return cached;
    const sealed = selectKey.get(person)?.["sealed"];
    if (!(sealed instanceof Uint8Array)) return null;
    return remember(cache, person, keys.unseal(sealed, keyPurpose(person)));
  };
  const make = (person: string, at: number): KeyObject => {
    const key = ambient.random(KEY_BYTES);
    insertKey.run(person, keys.seal(key, keyPurpose(person)), at);
    return remember(cache, person, key);
  };
  return {
    keep: (index, payloads, at) => {
      let place = placeOf(index);
      for (const { name, person, salt, bytes } of payloads) {
        const key = known(person) ?? make(person, at);
        const sealing = { purpose: payloadPurpose(index, name), random: ambient.random };
        insert.run(place, name, person, sealUnder(key, Buffer.concat([salt, bytes]), sealing));
        place += 1;
      }
    },
    open: (index, name) => {
      const row = select.get(placeOf(index), placeOf(index + 1) - 1, name);
      if (row === undefined) return null;
      const key = known(String(row["person"]));
      if (key === null || !(row["sealed"] instanceof Uint8Array)) return null;
      const clear = unsealUnder(key, row["sealed"], payloadPurpose(index, name));
      return { salt: clear.subarray(0, SALT_BYTES), bytes: clear.subarray(SALT_BYTES) };
    },
    seal: (person, purpose, bytes) => {
      const key = known(person) ?? make(person, ambient.now());
      return sealUnder(key, bytes, { purpose, random: ambient.random });
    },
    unseal: (person, purpose, sealed) => {
      const key = known(person);
      return key === null ? null : unsealUnder(key, sealed, purpose);
    },
    forget: (person) => {
      deleteAll.run(person);
      deleteKey.run(person);
      cache.delete(person);
    },
    distrustCache: () => cache.clear(),
  };
}

/** Where an entry's payloads begin: see `payloads` in the schema. */
function placeOf(index: number): number {
  return index * PAYLOADS_PER_ENTRY_MAX;
}

function remember(cache: Map<string, KeyObject>, person: string, bytes: Uint8Array): KeyObject {
  const key = createSecretKey(bytes);
  if (cache.size >= PERSON_KEYS_MAX) cache.clear();
  cache.set(person, key);
  return key;
}

/** Sealed bytes name their place, so a row moved to another entry or person does not open. */
function keyPurpose(person: string): string {
  return `person-key:${person}`;
}

function payloadPurpose(index: number, name: string): string {
  return `payload:${index}:${name}`;
}
