import { SEGMENTS_MAX } from "./limits.ts";

/** One segment of a path's template: words that stand there, and parameters between them. */
export interface Segment {
  /** The words around the parameters: one more than there are parameters. */
  readonly words: readonly string[];
  readonly parameters: readonly string[];
  /** Its one parameter may hold slashes. */
  readonly spans: boolean;
}

/**
 * Reads `/repos/{owner}/{base}...{head}`. A string says why it cannot be matched. Words are compared decoded.
 * `{+name}` and `{name=**}` (Google's) span segments, as the parameters in `spans` do.
 */
export function readTemplate(template: string, spans: readonly string[]): readonly Segment[] | string {
  if (!template.startsWith("/")) return "its path does not begin with a slash";
  if (/[?#]/.test(template)) return "its path has a query or a fragment in it";
  const parts = template.slice(1).split("/");
  if (parts.length > SEGMENTS_MAX) return `its path has more than ${SEGMENTS_MAX} segments`;
  const segments = parts.map((part) => readSegment(part, spans));
  const wrong = segments.find((segment) => typeof segment === "string");
  if (wrong !== undefined) return wrong;
  const read = segments.filter((segment) => typeof segment !== "string");
  const names = read.flatMap((segment) => segment.parameters);
  if (new Set(names).size !== names.length) return "its path has one parameter twice";
  if (read.filter((segment) => segment.spans).length > 1)
    return "its path has two parameters that hold slashes";
  return read;
}

function readSegment(part: string, spans: readonly string[]): Segment | string {
  const pieces = part.split(/[{}]/);
  const isBalanced = /^(?:[^{}]|\{[^{}]+\})*$/.test(part);
  if (!isBalanced) return "its path has braces that do not match";
  const words = pieces.filter((_, at) => at % 2 === 0).map(decoded);
  const given = pieces.filter((_, at) => at % 2 === 1);
  if (words.includes(null)) return "its path has a percent sign that means nothing";
  const plainWords = words.filter((word) => word !== null);
  if (plainWords.slice(1, -1).includes("")) return "its path has two parameters with nothing between them";
  const parameters = given.map((name) => name.replace(/^\+/, "").replace(/=.*$/, ""));
  const isSpan = given.some(
    (name, at) => name.startsWith("+") || name.endsWith("=**") || spans.includes(parameters[at] ?? ""),
  );
  if (given.some((name) => /=/.test(name) && !name.endsWith("=**")))
    return "its path has a parameter with a pattern";
  const isAlone = parameters.length === 1 && plainWords.every((word) => word === "");
  if (isSpan && !isAlone) return "its path has a parameter that holds slashes beside other words";
  return { words: plainWords, parameters, spans: isSpan };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** What has the same form stands for the same requests, whatever its parameters are called. */
export function formOf(segment: Segment): string {
  return segment.spans ? "**" : JSON.stringify(segment.words);
}

/** How little else a segment could stand for: words alone 3, words and parameters 2, a parameter 1, one with slashes 0. */
export function weightOf({ words, parameters, spans }: Segment): number {
  if (spans) return 0;
  if (parameters.length === 0) return 3;
  return words.some((word) => word !== "") ? 2 : 1;
}

/**
 * The values of the parameters between the words, in time linear in the text. Null: it does not fit, a value would be
 * empty, or a word stands there more than once, so that the values could be cut in two ways.
 */
export function valuesIn({ words, parameters }: Segment, text: string): readonly string[] | null {
  const [first = "", ...rest] = words;
  const last = rest.at(-1) ?? "";
  if (parameters.length === 0) return text === first ? [] : null;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return null;
  const inner = text.slice(first.length, text.length - last.length);
  const values = cut(inner, rest.slice(0, -1));
  return values === null || values.includes("") ? null : values;
}

function cut(text: string, words: readonly string[]): readonly string[] | null {
  const values: string[] = [];
  let left = text;
  for (const word of words) {
    const at = left.indexOf(word);
    if (at < 0 || left.indexOf(word, at + 1) >= 0) return null;
    values.push(left.slice(0, at));
    left = left.slice(at + word.length);
  }
  return [...values, left];
}

/** A path's segments, decoded. Null: one of them could be read in two ways, or there are too many. */
export function segmentsOf(path: string): readonly string[] | null {
  const parts = path
    .split("/", SEGMENTS_MAX + 2)
    .slice(1)
    .map(decoded);
  if (parts.length > SEGMENTS_MAX) return null;
  const whole = parts.filter((part) => part !== null);
  return whole.length === parts.length && whole.every(isOneReading) ? whole : null;
}

/** Slashes that were percent-encoded are part of a value; steps among them, and backslashes, somebody might walk. */
function isOneReading(segment: string): boolean {
  return !/[\\\0]/.test(segment) && !segment.split("/").some((step) => step === "." || step === "..");
}
