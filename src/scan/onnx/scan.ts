import { type ByteSource, type OnnxExternal, type OnnxFacts, type OnnxOperation, readOnnx } from "#models";
import type { Finding } from "../finding.ts";
import { type NoteList, notesOn, unreadable } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { shown } from "../pickle/show.ts";
import { KNOWN_DOMAINS, LOADING, RUNNING } from "./domains.table.ts";

/** The marker by which ONNX Runtime knows tensors that lie in its own memory, at an address that the model gives (unverified: from memory). */
const IN_MEMORY = /_ORT_MEM_ADDR_/;
const TEXT_SHOWN_MAX = 160;

/** What loading and running an ONNX model would do besides computing: files it reads, code that it needs from elsewhere. */
export function scanOnnx(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const read = readOnnx(source);
  if (!read.ok) {
    notes.add(unreadable("onnx-unread", "The ONNX model", read.malformed));
    return notes.findings();
  }
  for (const external of read.external) judgeExternal(external, notes);
  const own = new Set(read.functions.map(({ domain, name }) => `${domain}::${name}`));
  for (const operation of read.operations) judgeOperation(operation, own, read, notes);
  if (read.cut.length > 0)
    notes.add({
      rule: "onnx-cut",
      verdict: "unscannable",
      says: `There is more in the ONNX model than is looked at: ${read.cut.join(", ")}.`,
    });
  return notes.findings();
}

/** CVE-2022-25882, CVE-2024-27318 and CVE-2025-51480: each a way out of the model's folder that a fix before it had left. */
const PATH_CVES = ["CVE-2022-25882", "CVE-2024-27318", "CVE-2025-51480"];

function judgeExternal({ tensor, entries, at }: OnnxExternal, notes: NoteList): void {
  const evidence = entries.map(([key, value]) => `${shown(key)} = ${shown(value)}`).slice(0, 8);
  for (const [key, value] of entries) {
    if (IN_MEMORY.test(value))
      notes.add({
        rule: "onnx-external-memory",
        verdict: "malicious",
        says: `The data of the tensor ${shown(tensor)} is to be read from an address in the loader's memory.`,
        at,
        evidence,
      });
    else if (key === "location" || key === "basepath") judgeLocation({ tensor, value, at, evidence }, notes);
    else if (/^(?:offset|length)$/.test(key) && !/^\d{1,15}$/.test(value))
      notes.add({
        rule: "onnx-external-range",
        verdict: "suspicious",
        says: `The tensor ${shown(tensor)} gives its ${key} in another file as ${shown(value)}, which is no number of bytes.`,
        at,
        evidence,
      });
  }
}

interface Location {
  readonly tensor: string;
  readonly value: string;
  readonly at: number;
  readonly evidence: readonly string[];
}

function judgeLocation({ tensor, value, at, evidence }: Location, notes: NoteList): void {
  const why = leadsOutside(value);
  if (why === null) return;
  notes.add({
    rule: "onnx-external-path",
    verdict: "malicious",
    severity: "critical",
    says: `The data of the tensor ${shown(tensor)} is to be read from ${shown(value)}, which ${why}.`,
    at,
    evidence,
    advisories: PATH_CVES,
  });
}

function judgeOperation(
  { domain, name, count, at }: OnnxOperation,
  own: ReadonlySet<string>,
  facts: OnnxFacts,
  notes: NoteList,
): void {
  const full = `${domain}::${name}`;
  const evidence = [
    `${shown(full)} stands ${count} times`,
    ...facts.attributes
      .filter(({ operation }) => operation === full)
      .slice(0, 6)
      .map((one) => `${shown(one.name)} = ${shown(one.text, TEXT_SHOWN_MAX)}`),
  ];
  const running = RUNNING.get(name) ?? LOADING.get(name);
  if (running !== undefined)
    notes.add({
      rule: "onnx-code",
      verdict: "suspicious",
      severity: "high",
      says: `The operation ${shown(full)} ${running}.`,
      at,
      evidence,
    });
  else if (!KNOWN_DOMAINS.has(domain) && !own.has(full))
    notes.add({
      rule: "onnx-custom-op",
      verdict: "suspicious",
      says: `The operation ${shown(full)} is neither of ONNX nor defined in the model: a library with its code has to be loaded for it.`,
      at,
      evidence,
    });
}
