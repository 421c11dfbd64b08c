import { type ByteSource, readCoreMl } from "#models";
import type { Finding } from "../finding.ts";
import { notesOn, unreadable } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { shown } from "../pickle/show.ts";

/** What Core ML writes before the names of files in a model's own folder. */
const OWN = /^@model_path\//u;

/** What a Core ML model needs besides itself: classes of the program that loads it, models and weights in other files. */
export function scanCoreMl(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const read = readCoreMl(source);
  if (!read.ok) {
    notes.add(unreadable("coreml-unread", "The Core ML model", read.malformed));
    return notes.findings();
  }
  for (const { is, name, at } of read.custom)
    notes.add({
      rule: "coreml-custom",
      verdict: "suspicious",
      says: `It has a ${is} whose code is the class ${shown(name)} of the program that loads it.`,
      at,
    });
  for (const { name, at } of [...read.linked, ...read.files]) {
    const why = leadsOutside(name.replace(OWN, ""));
    if (why === null) continue;
    notes.add({
      rule: "coreml-path",
      verdict: "malicious",
      says: `It is to be read together with ${shown(name)}, which ${why}.`,
      at,
    });
  }
  for (const kind of read.kinds.filter((one) => one.startsWith("kind ")))
    notes.add({
      rule: "coreml-unread",
      verdict: "unscannable",
      says: `It is a Core ML model of a ${kind} that is not known here.`,
    });
  return notes.findings();
}
