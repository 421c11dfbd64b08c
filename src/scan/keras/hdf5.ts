import { Buffer } from "node:buffer";
import { type ByteSource, bytesIn, type Hdf5Facts, readHdf5, recognise } from "#models";
import type { Finding } from "../finding.ts";
import { type NoteList, notesOn, unreadable } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { scanPickle } from "../pickle/scan.ts";
import { shown } from "../pickle/show.ts";
import { judgeText } from "./scan.ts";

/** Filters that HDF5 has itself (1 to 6), and h5py's own (32000, LZF): all others are libraries that it loads. */
const FILTERS = new Set([1, 2, 3, 4, 5, 6, 32_000]);
/** Attributes in which Keras keeps what it makes objects of (keras/src/legacy/saving/legacy_h5_format.py). */
const CONFIGS = new Set(["model_config", "training_config", "layer_config", "optimizer_config", "config"]);
const ADVISORIES = ["CVE-2026-1669"];

/** What loading an HDF5 file would do besides reading arrays: objects that Keras makes of attributes, files it leads to. */
export function scanHdf5(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const read = readHdf5(source);
  if (!read.ok) notes.add(unreadable("hdf5-unread", "The HDF5 file", read.malformed));
  else judge(read, notes);
  return [...notes.findings(), ...(read.ok ? pickled(read.attributes, path) : [])];
}

/** PyTables, and by it pandas, writes attributes that are no plain values as pickles, and unpickles them unasked ("AttributeSet"). */
function pickled(attributes: Hdf5Facts["attributes"], path: readonly string[]): readonly Finding[] {
  return attributes.flatMap(({ name, texts }) =>
    texts.flatMap((text) => {
      const bytes = bytesIn(Buffer.from(text, text.startsWith("\u0080") ? "latin1" : "utf8"));
      const isPickle = text.length > 2 && recognise(bytes).kinds.includes("pickle");
      return isPickle ? scanPickle(bytes, [...path, name]).findings : [];
    }),
  );
}

function judge(facts: Hdf5Facts, notes: NoteList): void {
  for (const one of facts.unread) notes.add(unreadable("hdf5-unread", "The HDF5 file", one));
  for (const { name, texts, at } of facts.attributes) {
    for (const text of texts) {
      if (CONFIGS.has(name) || /^\s*[{[].*"class_name"/su.test(text.slice(0, 4096)))
        judgeText(Buffer.from(text), { at, isHdf5: true }, notes);
    }
  }
  for (const link of facts.links) judgeLink(link, notes);
  for (const dataset of facts.datasets) judgeDataset(dataset, notes);
  if (facts.userBlock > 0)
    notes.add({
      rule: "hdf5-user-block",
      verdict: "suspicious",
      says: `${facts.userBlock} bytes stand before it, which HDF5 does not read: the file may be something else, too.`,
      at: 0,
    });
}

function judgeLink({ path, is, file, target, at }: Hdf5Facts["links"][number], notes: NoteList): void {
  if (is === "soft") return;
  const why = file === null ? null : leadsOutside(file);
  notes.add({
    rule: "hdf5-link",
    verdict: why === null ? "suspicious" : "malicious",
    severity: "high",
    says:
      file === null
        ? `${shown(path)} is a link of a kind that a library has to be loaded for.`
        : `${shown(path)} leads to another file, ${shown(file)}${why === null ? "" : `, which ${why}`}.`,
    at,
    evidence: [`${shown(path)} -> ${shown(file ?? "")} ${shown(target)}`],
    advisories: ADVISORIES,
  });
}

function judgeDataset(dataset: Hdf5Facts["datasets"][number], notes: NoteList): void {
  const { path, files, layout, filters, at } = dataset;
  for (const file of files) {
    const why = leadsOutside(file);
    notes.add({
      rule: "hdf5-external",
      verdict: why === null ? "suspicious" : "malicious",
      severity: "high",
      says: `The data of ${shown(path)} is to be read from ${shown(file)}${why === null ? "" : `, which ${why}`}.`,
      at,
      advisories: ADVISORIES,
    });
  }
  if (layout === "virtual")
    notes.add({
      rule: "hdf5-virtual",
      verdict: "suspicious",
      severity: "high",
      says: `The data of ${shown(path)} is put together of other files.`,
      at,
      advisories: ADVISORIES,
    });
  for (const filter of filters.filter((one) => !FILTERS.has(one)))
    notes.add({
      rule: "hdf5-filter",
      verdict: "suspicious",
      severity: "low",
      says: `${shown(path)} is packed by the filter ${filter}, for which HDF5 loads a library.`,
      at,
    });
}
