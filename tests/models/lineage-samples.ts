import { bytesIn, type Fingerprint, fingerprintFrom } from "#models";
import { rounded } from "../../conformance/models/changes.ts";
import { fingerprintIn } from "../../conformance/models/files.ts";
import { type Network, type Size, trainedLike } from "../../conformance/models/network.ts";

/** A small network of our own generator, and what is kept of its file. */
export const SIZE: Size = {
  name: "small",
  width: 256,
  layers: 4,
  feedForward: 512,
  keyValue: 64,
  vocabulary: 1_024,
};
export const BASE: Network = rounded(trainedLike(SIZE, 1));
export const PRINT = fingerprintIn(BASE, "BF16");

/** The fingerprint of files by their names. */
export function printOfFiles(files: Readonly<Record<string, Uint8Array>>): Fingerprint {
  const read = fingerprintFrom(
    Object.entries(files).map(([name, bytes]) => ({ name, source: bytesIn(bytes) })),
  );
  if (!read.ok) throw new Error(read.malformed.what);
  return read.print;
}
