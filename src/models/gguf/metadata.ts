import { shown } from "../oddity.ts";
import { countIn, type GgufReading, type GgufValue, nameIn, typeIn, valueIn } from "./value.ts";

/** The most keys of a file; real ones have some dozens. */
export const KEYS_MAX = 65_536;
/** docs/gguf.md: at most 2^16-1 bytes. */
const KEY_BYTES_MAX = 65_535;
/** docs/gguf.md: ASCII, segments of lower_snake_case; real keys have digits, capitals and dashes in later segments too. */
const KEY = /^[a-z0-9_]+(?:\.[A-Za-z0-9_-]+)*$/;
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** Reads the keys and their values. Of a key that comes twice, the first counts; readers differ on that. */
export function metadataIn(reading: GgufReading, keys: number): GgufMetadata {
  const { cursor, oddities } = reading;
  const metadata = new Map<string, GgufValue>();
  for (let n = 0; n < keys; n += 1) {
    const at = cursor.at();
    const key = nameIn(reading, "a key", KEY_BYTES_MAX);
    if (!KEY.test(key)) oddities.add("gguf-key", `${shown(key)} is no key as the format has them`, at);
    const value = valueIn(reading, key, typeIn(reading, key));
    if (metadata.has(key)) oddities.add("gguf-key-twice", `the key ${shown(key)} comes twice`, at);
    else metadata.set(key, value);
  }
  return metadata;
}

export function keysIn(reading: GgufReading): number {
  return countIn(reading, "the number of keys", KEYS_MAX);
}
