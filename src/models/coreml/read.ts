import { type ByteSource, malformed } from "../bytes.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { eachIn, type Message, type Wire, type WireField, wireOn } from "../protobuf/wire.ts";

// Numbers of fields: mlmodel/format/{Model,NeuralNetwork,LinkedModel,MIL}.proto of apple/coremltools.

export interface CoreMlFacts {
  readonly specification: number;
  /** What it is by the field that it has: `neuralNetwork`, `mlProgram`, `pipeline`; the number where it isn't known. */
  readonly kinds: readonly string[];
  readonly metadata: readonly (readonly [string, string])[];
  /** Classes of the program that loads it, by name: layers, or whole models. */
  readonly custom: readonly { readonly is: "layer" | "model"; readonly name: string; readonly at: number }[];
  /** Models in other files. */
  readonly linked: readonly { readonly name: string; readonly at: number }[];
  /** Files that weights are in: `@model_path/weights/weight.bin`. */
  readonly files: readonly { readonly name: string; readonly at: number }[];
  readonly layers: number;
  readonly operations: readonly string[];
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [200, "pipelineClassifier"],
  [201, "pipelineRegressor"],
  [202, "pipeline"],
  [300, "glmRegressor"],
  [301, "supportVectorRegressor"],
  [302, "treeEnsembleRegressor"],
  [303, "neuralNetworkRegressor"],
  [304, "bayesianProbitRegressor"],
  [400, "glmClassifier"],
  [401, "supportVectorClassifier"],
  [402, "treeEnsembleClassifier"],
  [403, "neuralNetworkClassifier"],
  [404, "kNearestNeighborsClassifier"],
  [500, "neuralNetwork"],
  [501, "itemSimilarityRecommender"],
  [502, "mlProgram"],
  [555, "customModel"],
  [556, "linkedModel"],
  [560, "classConfidenceThresholding"],
  [600, "oneHotEncoder"],
  [601, "imputer"],
  [602, "featureVectorizer"],
  [603, "dictVectorizer"],
  [604, "scaler"],
  [606, "categoricalMapping"],
  [607, "normalizer"],
  [609, "arrayFeatureExtractor"],
  [610, "nonMaximumSuppression"],
  [900, "identity"],
  [2000, "textClassifier"],
  [2001, "wordTagger"],
  [2002, "visionFeaturePrint"],
  [2003, "soundAnalysisPreprocessing"],
  [2004, "gazetteer"],
  [2005, "wordEmbedding"],
  [2006, "audioFeaturePrint"],
  [3000, "serializedModel"],
]);
/** Those whose first field is a pipeline, and those that are networks with layers. */
const PIPELINES = new Set([200, 201]);
const NETWORKS = new Set([303, 403, 500]);
const [PIPELINE, PROGRAM, CUSTOM_MODEL, LINKED] = [202, 502, 555, 556];
const KIND_MIN = 200;
const DEPTH_MAX = 50;
const LISTED_MAX = 2_000;

interface Reading {
  readonly wire: Wire;
  specification: number;
  readonly kinds: string[];
  readonly metadata: [string, string][];
  readonly custom: { is: "layer" | "model"; name: string; at: number }[];
  readonly linked: { name: string; at: number }[];
  readonly files: { name: string; at: number }[];
  layers: number;
  readonly operations: Set<string>;
}

/** Reads a Core ML model: what it is, and what code and files it needs that are not in it. No weights are read. */
export function readCoreMl(source: ByteSource): Outcome<CoreMlFacts> {
  return outcomeOf(() => {
    const reading: Reading = {
      wire: wireOn(source),
      specification: 0,
      kinds: [],
      metadata: [],
      custom: [],
      linked: [],
      files: [],
      layers: 0,
      operations: new Set(),
    };
    model(reading, reading.wire.whole, 0);
    if (reading.kinds.length === 0) throw malformed("it is no model of Core ML: it has no kind", 0);
    const { wire: _, operations, ...facts } = reading;
    return { ...facts, operations: [...operations] };
  });
}

function kept<Item>(list: Item[], item: Item, at: number): void {
  if (list.length >= LISTED_MAX) throw malformed("it has more in it than is read", at);
  list.push(item);
}

function model(reading: Reading, message: Message, depth: number): void {
  if (depth > DEPTH_MAX) throw malformed(`its models nest deeper than ${DEPTH_MAX}`, message.at);
  for (const field of reading.wire.fields(message)) {
    if (field.number === 1 && field.type === 0 && depth === 0) reading.specification = field.value;
    if (field.number === 2 && field.type === 2) description(reading, field);
    if (field.number < KIND_MIN || field.type !== 2) continue;
    kept(reading.kinds, KINDS.get(field.number) ?? `kind ${field.number}`, field.at);
    kind(reading, field, depth);
  }
}

function kind(reading: Reading, field: WireField, depth: number): void {
  const { wire } = reading;
  const { number } = field;
  if (number === PIPELINE) pipeline(reading, field, depth);
  else if (PIPELINES.has(number)) eachIn(wire, field, { 1: (inner) => pipeline(reading, inner, depth) });
  else if (NETWORKS.has(number)) eachIn(wire, field, { 1: (layer) => layerOf(reading, layer) });
  else if (number === PROGRAM) program(reading, field);
  else if (number === CUSTOM_MODEL)
    eachIn(wire, field, {
      10: (name) => kept(reading.custom, { is: "model", name: wire.text(name, 512), at: name.at }, name.at),
    });
  else if (number === LINKED) linked(reading, field);
}

