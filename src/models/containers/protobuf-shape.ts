import { Fault } from "#base";
import type { ByteSource } from "../bytes.ts";
import { type Message, type Wire, type WireField, wireOn } from "../protobuf/wire.ts";

// Whether bytes are one of the protocol buffers that models are written in: they have no magic of their own. Numbers of fields:
// onnx/onnx.proto (ModelProto), tensorflow/core/protobuf/saved_model.proto, tensorflow/core/framework/graph.proto,
// coremltools' Model.proto, sentencepiece's sentencepiece_model.proto.

export type ProtobufShape = "onnx" | "savedmodel" | "graphdef" | "metagraph" | "coreml" | "sentencepiece";

/** At the top of a file: graphs have a field for each operation, vocabularies one for each token. */
const FIELDS_MAX = 1_000_000;
const SAMPLE = 64;
/** Below any of them: what is shorter says too little. */
const BYTES_MIN = 4;

interface Top {
  /** The first of each number, with its wire type. */
  readonly first: ReadonlyMap<string, WireField>;
  readonly numbers: ReadonlySet<number>;
}

/**
 * Which of them a file may be, by the fields that each must have. The whole file is walked, over lengths alone: bytes that are no
 * message do not end where the last of its fields does.
 */
export function protobufShape(source: ByteSource): ProtobufShape | null {
  if (source.size < BYTES_MIN) return null;
  const wire = wireOn(source);
  const top = attempted(() => topOf(wire, wire.whole, FIELDS_MAX));
  if (top === null || top.first.size < 1) return null;
  return SHAPES.find(([, is]) => attempted(() => is(wire, top)) === true)?.[0] ?? null;
}

function attempted<Value>(act: () => Value): Value | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof Fault && error.code === "model_malformed") return null;
    throw error;
  }
}

function topOf(wire: Wire, message: Message, max: number): Top {
  const first = new Map<string, WireField>();
  const numbers = new Set<number>();
  let seen = 0;
  for (const field of wire.fields(message)) {
    seen += 1;
    if (seen > max) break;
    numbers.add(field.number);
    const key = `${field.number} ${field.type}`;
    if (!first.has(key)) first.set(key, field);
  }
  return { first, numbers };
}

const inside = (wire: Wire, { first }: Top, key: string): Top | null => {
  const field = first.get(key);
  return field === undefined ? null : topOf(wire, field, SAMPLE);
};

/** A `NodeDef`: its name and its operation are texts. */
function hasNodes(wire: Wire, graph: Top | null): boolean {
  const node = graph === null ? null : inside(wire, graph, "1 2");
  const op = node?.first.get("2 2");
  return node?.first.has("1 2") === true && op !== undefined && /^[\w>]{1,200}$/u.test(wire.text(op, 256));
}

function within({ numbers }: Top, max: number): boolean {
  return [...numbers].every((number) => number <= max);
}

const CORE_ML = /^\d+ 2$/u;

const SHAPES: readonly (readonly [ProtobufShape, (wire: Wire, top: Top) => boolean])[] = [
  [
    "coreml",
    (_, top) =>
      top.first.has("1 0") &&
      [...top.numbers].every((number) => number <= 10 || (number >= 200 && number <= 3000)) &&
      [...top.first.keys()].some((key) => CORE_ML.test(key) && Number.parseInt(key, 10) >= 200),
  ],
  ["onnx", (_, { first }) => first.has("7 2") && (first.has("1 0") || first.has("8 2"))],
  ["savedmodel", (_, top) => top.first.has("1 0") && top.first.has("2 2") && within(top, 2)],
  ["sentencepiece", (wire, top) => within(top, 5) && inside(wire, top, "1 2")?.first.has("2 5") === true],
  ["graphdef", (wire, top) => within(top, 5) && hasNodes(wire, top)],
  ["metagraph", (wire, top) => within(top, 7) && hasNodes(wire, inside(wire, top, "2 2"))],
];
