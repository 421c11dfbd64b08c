import { shownText } from "../shown.ts";
import { parseGo } from "./go/parse.ts";
import { parseJinja } from "./jinja.ts";
import { type Line, linesOf } from "./print.ts";
import { isGoTemplate } from "./scan.ts";

/** A statement that is another one than in the base, or stands in one of the two alone; as inert text. */
export type TemplateChange =
  | { readonly is: "added"; readonly own: string }
  | { readonly is: "removed"; readonly base: string }
  | { readonly is: "changed"; readonly base: string; readonly own: string };

export type TemplateDiff =
  | {
      readonly ok: true;
      /** In the order of the template; cut where there are more than are of use. */
      readonly changes: readonly TemplateChange[];
      readonly more: number;
    }
  /** One of the two can't be read. */
  | { readonly ok: false; readonly which: "base" | "own"; readonly what: string };

const CHANGES_MAX = 200;
/** Of the two lists' lengths, multiplied: beyond it everything between the first and the last change counts as changed. */
const CELLS_MAX = 4_000_000;

/**
 * What a model's template does otherwise than its base's: both are read into trees, and their statements compared. Spaces, quotes,
 * comments and line ends make no difference. An empty list of changes says that they do the same.
 */
export function diffTemplates(base: string, own: string): TemplateDiff {
  const [one, other] = [linesIn(base), linesIn(own)];
  if (typeof one === "string") return { ok: false, which: "base", what: one };
  if (typeof other === "string") return { ok: false, which: "own", what: other };
  const changes = paired(changed(one, other));
  return {
    ok: true,
    changes: changes.slice(0, CHANGES_MAX),
    more: Math.max(0, changes.length - CHANGES_MAX),
  };
}

function linesIn(text: string): readonly Line[] | string {
  const outcome = isGoTemplate(text) && !text.includes("{%") ? parseGo(text) : parseJinja(text);
  return outcome.ok ? linesOf(outcome.parsed.body) : outcome.what;
}

interface Step {
  readonly is: "added" | "removed";
  readonly line: Line;
  /** Steps with nothing in common between them stand together. */
  readonly group: number;
}

const isSame = (one: Line | undefined, other: Line | undefined): boolean =>
  one !== undefined && other !== undefined && one.text === other.text && one.depth === other.depth;

/** The longest common subsequence, of what lies between the common beginning and the common end. */
function changed(base: readonly Line[], own: readonly Line[]): readonly Step[] {
  let start = 0;
  while (isSame(base[start], own[start])) start += 1;
  let end = 0;
  while (end < Math.min(base.length, own.length) - start && isSame(base.at(-1 - end), own.at(-1 - end)))
    end += 1;
  const [left, right] = [base.slice(start, base.length - end), own.slice(start, own.length - end)];
  return left.length * right.length > CELLS_MAX ? allOf(left, right) : stepsBetween(left, right);
}

function allOf(left: readonly Line[], right: readonly Line[]): readonly Step[] {
  return [
    ...left.map((line): Step => ({ is: "removed", line, group: 0 })),
    ...right.map((line): Step => ({ is: "added", line, group: 0 })),
  ];
}

function stepsBetween(left: readonly Line[], right: readonly Line[]): readonly Step[] {
  const common = commonLengths(left, right);
  const width = right.length + 1;
  const steps: Step[] = [];
  let [i, j, group] = [0, 0, 0];
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    if (isSame(one, other)) {
      [i, j, group] = [i + 1, j + 1, group + 1];
    } else if (
      other === undefined ||
      (one !== undefined && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      if (one !== undefined) steps.push({ is: "removed", line: one, group });
      i += 1;
    } else {
      steps.push({ is: "added", line: other, group });
      j += 1;
    }
  }
  return steps;
}

/** For each pair of places how many lines the rests have in common. */
function commonLengths(left: readonly Line[], right: readonly Line[]): Uint32Array {
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const down = common[(i + 1) * width + j] ?? 0;
      const across = common[i * width + j + 1] ?? 0;
      common[i * width + j] = isSame(left[i], right[j])
        ? (common[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(down, across);
    }
  return common;
}

/** What went and what came at one place is one change each. */
function paired(steps: readonly Step[]): readonly TemplateChange[] {
  const groups = new Map<number, { removed: string[]; added: string[] }>();
  for (const { is, line, group } of steps) {
    const known = groups.get(group) ?? { removed: [], added: [] };
    known[is].push(line.text);
    groups.set(group, known);
  }
  return [...groups.values()].flatMap(({ removed, added }) =>
    Array.from({ length: Math.max(removed.length, added.length) }, (_, n) => changeOf(removed[n], added[n])),
  );
}

function changeOf(removed: string | undefined, added: string | undefined): TemplateChange {
  const [base, own] = [shownText(removed ?? ""), shownText(added ?? "")];
  if (removed === undefined) return { is: "added", own };
  return added === undefined ? { is: "removed", base } : { is: "changed", base, own };
}
