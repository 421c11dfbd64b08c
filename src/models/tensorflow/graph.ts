import { type ByteSource, malformed } from "../bytes.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { type Message, type Wire, wireOn } from "../protobuf/wire.ts";

// Numbers of fields: tensorflow/core/protobuf/{saved_model,meta_graph}.proto, tensorflow/core/framework/{graph,node_def,attr_value,
// function,tensor,op_def}.proto of tensorflow/tensorflow.

/** Of one kind: how often it stands, where first, and in which function (null: in the graph itself). */
export interface TensorflowOperation {
  readonly name: string;
  readonly count: number;
  readonly at: number;
  readonly within: string | null;
  /** Texts in the attributes of those that are first. */
  readonly texts: readonly (readonly [string, string])[];
}

/** A text that stands in the graph as a constant. */
export interface TensorflowText {
  readonly node: string;
  readonly text: string;
  readonly at: number;
}

export interface TensorflowFacts {
  readonly shape: TensorflowShape;
  readonly schema: number | null;
  readonly version: string | null;
  readonly tags: readonly string[];
  readonly signatures: readonly string[];
  readonly assets: readonly string[];
  readonly nodes: number;
  /** The names of those in its library. */
  readonly functions: readonly string[];
  readonly operations: readonly TensorflowOperation[];
  readonly texts: readonly TensorflowText[];
  /** Elements of all constants that are numbers. */
  readonly constants: number;
  /** What is left out, since the list is full. */
  readonly cut: readonly string[];
}

/** Which message the file is: `saved_model.pb`, a graph (`frozen.pb`), or a graph with its surroundings (`.meta`). */
export type TensorflowShape = "saved-model" | "graph" | "meta-graph";

const OPERATIONS_MAX = 5_000;
const TEXTS_MAX = 2_000;
const TEXT_BYTES_MAX = 1_024;
const LISTED_MAX = 2_000;
const FUNCTIONS_MAX = 100_000;
/** Of functions' attributes in functions' attributes. */
const DEPTH_MAX = 32;
const DIMENSIONS_MAX = 64;
const OPERATION_TEXTS_MAX = 8;

interface Reading {
  readonly wire: Wire;
  schema: number | null;
  version: string | null;
  readonly tags: string[];
  readonly signatures: string[];
  readonly assets: string[];
  graphs: number;
  nodes: number;
  readonly functions: string[];
  readonly operations: Map<string, Mutable>;
  readonly texts: TensorflowText[];
  constants: number;
  readonly cut: Set<string>;
}

interface Mutable {
  readonly name: string;
  count: number;
  readonly at: number;
  readonly within: string | null;
  readonly texts: [string, string][];
}

/**
 * Reads a graph of TensorFlow: which operations stand in it and in its library of functions, with the texts that are constants
 * or attributes of them. Every message of a field that comes twice is read, since loaders merge them.
 */
export function readTensorflow(source: ByteSource, shape: TensorflowShape): Outcome<TensorflowFacts> {
  return outcomeOf(() => {
    const reading: Reading = {
      wire: wireOn(source),
      schema: null,
      version: null,
      tags: [],
      signatures: [],
      assets: [],
      graphs: 0,
      nodes: 0,
      functions: [],
      operations: new Map(),
      texts: [],
      constants: 0,
      cut: new Set(),
    };
    READERS[shape](reading, reading.wire.whole);
    if (reading.graphs === 0 || (shape === "graph" && reading.nodes + reading.functions.length === 0))
      throw malformed("it is no graph of TensorFlow: nothing stands in it", 0);
    const { wire: _, graphs: __, operations, cut, ...facts } = reading;
    return { ...facts, shape, operations: [...operations.values()], cut: [...cut] };
  });
}

const READERS: Readonly<Record<TensorflowShape, (reading: Reading, message: Message) => void>> = {
  "saved-model": savedModel,
  "meta-graph": metaGraph,
  graph,
};

function listed(reading: Reading, list: string[], text: string, what: string): void {
  if (list.length < LISTED_MAX) list.push(text);
  else reading.cut.add(what);
}

function savedModel(reading: Reading, message: Message): void {
  for (const field of reading.wire.fields(message)) {
    if (field.number === 1 && field.type === 0) reading.schema = field.value;
    if (field.number === 2 && field.type === 2) metaGraph(reading, field);
  }
}

function metaGraph(reading: Reading, message: Message): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) metaInfo(reading, field);
    if (field.number === 2) graph(reading, field);
    if (field.number === 5) listed(reading, reading.signatures, keyOf(wire, field), "signatures");
    if (field.number === 6) listed(reading, reading.assets, textIn(wire, field, 2), "assets");
  }
}

function metaInfo(reading: Reading, message: Message): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 4) listed(reading, reading.tags, wire.text(field, 256), "tags");
    if (field.number === 5) reading.version = wire.text(field, 64);
  }
}

/** The text of a field, the last one of it; "" where there is none. */
function textIn(wire: Wire, message: Message, number: number, max = TEXT_BYTES_MAX): string {
  let text = "";
  for (const field of wire.fields(message)) {
    if (field.number === number && field.type === 2) text = wire.text(field, max);
  }
  return text;
}

/** Of an entry of a map. */
const keyOf = (wire: Wire, message: Message): string => textIn(wire, message, 1, 256);

