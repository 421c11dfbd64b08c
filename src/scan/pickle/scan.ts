import type { ByteSource } from "#models";
import type { Finding } from "../finding.ts";
import { isBomb } from "./expansion.ts";
import { type Judge, judgeOf } from "./judge.ts";
import { runPickle } from "./machine.ts";
import type { StreamEnd } from "./state.ts";

export const STREAMS_MAX = 1000;
/** Pickles in the data of pickles: deeper ones are not looked into, since each is only text to the one around it. */
const DEPTH_MAX = 3;

export interface PickleScan {
  /** False where no loader would take the bytes for a pickle, and nothing is imported or called before it fails. */
  readonly isPickle: boolean;
  /** How many pickles stand after one another. */
  readonly streams: number;
  /** Where the last of them ends; what follows is no pickle. */
  readonly end: number;
  readonly findings: readonly Finding[];
}

/**
 * What happens to whoever loads these bytes as a pickle, or as several after one another (PyTorch before 1.6 wrote five, and
 * then the tensors' bytes): nothing is loaded, imported or made.
 * `path` leads from the file to these bytes, `depth` counts the pickles around them in whose data they stand. Throws `model_unreadable` as `source` does.
 */
export function scanPickle(source: ByteSource, path: readonly string[], depth = 0): PickleScan {
  const findings: Finding[] = [];
  const within =
    depth < DEPTH_MAX ? (inner: ByteSource) => scanPickle(inner, path, depth + 1).findings : null;
  let [at, streams] = [0, 0];
  while (at < source.size && streams < STREAMS_MAX) {
    const judge = judgeOf(source, path, within);
    const end = followed(source, at, judge);
    if (!isStream({ source, at, end, judge })) break;
    findings.push(...judge.findings(), ...endFindings(end, path));
    at = end.at;
    streams += 1;
    if (end.kind !== "stopped") break;
  }
  if (streams === STREAMS_MAX)
    findings.push(unread(`there are more than ${STREAMS_MAX} pickles in it`, at, path));
  return { isPickle: streams > 0, streams, end: at, findings };
}

/**
 * What neither its content nor its name says to be a pickle may be loaded as one all the same: the oldest protocol is text, and
 * may begin like any. Only what is malicious in it says that somebody meant it so; texts that begin like opcodes are no pickles.
 */
export function scanPickleAnyway(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const { findings } = scanPickle(source, path);
  return findings.some(({ verdict }) => verdict === "malicious") ? findings : [];
}

/**
 * A file with arrays of joblib's is read in both ways: what is bytes of an array to joblib are opcodes to `pickle.load`, and
 * nobody knows which of the two will load it. That the latter breaks at the first of them is as it should be.
 */
function followed(source: ByteSource, at: number, judge: Judge): StreamEnd {
  const { end } = runPickle(source, at, judge.hear);
  if (judge.heard().arrays === 0 || (end.kind === "lost" && end.isLimit)) return end;
  return runPickle(source, at, judge.hear, true).end;
}

interface Run {
  readonly source: ByteSource;
  readonly at: number;
  readonly end: StreamEnd;
  readonly judge: Judge;
}

/** Bytes that fail in every loader before anything is imported or called are none, unless they claim to be. */
function isStream({ source, at, end, judge }: Run): boolean {
  const { calls, names } = judge.heard();
  if (end.kind === "stopped" || calls > 0) return true;
  const [first, protocol = 0] = source.read(at, 2);
  if (first === 0x80 && protocol >= 2 && protocol <= 5 && at === 0) return true;
  return names > 0 || (end.kind === "lost" && end.isLimit);
}

function endFindings(end: StreamEnd, path: readonly string[]): Finding[] {
  if (end.kind === "stopped") return isBomb(end.value) ? [bomb(end.at, path)] : [];
  const what = end.kind === "broken" ? `it is broken: ${end.what}` : end.what;
  return [unread(what, end.at, path)];
}

function bomb(at: number, path: readonly string[]): Finding {
  return {
    rule: "pickle-expansion",
    severity: "high",
    verdict: "malicious",
    says: "What it loads is made of the same parts so often that whoever walks or prints it never ends.",
    techniques: ["AML.T0011.000", "AML.T0029"],
    path,
    offset: at,
    evidence: [],
    advisories: [],
  };
}

function unread(what: string, at: number, path: readonly string[]): Finding {
  return {
    rule: "pickle-unread",
    severity: "high",
    verdict: "unscannable",
    says: `The pickle was not read to its end: ${what}.`,
    techniques: ["AML.T0011.000"],
    path,
    offset: at,
    evidence: [],
    advisories: [],
  };
}