function pipeline(reading: Reading, message: Message, depth: number): void {
  eachIn(reading.wire, message, { 1: (inner) => model(reading, inner, depth + 1) });
}

/** `metadata` = 100: descriptions, version, author, licence, and what its author put there. */
const METADATA: ReadonlyMap<number, string> = new Map([
  [1, "description"],
  [2, "version"],
  [3, "author"],
  [4, "license"],
]);

function description(reading: Reading, message: Message): void {
  const { wire } = reading;
  eachIn(wire, message, {
    100: (metadata) => {
      for (const field of wire.fields(metadata)) {
        if (field.type !== 2) continue;
        const key = METADATA.get(field.number);
        if (key !== undefined) kept(reading.metadata, [key, wire.text(field)], field.at);
        if (field.number === 100) kept(reading.metadata, entry(wire, field), field.at);
      }
    },
  });
}

function entry(wire: Wire, message: Message): [string, string] {
  const found: [string, string] = ["", ""];
  eachIn(wire, message, {
    1: (field) => (found[0] = wire.text(field, 512)),
    2: (field) => (found[1] = wire.text(field)),
  });
  return found;
}

/** A layer of a network; `custom` = 500, whose `className` = 10. Loops and branches have networks in them: 600 and 605. */
function layerOf(reading: Reading, message: Message, depth = 0): void {
  if (depth > DEPTH_MAX) throw malformed(`its networks nest deeper than ${DEPTH_MAX}`, message.at);
  const { wire } = reading;
  reading.layers += 1;
  const inner = (network: WireField): void =>
    eachIn(wire, network, { 1: (layer) => layerOf(reading, layer, depth + 1) });
  const networks = { 1: inner, 2: inner, 3: inner, 4: inner, 5: inner };
  eachIn(wire, message, {
    500: (layer) =>
      eachIn(wire, layer, {
        10: (name) => kept(reading.custom, { is: "layer", name: wire.text(name, 512), at: name.at }, name.at),
      }),
    600: (loop) => eachIn(wire, loop, tolerant(networks)),
    605: (loop) => eachIn(wire, loop, tolerant(networks)),
    615: (branch) => eachIn(wire, branch, tolerant(networks)),
  });
}

/** Fields of a layer that are texts are no networks; what is none is passed over. */
function tolerant(by: Readonly<Record<number, (field: WireField) => void>>) {
  return Object.fromEntries(
    Object.entries(by).map(([number, read]) => [
      number,
      (field: WireField): void => {
        const outcome = outcomeOf(() => {
          read(field);
          return {};
        });
        if (!outcome.ok && /deeper|more/u.test(outcome.malformed.what))
          throw malformed(outcome.malformed.what, outcome.malformed.at);
      },
    ]),
  );
}

/** `linkedModelFile` = 1, whose `linkedModelFileName` and `linkedModelSearchPath` are parameters: their default is 1. */
function linked(reading: Reading, message: Message): void {
  const { wire } = reading;
  const name = (field: WireField): void =>
    eachIn(wire, field, {
      1: (text) => kept(reading.linked, { name: wire.text(text, 1024), at: text.at }, text.at),
    });
  eachIn(wire, message, { 1: (file) => eachIn(wire, file, { 1: name, 2: name }) });
}

/** A program of MIL: functions = 2 (a map), of each blocks = 3 (a map), of each operations = 3. */
function program(reading: Reading, message: Message): void {
  const { wire } = reading;
  const blocks = (block: WireField): void =>
    eachIn(wire, block, { 2: (value) => blockOf(reading, value, 0) });
  eachIn(wire, message, {
    2: (one) => eachIn(wire, one, { 2: (value) => eachIn(wire, value, { 3: blocks }) }),
  });
}

function blockOf(reading: Reading, message: Message, depth: number): void {
  if (depth > DEPTH_MAX) throw malformed(`its blocks nest deeper than ${DEPTH_MAX}`, message.at);
  const { wire } = reading;
  eachIn(wire, message, {
    3: (operation) =>
      eachIn(wire, operation, {
        1: (type) => {
          if (reading.operations.size < LISTED_MAX) reading.operations.add(wire.text(type, 256));
        },
        2: (input) => argument(reading, input),
        4: (inner) => blockOf(reading, inner, depth + 1),
        5: (attribute) => eachIn(wire, attribute, { 2: (value) => valueOf(reading, value) }),
      }),
  });
}

/** An entry of a map to `Argument`, whose bindings = 1 have a value = 2. */
function argument(reading: Reading, message: Message): void {
  const { wire } = reading;
  eachIn(wire, message, {
    2: (one) =>
      eachIn(wire, one, { 1: (binding) => eachIn(wire, binding, { 2: (value) => valueOf(reading, value) }) }),
  });
}

/** `blobFileValue` = 5, whose `fileName` = 1. */
function valueOf(reading: Reading, message: Message): void {
  const { wire } = reading;
  eachIn(wire, message, {
    5: (file) =>
      eachIn(wire, file, {
        1: (name) => {
          const found = wire.text(name, 1024);
          if (!reading.files.some((one) => one.name === found))
            kept(reading.files, { name: found, at: name.at }, name.at);
        },
      }),
  });
}