function graph(reading: Reading, message: Message): void {
  reading.graphs += 1;
  for (const field of reading.wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) node(reading, field, null);
    if (field.number === 2) library(reading, field);
  }
}

function library(reading: Reading, message: Message): void {
  for (const field of reading.wire.fields(message)) {
    if (field.number === 1 && field.type === 2) functionDef(reading, field);
  }
}

/** `signature` = 1 (an OpDef, whose `name` = 1), `node_def` = 3, `attr` = 5. */
function functionDef(reading: Reading, message: Message): void {
  const { wire } = reading;
  const fields = [];
  let name = "";
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) name = keyOf(wire, field);
    if (field.number === 3) fields.push(field);
  }
  if (reading.functions.length < FUNCTIONS_MAX) reading.functions.push(name);
  else reading.cut.add("functions");
  for (const field of fields) node(reading, field, name);
}

function node(reading: Reading, message: Message, within: string | null): void {
  const { wire } = reading;
  let [name, op] = ["", ""];
  const attributes = [];
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) name = wire.text(field, 512);
    if (field.number === 2) op = wire.text(field, 256);
    if (field.number === 5) attributes.push(field);
  }
  reading.nodes += 1;
  const kept = operationOf(reading, op, message.at, within);
  for (const field of attributes) attribute(reading, field, { node: name, kept, depth: 0 });
}

function operationOf(reading: Reading, name: string, at: number, within: string | null): Mutable | null {
  const known = reading.operations.get(name);
  if (known !== undefined) {
    known.count += 1;
    return known;
  }
  if (reading.operations.size >= OPERATIONS_MAX) {
    reading.cut.add("operations");
    return null;
  }
  const fresh = { name, count: 1, at, within, texts: [] };
  reading.operations.set(name, fresh);
  return fresh;
}

interface Place {
  readonly node: string;
  readonly kept: Mutable | null;
  readonly depth: number;
}

/** An entry of `map<string, AttrValue>`: `s` = 2, `tensor` = 8, `list` = 1 (its `s` = 2, `tensor` = 8), `func` = 10. */
function attribute(reading: Reading, message: Message, place: Place): void {
  if (place.depth > DEPTH_MAX) throw malformed(`its attributes nest deeper than ${DEPTH_MAX}`, message.at);
  const { wire } = reading;
  const values = [];
  let key = "";
  for (const field of wire.fields(message)) {
    if (field.type === 2 && field.number === 1) key = wire.text(field, 256);
    if (field.type === 2 && field.number === 2) values.push(field);
  }
  for (const value of values) attributeValue(reading, value, key, place);
}

function attributeValue(reading: Reading, message: Message, key: string, place: Place): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 2) keepText(place, key, wire.text(field, TEXT_BYTES_MAX));
    if (field.number === 8) tensor(reading, field, place);
    if (field.number === 1) attributeList(reading, field, key, place);
    if (field.number === 10) nameAttributes(reading, field, key, place);
  }
}

function keepText(place: Place, key: string, text: string): void {
  const texts = place.kept?.texts ?? [];
  if (texts.length < OPERATION_TEXTS_MAX && text !== "") texts.push([key, text]);
}

function attributeList(reading: Reading, message: Message, key: string, place: Place): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 2) keepText(place, key, wire.text(field, TEXT_BYTES_MAX));
    if (field.number === 8) tensor(reading, field, place);
    if (field.number === 9) nameAttributes(reading, field, key, place);
  }
}

/** A `NameAttrList`: the name of a function = 1, and its attributes = 2. */
function nameAttributes(reading: Reading, message: Message, key: string, place: Place): void {
  const { wire } = reading;
  for (const field of wire.fields(message)) {
    if (field.type !== 2) continue;
    if (field.number === 1) keepText(place, key, wire.text(field, 256));
    if (field.number === 2) attribute(reading, field, { ...place, depth: place.depth + 1 });
  }
}

const STRING_TYPE = 7;

/** `dtype` = 1, `tensor_shape` = 2, `string_val` = 8, `tensor_content` = 4. */
function tensor(reading: Reading, message: Message, place: Place): void {
  const { wire } = reading;
  let type = 0;
  let elements = 1;
  const texts = [];
  for (const field of wire.fields(message)) {
    if (field.number === 1 && field.type === 0) type = field.value;
    if (field.type !== 2) continue;
    if (field.number === 2) elements = elementsOf(wire, field);
    if (field.number === 8 && texts.length < TEXTS_MAX) texts.push(field);
  }
  if (type !== STRING_TYPE) reading.constants += elements;
  for (const field of texts) {
    if (reading.texts.length >= TEXTS_MAX) return;
    reading.texts.push({ node: place.node, text: wire.text(field, TEXT_BYTES_MAX), at: field.at });
  }
}

/** A `TensorShapeProto`: `dim` = 2, whose `size` = 1. */
function elementsOf(wire: Wire, message: Message): number {
  let product = 1;
  let dimensions = 0;
  for (const dimension of wire.fields(message)) {
    if (dimension.number !== 2 || dimension.type !== 2) continue;
    dimensions += 1;
    if (dimensions > DIMENSIONS_MAX) throw malformed("a tensor has too many dimensions", message.at);
    for (const size of wire.fields(dimension)) {
      if (size.number === 1 && size.type === 0) product *= size.value;
    }
  }
  return Number.isSafeInteger(product) && product >= 0 ? product : 0;
}
