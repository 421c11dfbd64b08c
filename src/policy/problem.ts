/** Something a person should mend in a policy text. Lines and columns count from 1, columns in UTF-16 units. */
export interface Problem {
  readonly message: string;
  readonly help?: string;
  /** `@id` of the policy it is about, where that much could be read. */
  readonly policy?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The part of Cedar's `DetailedError` that we read. Its offsets count UTF-8 bytes of the text it was given. */
export interface CedarError {
  readonly message: string;
  readonly help: string | null;
  readonly sourceLocations?: readonly {
    readonly start: number;
    readonly end: number;
    readonly label?: string | null;
  }[];
  readonly related?: readonly CedarError[];
}

export const PROBLEMS_MAX = 100;

/** Where a byte offset of `text` lies, for people. */
export function positionOf(text: string, byteOffset: number): { line: number; column: number } {
  const before = Buffer.from(text, "utf8").subarray(0, Math.max(0, byteOffset)).toString("utf8");
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Byte offset of the first occurrence of `part`, so that errors within one policy point into the whole text. */
export function byteOffsetOf(text: string, part: string): number {
  const index = text.indexOf(part);
  return index < 0 ? 0 : Buffer.byteLength(text.slice(0, index), "utf8");
}

/** One Cedar error and all it is related to, as problems; at most `PROBLEMS_MAX`. */
export function problemsOf(
  error: CedarError,
  place: { readonly text: string; readonly base?: number; readonly policy?: string },
): Problem[] {
  const at = error.sourceLocations?.[0];
  const label = at?.label ?? null;
  const help = error.help ?? label;
  const own: Problem = {
    message: error.message,
    ...(help === null ? {} : { help }),
    ...(place.policy === undefined ? {} : { policy: place.policy }),
    ...(at === undefined ? {} : positionOf(place.text, at.start + (place.base ?? 0))),
  };
  const related = (error.related ?? []).flatMap((next) => problemsOf(next, place));
  return [own, ...related].slice(0, PROBLEMS_MAX);
}
