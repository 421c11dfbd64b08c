import type { Confidence } from "./found.ts";
import type { Answer } from "./observed.ts";
import { at, list, text } from "./reading.ts";
import { type Mark, RUNTIMES, type RuntimeKind } from "./runtimes.table.ts";

/** What a listener is, by its answers alone. */
export interface Recognised {
  readonly runtime: RuntimeKind;
  readonly mark: Mark;
  readonly confidence: Confidence;
}

const MODELS_MAX = 256;
const NAME_CHARS_MAX = 200;

/** The runtime whose mark an answer bears; what is certain before what is likely. Null: none that is known. */
export function recognisedBy(answers: readonly Answer[]): Recognised | null {
  const all = RUNTIMES.flatMap((runtime) =>
    runtime.marks
      .filter((mark) => answers.some((answer) => answer.path === mark.path && mark.fits(answer)))
      .map((mark) => ({ runtime, mark })),
  );
  const best = all.find(({ mark }) => mark.weak !== true) ?? all[0];
  if (best === undefined) return null;
  return { ...best, confidence: best.mark.weak === true ? "likely" : "certain" };
}

/**
 * The next path to GET at a port, or null when it is known or there is nothing left to ask. First `/`; who answers no HTTP there
 * (status 0) is left alone. Then the marks of the runtimes that use this port, then all others; then what the one it is says of
 * its version and models.
 */
export function nextQuestion(port: number, answers: readonly Answer[]): string | null {
  const asked = new Set(answers.map(({ path }) => path));
  if (answers.length === 0) return "/";
  if (answers[0]?.status === 0) return null;
  const recognised = recognisedBy(answers);
  const isSettled = recognised !== null && recognised.confidence === "certain";
  const paths = isSettled
    ? detailsOf(recognised.runtime)
    : [...marksAt(port), ...(recognised === null ? [] : detailsOf(recognised.runtime))];
  return paths.find((path) => !asked.has(path)) ?? null;
}

function marksAt(port: number): string[] {
  const usual = RUNTIMES.filter(({ ports }) => ports.includes(port));
  return [...usual, ...RUNTIMES].flatMap(({ marks }) => marks.map(({ path }) => path));
}

function detailsOf({ version, models }: RuntimeKind): string[] {
  return [version?.path, models?.path].filter((path) => path !== undefined);
}

/** Every path that is ever asked. */
export function allQuestions(): string[] {
  const paths = RUNTIMES.flatMap((runtime) => [
    ...runtime.marks.map(({ path }) => path),
    ...detailsOf(runtime),
  ]);
  return [...new Set(["/", ...paths])];
}

/** What a recognised runtime says of itself: `reported`, never proven. */
export function reportedBy({ version, models }: RuntimeKind, answers: readonly Answer[]) {
  const answerAt = (path: string | undefined) => answers.find((answer) => answer.path === path)?.json ?? null;
  const said = version === null ? null : text(at(answerAt(version.path), version.field));
  const listed = models === null ? [] : list(at(answerAt(models.path), models.list));
  const names = listed
    .flatMap((one) => text(at(one, models?.name ?? "")) ?? [])
    // Cut, it would be another's name.
    .filter((name) => name.length <= NAME_CHARS_MAX);
  return {
    version: said?.slice(0, NAME_CHARS_MAX) ?? null,
    models: names.slice(0, MODELS_MAX),
  };
}
