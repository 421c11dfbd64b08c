import type { Confidence } from "./found.ts";

/** What the first bytes of a file say. */
export interface Content {
  readonly format: string;
  readonly confidence: Confidence;
  readonly says: string;
}

/** A head read as bytes, numbers and Latin-1 text. */
interface Head {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly text: string;
  readonly size: number;
  readonly name: string;
}

type Test = (head: Head) => Content | null;

/**
 * Recognises a file by its first bytes (at most `HEAD_BYTES`) and its size; the name decides only between formats that
 * share a beginning. Null: no model format that is known. This is a first look: what the file holds is for `models` to
 * read, in a process of its own.
 */
export function contentOf(bytes: Uint8Array, size: number, path: string): Content | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const head = { bytes, view, text, size, name: baseOf(path).toLowerCase() };
  for (const test of TESTS) {
    const content = test(head);
    if (content !== null) return content;
  }
  return null;
}

/** The last part of a path of either kind of system. */
export function baseOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

const certain = (format: string, says: string): Content => ({ format, confidence: "certain", says });
const likely = (format: string, says: string): Content => ({ format, confidence: "likely", says });
const possible = (format: string, says: string): Content => ({ format, confidence: "possible", says });

const GGUF_VERSIONS_MAX = 3;

/** ggml/docs/gguf.md at d99724f2: `GGUF`, then a version of 32 bits; the order of bytes is told by nothing else. */
function gguf({ view, text }: Head): Content | null {
  if (!text.startsWith("GGUF")) return null;
  if (view.byteLength < 8) return possible("gguf", "begins with GGUF and ends there");
  const versions = [view.getUint32(4, true), view.getUint32(4, false)];
  const version = versions.find((one) => one >= 1 && one <= GGUF_VERSIONS_MAX);
  if (version === undefined) return likely("gguf", "begins with GGUF, in a version that is not known");
  return certain("gguf", `begins with GGUF, version ${version}`);
}

/** What llama.cpp wrote before GGUF: `ggml`, `ggmf`, `ggjt` as numbers, so backwards in the file (llama.cpp, 2023). */
function ggml({ text }: Head): Content | null {
  const old = ["lmgg", "fmgg", "tjgg"].find((magic) => text.startsWith(magic));
  return old === undefined ? null : likely("ggml", `begins with ${old}, a format of before GGUF`);
}

const SAFETENSORS_HEADER_MAX = 100_000_000;

/** huggingface/safetensors, README "Format": a 64-bit length, then JSON that begins with `{`. */
function safetensors({ view, text, size, name }: Head): Content | null {
  if (view.byteLength < 10 || text[8] !== "{") return null;
  const length = view.getBigUint64(0, true);
  if (length < 2n || length > SAFETENSORS_HEADER_MAX) return null;
  const fits = Number(length) + 8 <= size;
  const isTold = /"(?:__metadata__|dtype|data_offsets)"/.test(text.slice(8));
  if (fits && isTold)
    return certain("safetensors", `begins with a header of ${length} bytes that lists tensors`);
  if (name.endsWith(".safetensors") && !fits)
    return likely("safetensors", "its header goes on past the end of the file");
  return fits && name.endsWith(".safetensors") ? likely("safetensors", "begins as safetensors do") : null;
}

/** pytorch, torch/serialization.py: the magic number of files that are no zip. */
const TORCH_LEGACY = "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";

function pickle({ bytes, text, name }: Head): Content | null {
  if (text.startsWith(TORCH_LEGACY))
    return certain("pytorch-legacy", "begins with torch's number of before zip");
  const [first, protocol = 0, next] = bytes;
  if (first !== 0x80 || protocol < 2 || protocol > 5) return null;
  const isFramed = protocol >= 4 && next === 0x95;
  const isNamed = /\.(?:bin|ckpt|joblib|pickle|pkl|pt|pth|sav)$/.test(name);
  if (isNamed) return likely("pickle", `begins as a pickle of protocol ${protocol}`);
  // Two bytes are little: compressed data begins so too, once in sixteen thousand files.
  return isFramed ? possible("pickle", `begins as a pickle of protocol ${protocol}`) : null;
}

