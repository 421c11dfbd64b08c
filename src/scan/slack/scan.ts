import type { ByteSource } from "#models";
import type { Finding } from "../finding.ts";
import { ggufIn, safetensorsIn } from "../headers.ts";
import { type NoteList, notesOn } from "../formats/note.ts";
import { type Hidden, hiddenIn } from "./programs.ts";

/** A smaller file is searched whole; of a larger one its slack, and where each tensor begins. */
const WHOLE_BYTES_MAX = 256 * 1_048_576;
const SLACK_BYTES_MAX = 512 * 1_048_576;
const TENSORS_MAX = 20_000;
const EMBEDDED = ["AML.T0018.002", "AML.T0011.000"];

type Range = readonly [number, number];

interface Layout {
  /** What belongs to no tensor. */
  readonly slack: readonly Range[];
  readonly tensors: readonly number[];
}

const LAYOUT_UNKNOWN: Layout = { slack: [], tensors: [] };

/** Programs and archives in a file of weights: in what belongs to no tensor, in place of one, and in small files anywhere. */
export function scanSlack(source: ByteSource, path: readonly string[]): readonly Finding[] {
  const notes = notesOn(path);
  const { slack, tensors } = layoutOf(source);
  let left = SLACK_BYTES_MAX;
  for (const [from, until] of slack) {
    const end = Math.min(until, from + left);
    left -= end - from;
    for (const hidden of hiddenIn(source, [from, end], true))
      told(hidden, "in bytes that belong to no tensor", notes);
    if (end < until) notes.add({ ...UNSEARCHED, at: end });
  }
  const isSmall = source.size <= WHOLE_BYTES_MAX;
  const among = isSmall ? hiddenIn(source, [0, source.size], false) : startsOf(source, tensors);
  for (const hidden of among) told(hidden, "among the weights", notes);
  return notes.findings();
}

/** Programs that stand in place of a tensor. */
function startsOf(source: ByteSource, tensors: readonly number[]): readonly Hidden[] {
  return tensors
    .slice(0, TENSORS_MAX)
    .flatMap((start) => hiddenIn(source, [start, start + 1], false).filter(({ at }) => at === start));
}

const UNSEARCHED = {
  rule: "slack-unread",
  verdict: "unscannable",
  says: `More than ${SLACK_BYTES_MAX} bytes belong to no tensor, and were not searched to their end.`,
} as const;

function told({ is, at }: Hidden, where: string, notes: NoteList): void {
  const isProgram = is.startsWith("a program");
  notes.add({
    rule: isProgram ? "slack-program" : "slack-archive",
    verdict: isProgram ? "malicious" : "suspicious",
    severity: "high",
    says: `${is[0]?.toUpperCase() ?? ""}${is.slice(1)} stands ${where}, at byte ${at}.`,
    at,
    techniques: EMBEDDED,
  });
}

function layoutOf(source: ByteSource): Layout {
  const gguf = ggufIn(source);
  if (gguf.ok) {
    const { slack, tensors } = gguf.facts;
    return {
      slack: slack.map(({ at, bytes }) => [at, at + bytes]),
      tensors: tensors.flatMap(({ extent }) => (extent === null ? [] : [extent.at])),
    };
  }
  const safe = safetensorsIn(source);
  if (!safe.ok) return LAYOUT_UNKNOWN;
  const extents = safe.tensors.flatMap(({ extent }) => (extent === null ? [] : [extent]));
  const taken = extents.map(({ at, bytes }): Range => [at, at + bytes]);
  return { slack: gapsOf(taken, safe.dataAt, source.size), tensors: extents.map(({ at }) => at) };
}

function gapsOf(taken: readonly Range[], from: number, size: number): readonly Range[] {
  const gaps: Range[] = [];
  let end = from;
  for (const [at, until] of taken.toSorted((one, other) => one[0] - other[0])) {
    if (at > end) gaps.push([end, at]);
    end = Math.max(end, until);
  }
  return size > end ? [...gaps, [end, size]] : gaps;
}
