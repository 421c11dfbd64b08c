import type { Digest } from "#base";
import { type ByteSource, READ_BYTES_MAX } from "../bytes.ts";
import { readNumpy } from "../containers/numpy.ts";
import { readZip } from "../containers/zip.ts";
import type { Member } from "../containers/archive.ts";
import { readCoreMl } from "../coreml/read.ts";
import { readHdf5 } from "../hdf5/read.ts";
import { itemDigest } from "../item-digest.ts";
import { isObject, jsonText } from "../json-text.ts";
import type { Oddity } from "../oddity.ts";
import { readOnnx } from "../onnx/read.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { eachIn, wireOn } from "../protobuf/wire.ts";
import { readTensorflow } from "../tensorflow/graph.ts";
import { readTflite } from "../tflite/read.ts";
import { type Declared, type ModelFacts, type ModelFormat, NOTHING_DECLARED } from "./facts.ts";
import { ggufModel } from "./from-gguf.ts";
import { typesOf } from "./quantisation.ts";
import { readGguf } from "../gguf/read.ts";

export interface FileModel {
  readonly facts: ModelFacts;
  readonly oddities: readonly Oddity[];
}

/** Of one tensor: all that is counted. */
export interface CountedTensor {
  readonly type: string | null;
  readonly elements: number;
}

/** A model of which only its tensors are known; `parameters` is null where there are none. */
export function tensorModel(
  format: ModelFormat,
  tensors: readonly CountedTensor[] | null,
  more: Partial<Pick<ModelFacts, "kind" | "architecture" | "tokenizer">> & {
    readonly declared?: Partial<Declared>;
  } = {},
): ModelFacts {
  const types = typesOf(tensors ?? []);
  return {
    format,
    kind: more.kind ?? "model",
    architecture: more.architecture ?? null,
    parameters: tensors === null ? null : tensors.reduce((sum, { elements }) => sum + elements, 0),
    contextLength: null,
    quantisation: { dominant: types[0]?.type ?? null, types, declared: null, isContradicted: false },
    tokenizer: more.tokenizer ?? null,
    templates: [],
    declared: { ...NOTHING_DECLARED, ...more.declared },
    adapterOf: null,
    mergeOf: null,
    part: null,
  };
}

type Reader = (source: ByteSource) => Outcome<FileModel>;

/** A file that is a model by itself, by the kinds that `recognise` gives it; null for those that are none, or are read as folders. */
export function fileModel(source: ByteSource, kinds: readonly string[]): Outcome<FileModel> | null {
  const [, reader] = READERS.find(([kind]) => kinds.includes(kind)) ?? [];
  return reader?.(source) ?? null;
}

/** What is known of it by its letters alone. */
const named = (format: ModelFormat): Reader => {
  return () => ({ ok: true, facts: tensorModel(format, null), oddities: [] });
};

const onnx: Reader = (source) => {
  const read = readOnnx(source);
  if (!read.ok) return read;
  const declared = { name: read.graph, version: read.irVersion === null ? null : `IR ${read.irVersion}` };
  return { ok: true, facts: tensorModel("onnx", read.tensors, { declared }), oddities: [] };
};

const tensorflow = (shape: "saved-model" | "graph" | "meta-graph"): Reader => {
  return (source) => {
    const read = readTensorflow(source, shape);
    if (!read.ok) return read;
    // Variables are in files beside it; of a frozen graph the constants are all there is.
    const tensors = shape === "graph" ? [{ type: null, elements: read.constants }] : null;
    const declared = { version: read.version };
    return { ok: true, facts: tensorModel("tensorflow", tensors, { declared }), oddities: [] };
  };
};

const hdf5: Reader = (source) => {
  const read = readHdf5(source);
  if (!read.ok) return read;
  const text = (name: string): string | null =>
    read.attributes.find((one) => one.name === name && one.texts.length > 0)?.texts[0] ?? null;
  const config = text("model_config");
  const tensors = read.datasets
    .filter(({ path }) => !path.startsWith("/optimizer"))
    .map(({ type, elements }) => ({ type, elements }));
  const architecture = config === null ? null : architectureOf(Buffer.from(config));
  const declared = { version: text("keras_version") };
  const format = config === null && text("keras_version") === null ? "hdf5" : "keras";
  return { ok: true, facts: tensorModel(format, tensors, { architecture, declared }), oddities: [] };
};

/** The class of a model of Keras': `Sequential`, `Functional`, or one of somebody else's. */
function architectureOf(config: Uint8Array): string | null {
  const read = outcomeOf(() => ({ value: jsonText(config).value }));
  const name = read.ok && isObject(read.value) ? read.value["class_name"] : null;
  return typeof name === "string" ? name.slice(0, 256) : null;
}

const tflite: Reader = (source) => {
  const read = readTflite(source);
  if (!read.ok) return read;
  const tensors = read.types;
  const declared = { name: read.description === "" ? null : read.description };
  return { ok: true, facts: tensorModel("tflite", tensors, { declared }), oddities: [] };
};

