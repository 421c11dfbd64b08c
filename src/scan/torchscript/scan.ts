import { Buffer } from "node:buffer";
import { Fault, type Json } from "#base";
import { type ByteSource, isObject, jsonText, malformed, readAll } from "#models";
import type { Finding } from "../finding.ts";
import { type NoteList, notesOn } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { shown } from "../pickle/show.ts";
import { KNOWN_NAMESPACES, REACHING } from "./operators.table.ts";

const CODE_BYTES_MAX = 32 * 1_048_576;
const LINE_SHOWN_MAX = 120;
/** Where the code of a TorchScript archive is; a `.py` file elsewhere is no TorchScript. */
const CODE_PATH = /(?:^|\/)code\/.*\.py$/u;

/** An operator as TorchScript's printer writes it: `torch.add(`, `ops.torchvision.nms(`, `torch.classes`' as `__torch__.torch.classes`. */
const CALL = /\b(?:ops\.(?<space>[A-Za-z_]\w*)\.(?<op>[A-Za-z_]\w*)|torch\.(?<own>[A-Za-z_]\w*))\s*\(/gu;
const CUSTOM_CLASS = /\b__torch__\.torch\.classes\.(?<space>\w+)\.(?<name>\w+)/gu;
const IMPORT = /^[ \t]*(?:import|from)[ \t]+(?!__torch__\b)(?<name>[\w.]+)/gmu;
const TEXT = /"(?<double>(?:[^"\\\n]|\\.){1,512})"|'(?<single>(?:[^'\\\n]|\\.){1,512})'/gu;

/** What the code in a TorchScript archive would do besides computing. It is not run: the names of its operators are looked at. */
export function scanTorchScript(source: ByteSource, path: readonly string[]): readonly Finding[] {
  if (path.length < 2 || !CODE_PATH.test(path.at(-1) ?? "")) return [];
  const notes = notesOn(path);
  if (source.size > CODE_BYTES_MAX) {
    notes.add({
      rule: "torchscript-unread",
      verdict: "unscannable",
      says: `The code has ${source.size} bytes, of ${CODE_BYTES_MAX} at most.`,
    });
    return notes.findings();
  }
  const code = Buffer.from(readAll(source)).toString("utf8");
  judgeCalls(code, notes);
  judgeClasses(code, notes);
  for (const found of code.matchAll(IMPORT))
    notes.add({
      rule: "torchscript-import",
      verdict: "suspicious",
      severity: "high",
      says: `The code imports ${shown(found.groups?.["name"] ?? "")}, which TorchScript cannot: it is code of Python.`,
      at: found.index,
      evidence: [lineAt(code, found.index)],
    });
  return notes.findings();
}

/**
 * A program of `torch.export` (`.pt2`) is JSON, whose nodes name their operators as `torch.ops.aten.add.Tensor`: torch/_export/serde/schema.py.
 * Nothing is said of other JSON.
 */
export function scanExportedProgram(source: ByteSource, path: readonly string[]): readonly Finding[] {
  if (path.length < 2) return [];
  const notes = notesOn(path);
  const isProgram = /serialized_exported_program/u.test(path.at(-1) ?? "");
  try {
    if (source.size > CODE_BYTES_MAX) throw malformed(`it has more than ${CODE_BYTES_MAX} bytes`, 0);
    for (const target of targetsIn(jsonText(readAll(source)).value)) judgeTarget(target, notes);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "model_malformed") throw error;
    if (isProgram)
      notes.add({
        rule: "torchscript-unread",
        verdict: "unscannable",
        says: `The exported program was not read: ${error.message}.`,
      });
  }
  return notes.findings();
}

/** Every `target` in it, however deep. */
function targetsIn(value: Json): ReadonlySet<string> {
  const targets = new Set<string>();
  const open: Json[] = [value];
  while (open.length > 0) {
    const one = open.pop() ?? null;
    if (isObject(one) && typeof one["target"] === "string") targets.add(one["target"]);
    const inside = Array.isArray(one) ? one : isObject(one) ? Object.values(one) : [];
    for (const item of inside) open.push(item ?? null);
  }
  return targets;
}

function judgeTarget(target: string, notes: NoteList): void {
  const { space, name } = /^torch\.ops\.(?<space>\w+)\.(?<name>\w+)/u.exec(target)?.groups ?? {};
  if (space === undefined) return;
  const does = REACHING.get(`${space}.${name ?? ""}`) ?? REACHING.get(`${space}.*`);
  if (does !== undefined)
    notes.add({
      rule: "torchscript-op",
      verdict: does.verdict,
      severity: "high",
      says: `The program calls ${shown(target)}, which ${does.does}.`,
    });
  else if (!KNOWN_NAMESPACES.has(space))
    notes.add({
      rule: "torchscript-custom-op",
      verdict: "suspicious",
      says: `The program calls ${shown(target)}, which is none of PyTorch's: a library has to be loaded for it.`,
    });
}

function judgeCalls(code: string, notes: NoteList): void {
  for (const found of code.matchAll(CALL)) {
    const { space = "aten", op, own } = found.groups ?? {};
    const name = op ?? own ?? "";
    const does = REACHING.get(`${space}.${name}`) ?? REACHING.get(`${space}.*`);
    const evidence = [lineAt(code, found.index)];
    const at = found.index;
    if (does !== undefined) {
      const paths = textsIn(evidenceText(code, found.index)).filter((text) => leadsOutside(text) !== null);
      notes.add({
        rule: "torchscript-op",
        verdict: does.verdict === "suspicious" && paths.length > 0 ? "malicious" : does.verdict,
        severity: "high",
        says: `The code calls ${shown(`${space}::${name}`)}, which ${does.does}.`,
        at,
        evidence,
      });
    } else if (!KNOWN_NAMESPACES.has(space))
      notes.add({
        rule: "torchscript-custom-op",
        verdict: "suspicious",
        says: `The code calls ${shown(`${space}::${name}`)}, which is none of PyTorch's: a library has to be loaded for it.`,
        at,
        evidence,
      });
  }
}

function judgeClasses(code: string, notes: NoteList): void {
  for (const { groups, index } of code.matchAll(CUSTOM_CLASS)) {
    const space = groups?.["space"] ?? "";
    if (KNOWN_NAMESPACES.has(space)) continue;
    notes.add({
      rule: "torchscript-custom-class",
      verdict: "suspicious",
      says: `The code has objects of ${shown(`${space}.${groups?.["name"] ?? ""}`)}, a class of a library that has to be loaded for it.`,
      at: index,
      evidence: [lineAt(code, index)],
    });
  }
}

const textsIn = (line: string): readonly string[] =>
  Array.from(line.matchAll(TEXT), ({ groups }) => groups?.["double"] ?? groups?.["single"] ?? "");

function evidenceText(code: string, at: number): string {
  const from = code.lastIndexOf("\n", at) + 1;
  const until = code.indexOf("\n", at);
  return code.slice(from, Math.min(until < 0 ? code.length : until, from + 2_000));
}

const lineAt = (code: string, at: number): string => shown(evidenceText(code, at).trim(), LINE_SHOWN_MAX);
