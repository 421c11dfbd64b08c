import { Fault, type Json } from "#base";
import {
  type ByteSource,
  eachIn,
  isObject,
  jsonText,
  malformed,
  READ_BYTES_MAX,
  readAll,
  recognise,
  wireOn,
} from "#models";
import type { Finding } from "../finding.ts";
import { type NoteList, notesOn, unreadable } from "../formats/note.ts";
import { type ConfigPlace, judgeConfig } from "./config.ts";

const CONFIG_BYTES_MAX = 32 * 1_048_576;

/** A text that is JSON, judged as a configuration; what is no JSON blocks: Keras' own reader may be more lenient. */
export function judgeText(bytes: Uint8Array, place: ConfigPlace, notes: NoteList): void {
  try {
    const { value, twice } = jsonText(bytes, place.at);
    judgeConfig(value, place, notes);
    for (const { at } of twice)
      notes.add({
        rule: "keras-name-twice",
        verdict: "suspicious",
        says: "The configuration holds a name twice, of which one reader takes the first and another the last.",
        at,
      });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "model_malformed") throw error;
    const what = error.message;
    notes.add({
      rule: "keras-unread",
      verdict: "unscannable",
      says: `The configuration was not read: ${what}.`,
      at: place.at,
    });
  }
}

/** `config.json` of a `.keras` archive, a model as JSON, or TensorFlow.js' `model.json`; nothing is said of other JSON. */
export function scanKerasJson(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const place = { at: 0, isHdf5: false };
  const isInKeras = path.slice(0, -1).some((part) => /\.keras$/iu.test(part));
  if (source.size > CONFIG_BYTES_MAX) {
    const what = `it has more than ${CONFIG_BYTES_MAX} bytes`;
    if (isInKeras) notes.add(unreadable("keras-unread", "The configuration", { what, at: 0 }));
    return notes.findings();
  }
  const bytes = readAll(source);
  const value = parsed(bytes);
  if (value === null && !isInKeras) return [];
  if (value !== null && !isInKeras && !isModel(value)) return [];
  judgeText(bytes, place, notes);
  return notes.findings();
}

function parsed(bytes: Uint8Array): Json {
  try {
    return jsonText(bytes).value;
  } catch {
    return null;
  }
}

function isModel(value: Json): boolean {
  if (!isObject(value)) return false;
  const inner = ["modelTopology", "model_config"].some((key) => value[key] !== undefined);
  return inner || (typeof value["class_name"] === "string" && value["config"] !== undefined);
}

/** What is called `.keras` is a zip, or HDF5 as Keras 2 wrote it; of anything else nobody can say what a loader makes of it. */
export function scanKerasArchive(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  if (!recognise(source).kinds.some((kind) => kind === "zip" || kind === "hdf5"))
    notes.add(
      unreadable("keras-unread", "The model of Keras", { what: "it is neither a zip nor HDF5", at: 0 }),
    );
  return notes.findings();
}

/** `SavedMetadata` of keras/protobuf/saved_metadata.proto: nodes = 1, of each metadata = 5, which is JSON. */
export function scanKerasMetadata(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  try {
    const wire = wireOn(source);
    eachIn(wire, wire.whole, {
      1: (node) =>
        eachIn(wire, node, {
          5: (field) => {
            if (field.end - field.at > READ_BYTES_MAX) throw malformed("a node is too large", field.at);
            judgeText(wire.bytes(field, READ_BYTES_MAX), { at: field.at, isHdf5: false }, notes);
          },
        }),
    });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "model_malformed") throw error;
    notes.add(unreadable("keras-unread", "Keras' metadata", { what: error.message, at: 0 }));
  }
  return notes.findings();
}