const coreMl: Reader = (source) => {
  const read = readCoreMl(source);
  if (!read.ok) return read;
  const said = (key: string): string | null => read.metadata.find(([name]) => name === key)?.[1] ?? null;
  const declared = { author: said("author"), licence: said("license"), version: said("version") };
  const facts = tensorModel("coreml", null, { architecture: read.kinds[0] ?? null, declared });
  return { ok: true, facts, oddities: [] };
};

const numpy: Reader = (source) => {
  const read = readNumpy(source);
  if (!read.ok) return read;
  return { ok: true, facts: tensorModel("numpy", [arrayOf(read)]), oddities: read.oddities };
};

function arrayOf({
  descr,
  shape,
}: {
  readonly descr: unknown;
  readonly shape: readonly number[];
}): CountedTensor {
  return {
    type: typeof descr === "string" ? descr.slice(0, 32) : "record",
    elements: shape.reduce((product, size) => product * size, 1),
  };
}

const PIECES_MAX = 4_000_000;

/** `ModelProto` of sentencepiece's src/sentencepiece_model.proto: pieces = 1, of each its text = 1. */
const sentencepiece: Reader = (source) =>
  outcomeOf(() => {
    const wire = wireOn(source);
    const digest = itemDigest();
    let tokens = 0;
    eachIn(wire, wire.whole, {
      1: (piece) => {
        tokens += 1;
        if (tokens <= PIECES_MAX) eachIn(wire, piece, { 1: (text) => digest.text(wire.bytes(text, 4_096)) });
      },
    });
    const tokensDigest: Digest = digest.end();
    const tokenizer = {
      model: "sentencepiece",
      tokens,
      tokensDigest,
      mergesDigest: null,
      scoresDigest: null,
    };
    return { facts: tensorModel("sentencepiece", null, { kind: "vocabulary", tokenizer }), oddities: [] };
  });

const MEMBER_BYTES_MAX = 128 * 1_048_576;
const MEMBERS_MAX = 20_000;
/** TorchScript, and programs of `torch.export`: what of them is no state dict. */
const TORCH = /(?:^|\/)(?:data\.pkl|constants\.pkl|serialized_exported_program\.json|archive_format)$/u;

/** A zip that is a model: a `.keras` archive, a llamafile, arrays of NumPy's. PyTorch's is read where pickles are. */
const zip: Reader = (source) => {
  const read = readZip(source);
  if (!read.ok) return read;
  const members = read.members.slice(0, MEMBERS_MAX);
  const of = (pattern: RegExp): readonly Member[] => members.filter(({ name }) => pattern.test(name));
  const [weights] = of(/(?:^|\/)model\.weights\.h5$/u);
  if (weights !== undefined) return keras(weights, of(/^config\.json$/u)[0]);
  const [model] = of(/\.gguf$/u);
  if (model !== undefined) return llamafile(model);
  const arrays = of(/\.npy$/u).flatMap((member) => {
    const array = readNumpy(member.open(MEMBER_BYTES_MAX).source);
    return array.ok ? [arrayOf(array)] : [];
  });
  if (arrays.length > 0) return { ok: true, facts: tensorModel("numpy", arrays), oddities: [] };
  if (of(TORCH).length > 0) return { ok: true, facts: tensorModel("pytorch", null), oddities: [] };
  return { ok: false, malformed: { what: "it is a zip that holds no model that is known here", at: 0 } };
};

function keras(weights: Member, config: Member | undefined): Outcome<FileModel> {
  const found = hdf5(weights.open(MEMBER_BYTES_MAX).source);
  if (!found.ok) return found;
  const bytes = config?.open(MEMBER_BYTES_MAX).source;
  const isRead = bytes !== undefined && bytes.size <= READ_BYTES_MAX;
  const architecture = isRead ? architectureOf(bytes.read(0, bytes.size)) : null;
  return { ...found, facts: { ...found.facts, format: "keras", architecture } };
}

/** A program with its model behind it (Mozilla-Ocho/llamafile, "How llamafile works"). */
function llamafile(model: Member): Outcome<FileModel> {
  const read = readGguf(model.open(MEMBER_BYTES_MAX).source);
  if (!read.ok) return read;
  return { ok: true, facts: { ...ggufModel(read.facts), format: "llamafile" }, oddities: read.oddities };
}

const READERS: readonly (readonly [string, Reader])[] = [
  ["onnx", onnx],
  ["hdf5", hdf5],
  ["tflite", tflite],
  ["coreml", coreMl],
  ["savedmodel", tensorflow("saved-model")],
  ["graphdef", tensorflow("graph")],
  ["metagraph", tensorflow("meta-graph")],
  ["npy", numpy],
  ["sentencepiece", sentencepiece],
  ["tensorrt", named("tensorrt")],
  ["executorch", named("executorch")],
  ["ort", named("ort")],
  ["ggml", named("ggml")],
  ["zip", zip],
];
