import type { Malformed } from "#models";
import type { Finding, Severity } from "../finding.ts";

/** What a scanner says of one thing; all else of a finding is the same for the whole file. */
export interface Note {
  readonly rule: string;
  readonly verdict: Finding["verdict"];
  readonly says: string;
  readonly at?: number | null;
  /** By the verdict where it isn't given: suspicious is medium, all else high. */
  readonly severity?: Severity;
  readonly techniques?: readonly string[];
  readonly evidence?: readonly string[];
  readonly advisories?: readonly string[];
}

export interface NoteList {
  readonly add: (note: Note) => void;
  readonly findings: () => readonly Finding[];
}

/** Of one file; the first ones stand, and that there are more, which blocks: the worst may be the last. */
const NOTES_MAX = 200;
/** ATLAS: "Unsafe AI Artifacts", and "Model" of "AI Supply Chain Compromise". */
const UNSAFE = ["AML.T0011.000", "AML.T0010.003"];

/** Gathers what is found in a file, each thing that is said once, up to a bound. */
export function notesOn(path: readonly string[]): NoteList {
  const kept = new Map<string, Finding>();
  let isFull = false;
  return {
    add: (note) => {
      const key = `${note.rule} ${note.says}`;
      if (kept.has(key)) return;
      isFull ||= kept.size >= NOTES_MAX;
      if (!isFull) kept.set(key, findingOf(note, path));
    },
    findings: () => (isFull ? [...kept.values(), findingOf(MANY, path)] : [...kept.values()]),
  };
}

const MANY: Note = {
  rule: "findings-cut",
  verdict: "unscannable",
  says: `There is more to find than ${NOTES_MAX} things: the others do not stand here.`,
};

function findingOf(note: Note, path: readonly string[]): Finding {
  return {
    rule: note.rule,
    severity: note.severity ?? (note.verdict === "suspicious" ? "medium" : "high"),
    verdict: note.verdict,
    says: note.says,
    techniques: note.techniques ?? UNSAFE,
    path,
    offset: note.at ?? null,
    evidence: note.evidence ?? [],
    advisories: note.advisories ?? [],
  };
}

/** A file that its own reader can't read: some loader may, so that it blocks. */
export function unreadable(rule: string, what: string, { what: why, at }: Malformed): Note {
  return { rule, verdict: "unscannable", says: `${what} was not read to its end: ${why}.`, at };
}
