import { Fault } from "#base";
import type { KeySource, KeyState } from "../messages.ts";
import { keyCommand } from "./command.ts";
import { keyMissing, keyWrong } from "./faults.ts";
import { keyFile } from "./file.ts";
import { keychain } from "./keychain.ts";
import { type KeyPlace, newKey, type RingKey, stateOf } from "./ring.ts";

/** The keys that this process holds. */
export interface KeyRing {
  readonly state: () => KeyState;
  readonly current: () => RingKey;
  /** Throws Fault `vault_key_wrong`. */
  readonly named: (id: string) => RingKey;
  /** Makes a new one beside the old, durably; it is current at once. */
  readonly turn: () => Promise<KeyState>;
  /** Keeps this one alone; answers what the database is to keep of it. */
  readonly settle: (id: string) => Promise<KeyState>;
}

/** Reads the keys, or makes the first. `known`: what the database says is in force. */
export async function openRing(source: KeySource, known: KeyState | null): Promise<KeyRing> {
  const place = placeOf(source);
  const loaded = await place.load(known?.wrapped ?? null);
  if (loaded === null && known !== null) throw keyMissing(place.where);
  let keys = loaded ?? [newKey()];
  let wrapped = known?.wrapped ?? null;
  if (loaded === null) wrapped = await place.save(keys);
  const find = (id: string): RingKey => {
    const key = keys.find((one) => one.id === id);
    if (key !== undefined) return key;
    throw keyWrong(place.where);
  };
  let current = known === null ? newest(keys) : find(known.kek);
  return {
    state: () => stateOf(current, wrapped),
    current: () => current,
    named: find,
    turn: async () => {
      // A rotation that was broken off goes on with its key: dropping any could strand what is sealed under it.
      const begun = keys.length > 1 ? newest(keys) : null;
      const next = begun === null || begun.id === current.id ? newKey() : begun;
      if (next !== begun) {
        const more = [...keys, next];
        wrapped = await place.save(more);
        keys = more;
      }
      current = next;
      return stateOf(next, wrapped);
    },
    settle: async (id) => {
      const only = find(id);
      wrapped = await place.save([only]);
      keys = [only];
      current = only;
      return stateOf(only, wrapped);
    },
  };
}

function newest(keys: readonly RingKey[]): RingKey {
  const key = keys.at(-1);
  if (key !== undefined) return key;
  throw new Fault("bug", "a key ring without a key", "Report this.");
}

function placeOf(source: KeySource): KeyPlace {
  if (source.kind === "file") return keyFile(source.path);
  if (source.kind === "keychain") return keychain(source.service);
  return keyCommand(source.command);
}
