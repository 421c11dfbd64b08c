import { createHash } from "node:crypto";
import type { Digest } from "#base";

const BUFFER_BYTES = 65_536;

/** Takes a list's items one after the other and keeps none. */
export interface ItemDigest {
  /** A text: its length as 8 bytes, lowest first, then its bytes. */
  readonly text: (bytes: Uint8Array) => void;
  /** Numbers as they lie in memory, lowest byte first. */
  readonly raw: (bytes: Uint8Array) => void;
  readonly end: () => Digest;
}

/**
 * SHA-256 over the items of a list, in their order, the same whatever container they lay in: how the tokens of a GGUF and of a
 * `tokenizer.json` are compared. The bytes are defined in docs/formats/models.md.
 */
export function itemDigest(): ItemDigest {
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(BUFFER_BYTES);
  let filled = 0;
  const flush = (): void => {
    hash.update(buffer.subarray(0, filled));
    filled = 0;
  };
  const raw = (bytes: Uint8Array): void => {
    if (bytes.length > BUFFER_BYTES - filled) flush();
    if (bytes.length > BUFFER_BYTES) {
      hash.update(bytes);
      return;
    }
    buffer.set(bytes, filled);
    filled += bytes.length;
  };
  const length = Buffer.alloc(8);
  return {
    raw,
    text: (bytes) => {
      length.writeUInt32LE(bytes.length, 0);
      raw(length);
      raw(bytes);
    },
    end: () => {
      flush();
      return `sha256:${hash.digest("hex")}`;
    },
  };
}
