import { READ_BYTES_MAX } from "../../bytes.ts";
import { type Decoder, DECODERS } from "./decoders.table.ts";
import type { WeightTensor } from "./tensors.ts";

/** The widest known models have some ten thousands. */
const COLUMNS_MAX = 262_144;

/**
 * One row of a tensor as numbers, or null where it can't be had: an unknown type, a row of no whole number of blocks, bytes that are not
 * there, numbers with the highest byte first in blocks. What is no number stays one that isn't.
 */
export function rowOf(tensor: WeightTensor, row: number): Float32Array | null {
  const decoder = DECODERS.get(tensor.type);
  const bytes = decoder === undefined ? null : bytesOf(tensor, row, decoder);
  if (decoder === undefined || bytes === null) return null;
  const out = new Float32Array(tensor.columns);
  for (let n = 0; n * decoder.elements < tensor.columns; n += 1)
    decoder.decode({ bytes, at: n * decoder.bytes, out, to: n * decoder.elements });
  return tensor.offset === 0 ? out : out.map((value) => value + tensor.offset);
}

function bytesOf(tensor: WeightTensor, row: number, decoder: Decoder): DataView | null {
  const { columns, littleEndian } = tensor;
  const isWhole = columns > 0 && columns <= COLUMNS_MAX && columns % decoder.elements === 0;
  if (!littleEndian || !isWhole || row < 0 || row >= tensor.rows) return null;
  const size = (columns / decoder.elements) * decoder.bytes;
  const within = row * size;
  if (size > READ_BYTES_MAX || within + size > tensor.bytes) return null;
  const read = tensor.source.read(tensor.at + within, size);
  return read.length < size ? null : new DataView(read.buffer, read.byteOffset, size);
}
