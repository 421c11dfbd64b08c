import { type ByteSource, malformed } from "../bytes.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { eachIn, type Message, type Wire, type WireField, wireOn } from "../protobuf/wire.ts";
import { ONNX_TYPES } from "./types.table.ts";

// Numbers of fields: onnx/onnx.proto of onnx/onnx (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, FunctionProto).

/** Of one kind: an operation as `domain` and `name`, how often it stands, and where first. */
export interface OnnxOperation {
  readonly domain: string;
  readonly name: string;
  readonly count: number;
  readonly at: number;
}

/** What a tensor says of the file that its data is in. */
export interface OnnxExternal {
  readonly tensor: string;
  /** `location`, `offset`, `length`, `checksum`, `basepath`: as they stand. */
  readonly entries: readonly (readonly [string, string])[];
  readonly at: number;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: string | null;
  readonly elements: number;
  /** Bytes of data in the file; 0 for what is elsewhere. */
  readonly bytes: number;
}

/** A text in an attribute of an operation of a domain that is not ONNX's: `script`, `code`. */
export interface OnnxAttribute {
  readonly operation: string;
  readonly name: string;
  readonly text: string;
  readonly at: number;
}

export interface OnnxFacts {
  readonly irVersion: number | null;
  readonly producer: string | null;
  readonly graph: string | null;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: readonly (readonly [string, string])[];
  readonly nodes: number;
  readonly operations: readonly OnnxOperation[];
  readonly functions: readonly { readonly domain: string; readonly name: string }[];
  readonly initializers: number;
  readonly tensors: readonly OnnxTensor[];
  /** Elements of all initializers. */
  readonly parameters: number;
  readonly external: readonly OnnxExternal[];
  readonly attributes: readonly OnnxAttribute[];
  /** What is left out of the lists above, since they are full. */
  readonly cut: readonly string[];
  readonly trains: boolean;
}

/** protobuf's own bound (CodedInputStream, "recursion limit"): deeper files are refused by every loader. */
const DEPTH_MAX = 100;
const OPERATIONS_MAX = 5_000;
const LISTED_MAX = 10_000;
const TENSORS_MAX = 200_000;
const DIMENSIONS_MAX = 64;
const ATTRIBUTE_BYTES_MAX = 8_192;

interface Reading {
  readonly wire: Wire;
  irVersion: number | null;
  producer: string | null;
  graph: string | null;
  readonly opsets: { domain: string; version: number }[];
  readonly metadata: [string, string][];
  graphs: number;
  nodes: number;
  readonly operations: Map<string, { domain: string; name: string; count: number; at: number }>;
  readonly functions: { domain: string; name: string }[];
  readonly tensors: OnnxTensor[];
  initializers: number;
  parameters: number;
  readonly external: OnnxExternal[];
  readonly attributes: OnnxAttribute[];
  readonly cut: Set<string>;
  trains: boolean;
}

/**
 * Reads an ONNX model: what its graphs do, at every depth, what its tensors are and in which files their data is. Every message of
 * a field that comes twice is read, since loaders merge them. No tensor's data is read.
 */
export function readOnnx(source: ByteSource): Outcome<OnnxFacts> {
  return outcomeOf(() => {
    const reading: Reading = {
      wire: wireOn(source),
      irVersion: null,
      producer: null,
      graph: null,
      opsets: [],
      metadata: [],
      graphs: 0,
      nodes: 0,
      operations: new Map(),
      functions: [],
      tensors: [],
      initializers: 0,
      parameters: 0,
      external: [],
      attributes: [],
      cut: new Set(),
      trains: false,
    };
    model(reading, reading.wire.whole);
    if (reading.graphs === 0) throw malformed("it is no model of ONNX: it has no graph", 0);
    const { wire: _, graphs: __, operations, cut, ...facts } = reading;
    return { ...facts, operations: [...operations.values()], cut: [...cut] };
  });
}

function keep<Item>(reading: Reading, list: Item[], item: Item, what: string): void {
  if (list.length < LISTED_MAX) list.push(item);
  else reading.cut.add(what);
}

function model(reading: Reading, message: Message): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.number === 1 && field.type === 0) reading.irVersion = field.value;
    if (field.type !== 2) continue;
    if (field.number === 2) reading.producer = wire.text(field);
    if (field.number === 7) graph(reading, field, 1);
    if (field.number === 8) keep(reading, reading.opsets, opset(wire, field), "opsets");
    if (field.number === 14) keep(reading, reading.metadata, entry(wire, field), "metadata");
    if (field.number === 20) training(reading, field);
    if (field.number === 25) functionOf(reading, field);
  }
}

function opset(wire: Wire, message: Message): { domain: string; version: number } {
  const found = { domain: "", version: 0 };
  for (const field of wire.fields(message)) {
    if (field.number === 1 && field.type === 2) found.domain = wire.text(field);
    if (field.number === 2 && field.type === 0) found.version = field.value;
  }
  return found;
}

/** A `StringStringEntryProto`. */
function entry(wire: Wire, message: Message): [string, string] {
  const found: [string, string] = ["", ""];
  for (const field of wire.fields(message)) {
    if (field.type === 2 && (field.number === 1 || field.number === 2))
      found[field.number - 1] = wire.text(field);
  }
  return found;
}

