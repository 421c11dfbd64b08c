/** A piece of two texts that are compared: in both, only in what was, or only in what is. */
export interface Piece {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Cells of the table that is filled to compare; beyond it, the two are shown as wholly different. */
export const CELLS_MAX = 1_000_000;

/**
 * What is between two lists, by their longest common subsequence (Wagner and Fischer, 1974). Joined, `same` and `gone`
 * are exactly `before`, `same` and `new` exactly `after`: nothing is left out of what a person is shown.
 */
export function compare(before: readonly string[], after: readonly string[]): Piece[] {
  const start = sharedStart(before, after);
  const end = sharedEnd(before.slice(start), after.slice(start));
  const inner = between(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...before.slice(0, start).map(same), ...inner, ...before.slice(before.length - end).map(same)];
}

/** As lines, each without its end. */
export function compareLines(before: string, after: string): Piece[] {
  return compare(before.split("\n"), after.split("\n"));
}

/** As words and what is between them, runs of one kind joined. */
export function compareWords(before: string, after: string): Piece[] {
  const joined: Piece[] = [];
  for (const piece of compare(wordsOf(before), wordsOf(after))) {
    const last = joined.at(-1);
    if (last?.kind === piece.kind) joined[joined.length - 1] = { ...last, text: last.text + piece.text };
    else joined.push(piece);
  }
  return joined;
}

function wordsOf(text: string): string[] {
  return text.match(/\s|[^\s]+/gu) ?? [];
}

function sharedStart(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && before[count] === after[count]) count += 1;
  return count;
}

function sharedEnd(before: readonly string[], after: readonly string[]): number {
  return sharedStart(before.toReversed(), after.toReversed());
}

function between(before: readonly string[], after: readonly string[]): Piece[] {
  if ((before.length + 1) * (after.length + 1) > CELLS_MAX) return [...before.map(gone), ...after.map(added)];
  const lengths = lengthsOf(before, after);
  const width = after.length + 1;
  const pieces: Piece[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) {
      pieces.push(same(old));
      row += 1;
      column += 1;
    } else if (
      now === undefined ||
      (old !== undefined && isBetterDown(lengths, row * width + column, width))
    ) {
      pieces.push(gone(old ?? ""));
      row += 1;
    } else {
      pieces.push(added(now));
      column += 1;
    }
  }
  return pieces;
}

/** What was goes before what is, where both are as good. */
function isBetterDown(lengths: Uint32Array, cell: number, width: number): boolean {
  return (lengths[cell + width] ?? 0) >= (lengths[cell + 1] ?? 0);
}

/** Length of the longest common subsequence of what follows each pair of places. */
function lengthsOf(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const cell = row * width + column;
      lengths[cell] =
        before[row] === after[column]
          ? (lengths[cell + width + 1] ?? 0) + 1
          : Math.max(lengths[cell + width] ?? 0, lengths[cell + 1] ?? 0);
    }
  }
  return lengths;
}

const same = (text: string): Piece => ({ kind: "same", text });
const gone = (text: string): Piece => ({ kind: "gone", text });
const added = (text: string): Piece => ({ kind: "new", text });
