import type { ContentScanner } from "../content.ts";
import { notesOn } from "../formats/note.ts";

/** Kinds of models into which nothing here can look, and why that asks for a person; all have loaders of native code. */
const WHY: ReadonlyMap<string, string> = new Map([
  [
    "tensorrt",
    "an engine of TensorRT: compiled code, which may bring plugins along and runs when it is loaded",
  ],
  ["executorch", "a program of ExecuTorch, whose delegates are compiled code"],
  ["ort", "a model in ONNX Runtime's own format, which no reader here knows"],
  [
    "ggml",
    "a model of llama.cpp's formats before GGUF, whose loaders nobody maintains and which check nothing",
  ],
]);

/** `kind` as `recognise` names it. Never clean: what it holds was not looked at. */
export function opaqueScanner(kind: string): ContentScanner {
  return (_, path) => {
    const notes = notesOn(path);
    notes.add({
      rule: "opaque-model",
      verdict: "suspicious",
      says: `It is ${WHY.get(kind) ?? "a model that cannot be looked into"}.`,
      at: 0,
    });
    return notes.findings();
  };
}
