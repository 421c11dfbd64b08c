import { type ByteSource, readTensorflow, type TensorflowFacts, type TensorflowShape } from "#models";
import type { ContentScanner } from "../content.ts";
import { type NoteList, notesOn, unreadable } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { shown } from "../pickle/show.ts";
import { OPERATIONS } from "./known.table.ts";
import { CHECKPOINTS, DANGEROUS } from "./operations.table.ts";

type Operation = TensorflowFacts["operations"][number];

/** Operations of the runtime's own, which rewriters put into graphs: `_Retval`, `_FusedConv2D`. */
const INTERNAL = /^_[A-Z]/u;
const EVIDENCE_MAX = 8;
/** A path in a graph: absolute, or out of its folder; `//` alone stands in templates of names. */
const PATH =
  /^(?:\/[\w.~-]+(?:\/|$)|[A-Za-z]:\\|\\\\|~\/|(?:file|https?|gs|s3|hdfs|ftp):\/\/)|(?:^|[\\/])\.\.[\\/]/u;

/**
 * Of those, where a machine keeps what nobody hands out. Graphs of TensorFlow 1 hold the folders that they were exported to, such as
 * `/tmp/model/assets`: a path alone says nothing of the operations that restore variables.
 */
const PRIVATE =
  /(?:^|[\\/])(?:etc|proc|sys|dev|root|boot|cron[\w.]*|\.(?:ssh|aws|azure|kube|gnupg|docker|config|netrc|bashrc|profile|env|git)[\w-]*|id_[a-z0-9]+|authorized_keys|autostart)(?:[\\/]|$)|\.\.[\\/]|:\/\//u;

/** What a graph of TensorFlow would do besides computing: a graph is a program, and its operations are what it can do. */
export function tensorflowScanner(shape: TensorflowShape): ContentScanner {
  return (source, path) => {
    const notes = notesOn(path);
    const read = readTensorflow(source, shape);
    if (!read.ok) notes.add(unreadable("tensorflow-unread", "The graph of TensorFlow", read.malformed));
    else judge(read, notes);
    return notes.findings();
  };
}

/** By the name alone it is not told which of the messages a `.pb` file is. */
export function scanProtobufFile(source: ByteSource, path: readonly string[]) {
  const saved = readTensorflow(source, "saved-model");
  const isSaved = saved.ok && saved.nodes > 0;
  return tensorflowScanner(isSaved ? "saved-model" : "graph")(source, path);
}

function judge(facts: TensorflowFacts, notes: NoteList): void {
  const own = new Set(facts.functions);
  for (const operation of facts.operations) judgeOperation(operation, facts, own, notes);
  for (const asset of facts.assets) judgeAsset(asset, notes);
  if (facts.cut.length > 0)
    notes.add({
      rule: "tensorflow-cut",
      verdict: "unscannable",
      says: `There is more in the graph than is looked at: ${facts.cut.join(", ")}.`,
    });
}

function judgeOperation(
  operation: Operation,
  facts: TensorflowFacts,
  own: ReadonlySet<string>,
  notes: NoteList,
): void {
  const { name, at } = operation;
  const danger = DANGEROUS.get(name);
  const paths = facts.texts.filter(({ text }) => PATH.test(text));
  const evidence = evidenceOf(operation, paths);
  if (danger !== undefined) {
    const isAimed =
      danger.verdict === "suspicious" && paths.length > 0 && /files?|database/.test(danger.does);
    notes.add({
      rule: "tensorflow-op",
      verdict: isAimed ? "malicious" : danger.verdict,
      severity: danger.severity,
      says: `The operation ${shown(name)} ${danger.does}${isAimed ? ", and the graph holds a path for it" : ""}.`,
      at,
      evidence,
    });
  } else if (CHECKPOINTS.has(name) && paths.some(({ text }) => PRIVATE.test(text)))
    notes.add({
      rule: "tensorflow-path",
      verdict: "suspicious",
      severity: "high",
      says: `The operation ${shown(name)} reads or writes files, and the graph holds a path to what nobody hands out.`,
      at,
      evidence,
    });
  else if (!OPERATIONS.has(name) && !own.has(name) && !INTERNAL.test(name))
    notes.add({
      rule: "tensorflow-custom-op",
      verdict: "suspicious",
      says: `The operation ${shown(name)} is none of TensorFlow's: a library with its code has to be loaded for it.`,
      at,
      evidence,
    });
}

function evidenceOf(operation: Operation, paths: TensorflowFacts["texts"]): readonly string[] {
  const { name, count, within, texts } = operation;
  return [
    `${shown(name)} stands ${count} times, first in ${within === null ? "the graph" : `the function ${shown(within)}`}`,
    ...texts.map(([key, text]) => `${shown(key)} = ${shown(text)}`),
    ...paths.map(({ node, text }) => `the constant ${shown(node)} = ${shown(text)}`),
  ].slice(0, EVIDENCE_MAX);
}

function judgeAsset(asset: string, notes: NoteList): void {
  const why = leadsOutside(asset);
  if (why === null) return;
  notes.add({
    rule: "tensorflow-asset-path",
    verdict: "malicious",
    says: `The asset ${shown(asset)} of the model ${why}.`,
  });
}
