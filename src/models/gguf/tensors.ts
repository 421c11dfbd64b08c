import { malformed } from "../bytes.ts";
import { shown } from "../oddity.ts";
import { GGML_TYPES } from "./types.table.ts";
import { countIn, type GgufReading, nameIn } from "./value.ts";

/** The most tensors of a file; the largest known models have some ten thousands. */
export const TENSORS_MAX = 131_072;
/** ggml's GGML_MAX_DIMS. */
const DIMENSIONS_MAX = 4;
const NAME_BYTES_MAX = 4_096;
/** docs/gguf.md: at most 64 bytes. */
const NAME_BYTES_ALLOWED = 64;
const ELEMENTS_MAX = Number.MAX_SAFE_INTEGER;

/** What the file says of a tensor. */
export interface TensorInfo {
  readonly name: string;
  /** The innermost first. */
  readonly dimensions: readonly number[];
  readonly elements: number;
  /** The number of its type in the file, and that type's name; null where ggml has none of that number. */
  readonly typeCode: number;
  readonly type: string | null;
  /** How many bytes it takes; null where its type is unknown. */
  readonly bytes: number | null;
  /** From the start of the data. */
  readonly offset: bigint;
  /** The byte at which this was said. */
  readonly at: number;
}

export function tensorsIn(reading: GgufReading, tensors: number): readonly TensorInfo[] {
  const names = new Set<string>();
  const infos: TensorInfo[] = [];
  for (let n = 0; n < tensors; n += 1) {
    const info = tensorIn(reading);
    if (names.has(info.name))
      reading.oddities.add("gguf-tensor-twice", `two tensors have the name ${shown(info.name)}`, info.at);
    names.add(info.name);
    infos.push(info);
  }
  return infos;
}

function tensorIn(reading: GgufReading): TensorInfo {
  const { cursor, oddities } = reading;
  const at = cursor.at();
  const name = nameIn(reading, "a tensor's name", NAME_BYTES_MAX);
  if (Buffer.byteLength(name) > NAME_BYTES_ALLOWED)
    oddities.add("gguf-name", `the tensor's name ${shown(name)} has more than 64 bytes`, at);
  const dimensions = dimensionsIn(reading, name);
  const elements = dimensions.reduce((product, dimension) => product * dimension, 1);
  if (elements > ELEMENTS_MAX)
    throw malformed(`the tensor ${shown(name)} claims ${dimensions.join(" x ")} elements`, at);
  const typeCode = cursor.u32();
  const type = GGML_TYPES.get(typeCode);
  if (type === undefined)
    oddities.add("gguf-type", `the tensor ${shown(name)} has type ${typeCode}, which ggml does not have`, at);
  else if ((dimensions[0] ?? 1) % type.elements !== 0)
    oddities.add(
      "gguf-block",
      `a row of ${shown(name)} has ${dimensions[0] ?? 1} elements, no multiple of ${type.name}'s ${type.elements}`,
      at,
    );
  const bytes = type === undefined ? null : Math.ceil(elements / type.elements) * type.bytes;
  return { name, dimensions, elements, typeCode, type: type?.name ?? null, bytes, offset: cursor.u64(), at };
}

function dimensionsIn(reading: GgufReading, name: string): readonly number[] {
  const at = reading.cursor.at();
  const count = reading.cursor.u32();
  if (count > DIMENSIONS_MAX)
    throw malformed(`the tensor ${shown(name)} has ${count} dimensions, of ${DIMENSIONS_MAX} at most`, at);
  return Array.from({ length: count }, () => countIn(reading, `a dimension of ${shown(name)}`, ELEMENTS_MAX));
}

export function tensorCountIn(reading: GgufReading): number {
  return countIn(reading, "the number of tensors", TENSORS_MAX);
}