function training(reading: Reading, message: Message): void {
  reading.trains = true;
  for (const field of reading.wire.fields(message)) {
    if (field.type === 2 && (field.number === 1 || field.number === 2)) graph(reading, field, 2);
  }
}

function functionOf(reading: Reading, message: Message): void {
  const { wire } = reading;
  const found = { domain: "", name: "" };
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) found.name = wire.text(field);
    if (field.number === 10) found.domain = wire.text(field);
    if (field.number === 7) node(reading, field, 2);
    if (field.number === 11) attribute(reading, field, { depth: 3, operation: null });
  }
  keep(reading, reading.functions, found, "functions");
}

function graph(reading: Reading, message: Message, depth: number): void {
  if (depth > DEPTH_MAX) throw malformed(`its graphs nest deeper than ${DEPTH_MAX}`, message.at);
  const { wire } = reading;
  reading.graphs += 1;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) node(reading, field, depth + 1);
    if (field.number === 2 && depth === 1) reading.graph = wire.text(field);
    if (field.number === 5) initializer(reading, field);
    if (field.number === 15) sparse(reading, field);
    if (field.number === 16) keep(reading, reading.metadata, entry(wire, field), "metadata");
  }
}

function node(reading: Reading, message: Message, depth: number): void {
  const { wire } = reading;
  const found = { domain: "", name: "" };
  const attributes: WireField[] = [];
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 4) found.name = wire.text(field, 256);
    if (field.number === 7) found.domain = wire.text(field, 256);
    if (field.number === 5) attributes.push(field);
  }
  reading.nodes += 1;
  const key = `${found.domain}\n${found.name}`;
  const known = reading.operations.get(key);
  if (known !== undefined) known.count += 1;
  else if (reading.operations.size < OPERATIONS_MAX)
    reading.operations.set(key, { ...found, count: 1, at: message.at });
  else reading.cut.add("operations");
  const isOwn = found.domain === "" || found.domain === "ai.onnx";
  const operation = isOwn ? null : `${found.domain}::${found.name}`;
  for (const one of attributes) attribute(reading, one, { depth: depth + 1, operation });
}

interface Place {
  readonly depth: number;
  /** Null where the texts of attributes do not matter: the operation is one of ONNX's own. */
  readonly operation: string | null;
}

function attribute(reading: Reading, message: Message, place: Place): void {
  const { wire } = reading;
  let name = "";
  const texts: WireField[] = [];
  const onText = (field: WireField): number => texts.push(field);
  const onTensor = (field: WireField): OnnxTensor => tensor(reading, field);
  const onGraph = (field: WireField): void => graph(reading, field, place.depth + 1);
  const onSparse = (field: WireField): void => sparse(reading, field);
  eachIn(wire, message, {
    1: (field) => (name = wire.text(field, 256)),
    4: onText,
    9: onText,
    5: onTensor,
    10: onTensor,
    6: onGraph,
    11: onGraph,
    22: onSparse,
    23: onSparse,
  });
  if (place.operation === null) return;
  for (const text of texts) {
    const one = {
      operation: place.operation,
      name,
      text: wire.text(text, ATTRIBUTE_BYTES_MAX),
      at: text.at,
    };
    keep(reading, reading.attributes, one, "attributes");
  }
}

function sparse(reading: Reading, message: Message): void {
  for (const field of reading.wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) initializer(reading, field);
    if (field.number === 2) tensor(reading, field);
  }
}

function initializer(reading: Reading, message: Message): void {
  const found = tensor(reading, message);
  reading.initializers += 1;
  reading.parameters += found.elements;
  if (reading.tensors.length < TENSORS_MAX) reading.tensors.push(found);
  else reading.cut.add("tensors");
}

/** `dims` = 1, `data_type` = 2, the data in one of 4 to 7 and 9 to 11, `name` = 8, `external_data` = 13. */
function tensor(reading: Reading, message: Message): OnnxTensor {
  const { wire } = reading;
  let [name, type, bytes]: [string, string | null, number] = ["", null, 0];
  const shape: number[] = [];
  const entries: [string, string][] = [];
  for (const field of wire.fields(message)) {
    if (field.number === 1) shape.push(...wire.varints(field, DIMENSIONS_MAX));
    else if (field.number === 2) type = ONNX_TYPES.get(field.value) ?? null;
    else if (DATA.has(field.number)) bytes += field.end - field.at;
    if (shape.length > DIMENSIONS_MAX) throw malformed("a tensor has too many dimensions", message.at);
  }
  eachIn(wire, message, {
    8: (field) => (name = wire.text(field, 512)),
    13: (field) => {
      entries.push(entry(wire, field));
      if (entries.length > DIMENSIONS_MAX)
        throw malformed("a tensor says too much of where its data is", field.at);
    },
  });
  const found = { name, type, elements: elementsOf(shape, message.at), bytes };
  if (entries.length > 0)
    keep(reading, reading.external, { tensor: found.name, entries, at: message.at }, "external");
  return found;
}

function elementsOf(shape: readonly number[], at: number): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(elements) || elements < 0)
    throw malformed("a tensor claims a shape that is none", at);
  return elements;
}

const DATA: ReadonlySet<number> = new Set([4, 5, 6, 7, 9, 10, 11]);
