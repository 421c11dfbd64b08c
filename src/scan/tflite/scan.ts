import { type ByteSource, readTflite } from "#models";
import type { Finding } from "../finding.ts";
import { type NoteList, notesOn, unreadable } from "../formats/note.ts";
import { shown } from "../pickle/show.ts";
import { OPERATIONS } from "../tensorflow/known.table.ts";
import { DANGEROUS } from "../tensorflow/operations.table.ts";

/**
 * Custom by their name, and in the runtimes of everybody all the same (tensorflow/lite/kernels/register.cc, MediaPipe's resolver,
 * signal/micro/kernels of tensorflow/tflite-micro).
 */
const SHIPPED = new Set([
  "TFLite_Detection_PostProcess",
  "NumericVerify",
  "Mfcc",
  "AudioSpectrogram",
  "AudioMicrofrontend",
  "MaxPoolingWithArgmax2D",
  "MaxUnpooling2D",
  "Convolution2DTransposeBias",
  "TransformTensorBilinear",
  "Landmarks2TransformMatrix",
  "SignalDelay",
  "SignalEnergy",
  "SignalFftAutoScale",
  "SignalFilterBank",
  "SignalFilterBankLog",
  "SignalFilterBankSpectralSubtraction",
  "SignalFilterBankSquareRoot",
  "SignalFramer",
  "SignalIrfft",
  "SignalOverlapAdd",
  "SignalPCAN",
  "SignalRfft",
  "SignalStacker",
  "SignalWindow",
]);

/** What a model of TensorFlow Lite needs besides its runtime, and operations of TensorFlow that reach out of it. */
export function scanTflite(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const read = readTflite(source);
  if (!read.ok) {
    notes.add(unreadable("tflite-unread", "The model of TensorFlow Lite", read.malformed));
    return notes.findings();
  }
  for (const name of read.custom) judgeCustom(name, notes);
  for (const { at, bytes } of read.outside)
    notes.add({
      rule: "tflite-extent",
      verdict: "malicious",
      says: `A buffer of ${bytes} bytes would lie at byte ${at}, outside of the file.`,
      at,
    });
  return notes.findings();
}

/** `Flex` and its name: an operation of TensorFlow itself, run by its own runtime. */
function judgeCustom(name: string, notes: NoteList): void {
  const flex = name.startsWith("Flex") ? name.slice(4) : null;
  const danger = flex === null ? undefined : DANGEROUS.get(flex);
  if (danger !== undefined)
    notes.add({
      rule: "tensorflow-op",
      verdict: danger.verdict,
      severity: danger.severity,
      says: `The operation ${shown(name)} ${danger.does}.`,
    });
  else if (!SHIPPED.has(name) && !(flex !== null && OPERATIONS.has(flex)))
    notes.add({
      rule: "tflite-custom-op",
      verdict: "suspicious",
      says: `The operation ${shown(name)} is none of TensorFlow Lite's: a library with its code has to be loaded for it.`,
    });
}
