import { cut, inertBlock, inertLine, widthOf } from "./text.ts";

const GAP = "  ";
const COLUMN_MIN = 8;
/** Of a thing on one line beside its name; what is longer stands below. */
const PAIRS_WIDTH_MAX = 80;
/** `act_` and a ULID. */
const ID_WIDTH = 30;

/**
 * A table for people. With a width, the widest columns are cut until it fits, and the last ones left out where that is
 * not enough; the column `id` stays whole, because it is what the next command is given. Without a width (a pipe)
 * nothing is cut.
 */
export function table(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  width: number | null,
): string {
  const cells = [
    columns.map(heading),
    ...rows.map((row) => columns.map((column) => inertLine(cell(row[column])))),
  ];
  const natural = columns.map((_, at) => Math.max(...cells.map((line) => widthOf(line[at] ?? ""))));
  const widths = fit(natural, leastOf(columns, natural), width);
  return cells.map((line) => lineOf(line, widths)).join("\n");
}

function leastOf(columns: readonly string[], natural: readonly number[]): number[] {
  return columns.map((column, at) => {
    const whole = natural[at] ?? 0;
    return column === "id" ? whole : Math.min(whole, COLUMN_MIN);
  });
}

function lineOf(line: readonly string[], widths: readonly number[]): string {
  return line
    .slice(0, widths.length)
    .map((text, at) => pad(text, widths[at] ?? 0))
    .join(GAP)
    .trimEnd();
}

/**
 * A table whose rows come in over time. On a terminal its columns stand still from the first rows on, with room to
 * spare where there is some, and what is longer is cut; a pipe gets everything, whatever the columns.
 */
export function growingTable(
  columns: readonly string[],
  width: number | null,
): (rows: readonly Readonly<Record<string, unknown>>[]) => string {
  let natural = columns.map((column) => (column === "id" ? ID_WIDTH : widthOf(heading(column))));
  let fixed: readonly number[] | null = null;
  return (rows) => {
    const cells = rows.map((row) => columns.map((column) => inertLine(cell(row[column]))));
    const shown = fixed === null ? [columns.map(heading), ...cells] : cells;
    if (fixed === null || width === null)
      natural = natural.map((wide, at) => Math.max(wide, ...cells.map((line) => widthOf(line[at] ?? ""))));
    fixed ??= roomy(fit(natural, leastOf(columns, natural), width), width);
    const widths = width === null ? natural : fixed;
    return shown.map((line) => lineOf(line, widths)).join("\n");
  };
}

/** The widths with what is left of the room shared out, so that what comes later fits as well. */
function roomy(widths: readonly number[], room: number | null): readonly number[] {
  const spare = room === null ? 0 : Math.max(0, room - taken(widths));
  const each = Math.floor(spare / widths.length);
  return widths.map((one) => one + each);
}

/** One thing for people: its fields under each other, long texts as blocks below. */
export function details(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value);
  const short = entries.filter(([, field]) => !isBlock(field));
  const lines = linesOf(short);
  const blocks = entries
    .filter(([, field]) => isBlock(field))
    .map(([name, field]) => `\n${heading(name)}\n${block(field)}`);
  return [...lines, ...blocks].join("\n");
}

/** Each on one line, its name before it; a name may be another's words too. */
function linesOf(entries: readonly (readonly [string, unknown])[]): string[] {
  const named = entries.map(([name, field]) => [inertLine(heading(name)), inertLine(cell(field))] as const);
  const label = Math.max(0, ...named.map(([name]) => name.length));
  return named.map(([name, text]) => `${name.padEnd(label)}  ${text}`);
}

function isBlock(field: unknown): boolean {
  return (typeof field === "string" && field.includes("\n")) || isTable(field) || isPart(field);
}

/** A thing within the thing that does not fit on its line. */
function isPart(field: unknown): field is Readonly<Record<string, unknown>> {
  if (typeof field !== "object" || field === null || Array.isArray(field)) return false;
  const line = pairs(field);
  return line === null || widthOf(line) > PAIRS_WIDTH_MAX;
}

function block(field: unknown): string {
  if (isPart(field)) return linesOf(Object.entries(field)).join("\n");
  return isTable(field) ? table(field, columnsOf(field), null) : inertBlock(String(field)).trimEnd();
}

function isTable(field: unknown): field is readonly Readonly<Record<string, unknown>>[] {
  return (
    Array.isArray(field) &&
    field.length > 0 &&
    field.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))
  );
}

/** Every field that has a plain value somewhere, in order of appearance. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "string")
    return isTime(value) ? value.replace("T", " ").replace(/\.\d+Z$/, "Z") : value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return value.length === 0 ? "-" : value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return pairs(value) ?? JSON.stringify(value);
}

/** Plain values by name, as `llama*: 0.05/0.08, *: 1/3`; null where it is anything else. */
function pairs(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const fields = Object.entries(value);
  if (fields.length === 0) return "-";
  if (fields.some(([, field]) => typeof field === "object" && field !== null)) return null;
  return fields.map(([name, field]) => `${name}: ${String(field)}`).join(", ");
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

/** `observeUntil` as `observe until`. */
function heading(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function taken(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
}

/** Widths that fit the room: as many columns as can have their least, the widest cut first. */
function fit(natural: readonly number[], least: readonly number[], room: number | null): number[] {
  if (room === null) return [...natural];
  let count = natural.length;
  while (count > 1 && taken(least.slice(0, count)) > room) count -= 1;
  const fitted = natural.slice(0, count);
  for (let excess = taken(fitted) - room; excess > 0; excess -= 1) {
    const spare = fitted.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    fitted[spare.indexOf(widest)] = widest - 1;
  }
  return fitted;
}

function pad(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - widthOf(shown)));
}