const ZIP_MEMBERS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)data\.pkl$/, "pytorch"],
  [/(?:^|\/)\.format_version$/, "pytorch"],
  [/^(?:metadata|config)\.json$/, "keras"],
  [/^model\.weights\.h5$/, "keras"],
  [/\.npy$/, "npz"],
];
const ZIP_NAMED: readonly (readonly [RegExp, string])[] = [
  [/\.(?:bin|ckpt|pt|pth)$/, "pytorch"],
  [/\.keras$/, "keras"],
  [/\.npz$/, "npz"],
];

/** The first member's name, from the local header (APPNOTE.TXT 4.3.7). */
function zip({ view, text, name }: Head): Content | null {
  if (!text.startsWith("PK\x03\x04") || view.byteLength < 30) return null;
  const member = text.slice(30, 30 + view.getUint16(26, true));
  const byMember = ZIP_MEMBERS.find(([pattern]) => pattern.test(member))?.[1];
  const byName = ZIP_NAMED.find(([pattern]) => pattern.test(name))?.[1];
  if (byMember !== undefined && byMember !== "keras")
    return certain(byMember, "a zip whose first member tells it");
  if (byName !== undefined) return likely(byName, "a zip, named as such files are");
  return null;
}

function simple({ text, name }: Head): Content | null {
  if (text.startsWith("\x93NUMPY")) return certain("npy", "begins with NumPy's magic");
  if (text.slice(4, 8) === "TFL3") return certain("tflite", "has the mark of TensorFlow Lite");
  if (text.startsWith("\x89HDF\r\n\x1a\n"))
    return /\.(?:h5|hdf5|keras)$/.test(name)
      ? likely("keras-hdf5", "is HDF5, named as Keras names it")
      : null;
  if (text.startsWith("MZqFpD") && name.includes("llamafile"))
    return likely("llamafile", "an executable of llamafile's kind");
  return null;
}

/** onnx.proto3, ModelProto: field 1 a small number, then field 2, the producer's name, or field 7, the graph. */
function onnx({ bytes, text, name }: Head): Content | null {
  const [tag, version = 0, next, length = 0] = bytes;
  if (tag !== 0x08 || version < 1 || version > 32) return null;
  const isProducer = next === 0x12 && length < 64 && /^[\w .-]+$/.test(text.slice(4, 4 + length));
  if (name.endsWith(".onnx")) return likely("onnx", "begins as an ONNX model");
  return isProducer && length > 2
    ? possible("onnx", "begins as an ONNX model with its producer's name")
    : null;
}

function named({ name }: Head): Content | null {
  if (name === "saved_model.pb") return likely("savedmodel", "is named as TensorFlow names it");
  if (/\.(?:engine|plan)$/.test(name)) return possible("tensorrt", "is named as TensorRT's engines are");
  return null;
}

const TESTS: readonly Test[] = [gguf, ggml, safetensors, pickle, zip, simple, onnx, named];

/** Endings of files that are looked at however small they are. */
export const MODEL_ENDINGS = [
  ".bin",
  ".ckpt",
  ".engine",
  ".gguf",
  ".ggml",
  ".h5",
  ".hdf5",
  ".joblib",
  ".keras",
  ".llamafile",
  ".mlmodel",
  ".npy",
  ".npz",
  ".onnx",
  ".pb",
  ".pickle",
  ".pkl",
  ".plan",
  ".pt",
  ".pth",
  ".safetensors",
  ".tflite",
] as const;

/** Whether a name ends as those of model files do. */
export function isModelName(path: string): boolean {
  const name = baseOf(path).toLowerCase();
  return MODEL_ENDINGS.some((ending) => name.endsWith(ending));
}
