import { Fault } from "#base";
import { TILE_WIDTH } from "./tile-path.ts";

/** An entry's length is a uint16 in its bundle (C2SP tlog-tiles). */
export const ENTRY_BYTES_MAX = 65_535;

const LENGTH_BYTES = 2;

/** Entries as an entry bundle keeps them: each a big-endian uint16 length and its bytes. Throws `entry_too_large`. */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry]));
}

function lengthOf(entry: Uint8Array): Buffer {
  if (entry.length > ENTRY_BYTES_MAX) {
    throw new Fault(
      "entry_too_large",
      `a log entry has ${entry.length} bytes; at most ${ENTRY_BYTES_MAX} fit`,
      "Keep payloads out of the entry: log a commitment to them.",
    );
  }
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt16BE(entry.length);
  return length;
}

/** The inverse of `encodeBundle`; entries are views. Throws `bundle_malformed` on a cut or overfull bundle. */
export function decodeBundle(bundle: Uint8Array): Buffer[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + LENGTH_BYTES;
    if (start > bytes.length) throw malformed("ends inside a length");
    const end = start + bytes.readUInt16BE(at);
    if (end > bytes.length) throw malformed(`ends inside entry ${entries.length}`);
    if (entries.length === TILE_WIDTH) throw malformed(`holds more than ${TILE_WIDTH} entries`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return entries;
}

function malformed(how: string): Fault {
  return new Fault(
    "bundle_malformed",
    `the entry bundle ${how}`,
    "Restore the log directory from a copy; run doorward-verify log to find every damaged file.",
  );
}
