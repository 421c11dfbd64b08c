import { cut, inertBlock, inertLine, widthOf } from "./text.ts";

const GAP = "  ";
const COLUMN_MIN = 8;

/** A table for people. With a width, the widest columns are cut until it fits; without one (a pipe) nothing is. */
export function table(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  width: number | null,
): string {
  const cells = [
    columns.map(heading),
    ...rows.map((row) => columns.map((column) => inertLine(cell(row[column])))),
  ];
  const widths = fit(
    columns.map((_, at) => Math.max(...cells.map((line) => widthOf(line[at] ?? "")))),
    width,
  );
  return cells
    .map((line) =>
      line
        .map((text, at) => pad(text, widths[at] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** One thing for people: its fields under each other, long texts as blocks below. */
export function details(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value);
  const short = entries.filter(([, field]) => !isBlock(field));
  const label = Math.max(0, ...short.map(([name]) => heading(name).length));
  const lines = short.map(([name, field]) => `${heading(name).padEnd(label)}  ${inertLine(cell(field))}`);
  const blocks = entries
    .filter(([, field]) => isBlock(field))
    .map(([name, field]) => `\n${heading(name)}\n${block(field)}`);
  return [...lines, ...blocks].join("\n");
}

function isBlock(field: unknown): boolean {
  return (typeof field === "string" && field.includes("\n")) || isTable(field);
}

function block(field: unknown): string {
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
  return JSON.stringify(value);
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

/** `observeUntil` as `observe until`. */
function heading(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function fit(widths: readonly number[], room: number | null): number[] {
  const fitted = [...widths];
  if (room === null) return fitted;
  let excess = fitted.reduce((sum, one) => sum + one, 0) + GAP.length * (fitted.length - 1) - room;
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...fitted);
    if (widest <= COLUMN_MIN) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
  }
  return fitted;
}

function pad(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - widthOf(shown)));
}
