import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { KeyState } from "../messages.ts";
import { keyUnreadable } from "./faults.ts";

const KEY_BYTES = 32;
const ID_CHARS = 16;
/** The one in force, the one before it while a rotation is under way, and room for a rotation that was broken off. */
const KEYS_MAX = 4;

/** One key-encryption key. It never leaves the vault's process but to where it is kept. */
export interface RingKey {
  readonly id: string;
  readonly bytes: Buffer;
  readonly key: KeyObject;
}

/** Where key-encryption keys are kept. */
export interface KeyPlace {
  /** In words, for faults. */
  readonly where: string;
  /** Null: nothing is kept there yet. */
  readonly load: (wrapped: Uint8Array | null) => Promise<readonly RingKey[] | null>;
  /** Keeps exactly these, durably; answers what the database keeps of them (a wrapping command), else null. */
  readonly save: (keys: readonly RingKey[]) => Promise<Uint8Array | null>;
}

export function newKey(): RingKey {
  return ringKey(randomBytes(KEY_BYTES));
}

export function ringKey(bytes: Buffer): RingKey {
  const id = createHash("sha256")
    .update("doorward vault key\n")
    .update(bytes)
    .digest("hex")
    .slice(0, ID_CHARS);
  return { id, bytes, key: createSecretKey(bytes) };
}

export function stateOf(key: RingKey, wrapped: Uint8Array | null): KeyState {
  return { kek: key.id, wrapped };
}

/** One line each: the key in base64. */
export function textOf(keys: readonly RingKey[]): string {
  return keys.map(({ bytes }) => `${bytes.toString("base64")}\n`).join("");
}

/** Throws Fault `vault_key_unreadable`. */
export function keysIn(text: string, where: string): readonly RingKey[] {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length === 0 || lines.length > KEYS_MAX)
    throw keyUnreadable(where, "it holds no key, or too many");
  return lines.map((line) => {
    const bytes = Buffer.from(line, "base64");
    if (bytes.length !== KEY_BYTES || bytes.toString("base64") !== line)
      throw keyUnreadable(where, "a line of it is not 32 bytes in base64");
    return ringKey(bytes);
  });
}
