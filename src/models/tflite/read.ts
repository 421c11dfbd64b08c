import { type ByteSource, malformed } from "../bytes.ts";
import { peek } from "../containers/archive.ts";
import { type FlatBuffer, flatBufferOn, type Table } from "../flatbuffer/table.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";

// Fields by tensorflow/lite/schema/schema.fbs of tensorflow/tensorflow, in the order of their tables.

export interface TfliteFacts {
  readonly version: number;
  readonly description: string;
  /** Of operations that TensorFlow Lite does not have itself: by which code is looked for. */
  readonly custom: readonly string[];
  /** How many kinds of operations there are. */
  readonly operations: number;
  readonly graphs: number;
  readonly tensors: number;
  /** Elements of the tensors whose data is in the file. */
  readonly parameters: number;
  readonly types: readonly { readonly type: string; readonly elements: number }[];
  /** Names of what stands in its metadata. */
  readonly metadata: readonly string[];
  /** Buffers whose data would lie outside of the file, or inside of its tables. */
  readonly outside: readonly { readonly at: number; readonly bytes: number }[];
}

const [CODES_MAX, GRAPHS_MAX, TENSORS_MAX, BUFFERS_MAX] = [4_096, 4_096, 500_000, 1_000_000];
const DIMENSIONS_MAX = 64;
const CUSTOM = 32;
/** `TensorType`. */
const TYPES = [
  "F32",
  "F16",
  "I32",
  "U8",
  "I64",
  "TEXT",
  "BOOL",
  "I16",
  "C64",
  "I8",
  "F64",
  "C128",
  "U64",
  "RESOURCE",
  "VARIANT",
  "U32",
  "U16",
  "I4",
  "BF16",
  "I2",
];

/** Reads a model of TensorFlow Lite: which operations it needs, what its tensors are, and whether all of it is in the file. */
export function readTflite(source: ByteSource): Outcome<TfliteFacts> {
  return outcomeOf(() => {
    if (peek(source, 4, 4).toString("latin1") !== "TFL3")
      throw malformed("it is no model of TensorFlow Lite", 4);
    const file = flatBufferOn(source);
    const { root } = file;
    const codes = file.tables(root, 1, CODES_MAX);
    const buffers = file.tables(root, 4, BUFFERS_MAX);
    const outside = buffers.flatMap((buffer) => placeOf(file, buffer, source.size));
    const graphs = file.tables(root, 2, GRAPHS_MAX);
    const counted = countedIn(file, graphs, buffers);
    return {
      version: file.u32(root, 0),
      description: file.text(root, 3),
      custom: [...new Set(codes.flatMap((code) => customOf(file, code)))],
      operations: codes.length,
      graphs: graphs.length,
      ...counted,
      metadata: file.tables(root, 6, CODES_MAX).map((one) => file.text(one, 0)),
      outside,
    };
  });
}

/** `builtin_code` took over from a field of one byte, which older readers look at still. */
function customOf(file: FlatBuffer, code: Table): readonly string[] {
  const name = file.text(code, 1);
  const isCustom = file.u8(code, 0) === CUSTOM || file.i32(code, 3) === CUSTOM;
  return isCustom || name !== "" ? [name] : [];
}

/** Of models beyond 2 GiB the data is behind the tables, by an offset and a size. */
function placeOf(file: FlatBuffer, buffer: Table, size: number): TfliteFacts["outside"] {
  file.vector(buffer, 0, 1);
  const [at, bytes] = [file.u64(buffer, 1), file.u64(buffer, 2)];
  if (at === null || bytes === null) return [{ at: size, bytes: 0 }];
  // 1 stands for "behind the tables, not known yet", as writers leave it.
  return at > 1 && at + bytes > size ? [{ at, bytes }] : [];
}

function countedIn(file: FlatBuffer, graphs: readonly Table[], buffers: readonly Table[]) {
  const types = new Map<string, number>();
  let [tensors, parameters] = [0, 0];
  for (const graph of graphs) {
    for (const tensor of file.tables(graph, 0, TENSORS_MAX)) {
      tensors += 1;
      if (tensors > TENSORS_MAX) throw malformed(`it has more than ${TENSORS_MAX} tensors`, tensor.at);
      const buffer = buffers[file.u32(tensor, 2)];
      if (buffer === undefined || !hasData(file, buffer)) continue;
      const shape = file.integers(tensor, 0, DIMENSIONS_MAX);
      const elements = shape.reduce((product, size) => product * size, 1);
      if (!Number.isSafeInteger(elements) || elements < 0) throw malformed("a shape is none", tensor.at);
      const type = TYPES[file.u8(tensor, 1)] ?? "unknown";
      types.set(type, (types.get(type) ?? 0) + elements);
      parameters += elements;
    }
  }
  const sorted = [...types].map(([type, elements]) => ({ type, elements }));
  return { tensors, parameters, types: sorted.toSorted((one, other) => other.elements - one.elements) };
}

function hasData(file: FlatBuffer, buffer: Table): boolean {
  return (file.vector(buffer, 0, 1)?.count ?? 0) > 0 || (file.u64(buffer, 1) ?? 0) > 1;
}
