import fc from "fast-check";
import { expect, test } from "vitest";
import { contentOf, isModelName } from "./content.ts";
import { HEAD_BYTES } from "./observed.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const safetensors = (header: string, length = header.length): string =>
  `${String.fromCharCode(length & 255, length >> 8, 0, 0, 0, 0, 0, 0)}${header}`;
const zip = (member: string): string =>
  `PK\x03\x04${"\0".repeat(22)}${String.fromCharCode(member.length)}\0\0\0${member}`;
const HEADER = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';

// Each beginning is written by us from the format's document, which content.ts names.
test.each([
  ["a GGUF", "x.gguf", "GGUF\x03\0\0\0", "gguf certain"],
  ["a GGUF without an ending", "holiday", "GGUF\x03\0\0\0", "gguf certain"],
  ["a GGUF of the other order of bytes", "x", "GGUF\0\0\0\x03", "gguf certain"],
  ["a GGUF of a version to come", "x", "GGUF\x09\0\0\0", "gguf likely"],
  ["four bytes", "x", "GGUF", "gguf possible"],
  ["what was before GGUF", "x.bin", "tjgg\x03\0\0\0", "ggml likely"],
  ["safetensors under another name", "notes.txt", `${safetensors(HEADER)}\0\0\0\0`, "safetensors certain"],
  [
    "safetensors whose header is longer than they",
    "x.safetensors",
    safetensors(HEADER, 60_000),
    "safetensors likely",
  ],
  ["JSON after eight bytes, of nothing known", "x", safetensors('{"a":1}'), null],
  ["a torch file of today", "x.bin", zip("archive/data.pkl"), "pytorch certain"],
  ["a zip named as torch names it", "x.pt", zip("archive/other"), "pytorch likely"],
  ["a zip of anything", "x.zip", zip("word/document.xml"), null],
  ["a zip with a configuration first", "x.zip", zip("config.json"), null],
  ["a Keras file", "x.keras", zip("metadata.json"), "keras likely"],
  ["arrays of NumPy", "x.npz", zip("weight.npy"), "npz certain"],
  ["a torch file of before", "x", "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "pytorch-legacy certain"],
  ["a pickle", "x.pkl", "\x80\x02}q\0.", "pickle likely"],
  ["a framed pickle without a name", "x", "\x80\x04\x95\0\0\0", "pickle possible"],
  ["two bytes as a pickle has them", "x.jpg", "\x80\x02}q\0.", null],
  ["an array of NumPy", "x", "\x93NUMPY\x01\0", "npy certain"],
  ["TensorFlow Lite", "x", "\x1c\0\0\0TFL3", "tflite certain"],
  ["HDF5 of Keras", "x.h5", "\x89HDF\r\n\x1a\n", "keras-hdf5 likely"],
  ["HDF5 of anybody", "x.nc", "\x89HDF\r\n\x1a\n", null],
  ["ONNX", "x.onnx", "\x08\x08\x12\x07pytorch", "onnx likely"],
  ["ONNX under another name", "x", "\x08\x08\x12\x07pytorch", "onnx possible"],
  ["a llamafile", "tiny.llamafile", "MZqFpD='", "llamafile likely"],
  ["a text", "x.gguf", "not a model", null],
  ["nothing", "x.gguf", "", null],
])("%s is told by its first bytes", (_what, name, text, expected) => {
  const content = contentOf(bytes(text), text.length, `/m/${name}`);
  expect(content === null ? null : `${content.format} ${content.confidence}`).toBe(expected);
});

test("a claim of 2^60 tensors, or of a header of 2^63 bytes, is not followed", () => {
  const gguf = `GGUF\x03\0\0\0${"\xff".repeat(16)}`;
  expect(contentOf(bytes(gguf), gguf.length, "x")?.format).toBe("gguf");
  expect(contentOf(bytes(`${"\xff".repeat(7)}\x7f{"dtype`), 100, "x.safetensors")).toBeNull();
});

test("no bytes make it fail", () => {
  const head = fc.uint8Array({ maxLength: HEAD_BYTES });
  const name = fc.constantFrom("x", "x.pt", "x.onnx", "x.safetensors", "x.keras", "x.plan");
  const magic = fc.constantFrom("", "GGUF", "PK\x03\x04", "\x80\x04", "\x08\x07\x12", "\x93NUMPY");
  fc.assert(
    fc.property(magic, head, name, fc.nat(), (start, rest, path, size) => {
      const content = contentOf(Uint8Array.from([...bytes(start), ...rest]), size, path);
      expect(content === null || content.format !== "").toBe(true);
    }),
  );
});

test.each([
  ["/a/b.GGUF", true],
  ["C:\\m\\x.safetensors", true],
  ["/a.gguf/readme", false],
])("%s is named as a model: %s", (path, expected) => {
  expect(isModelName(path)).toBe(expected);
});
