import { z } from "zod";
import type { Invocation } from "./command.ts";
import { columnsOf, details, table } from "./table.ts";
import { inertBlock, inertJson, inertLine } from "./text.ts";

const row = z.record(z.string(), z.unknown());
const list = z.object({ items: z.array(row), next: z.union([z.string(), z.int()]).nullish() });
const dry = z.object({ dryRun: z.literal(true), would: z.string() });

/** An answer as a person, or with `--json` a program, wants to see it. Ends with a newline. */
export function show(
  { operation, input, json }: Pick<Invocation, "operation" | "input" | "json">,
  answer: unknown,
  width: number | null,
): string {
  if (json) return `${inertJson(answer)}\n`;
  const rehearsal = dry.safeParse(answer);
  if (rehearsal.success) return `Would ${inertLine(rehearsal.data.would)}. Nothing was changed.\n`;
  const fields = row.parse(answer);
  const alone = operation.raw ?? (width === null ? operation.piped : undefined);
  const raw = alone === undefined ? undefined : fields[alone];
  if (typeof raw === "string") return width === null ? raw : inertBlock(raw);
  const listed = list.safeParse(answer);
  if (!listed.success) return `${details(heard(fields, operation.quiet ?? []))}\n`;
  // A cursor goes on from where it came; an index, the way it was read.
  const isUp = typeof listed.data.next === "string" || input["after"] !== undefined;
  return showList(
    { columns: operation.columns, more: isUp ? "--after" : "--before" },
    listed.data,
    fields,
    width,
  );
}

function heard(
  fields: Readonly<Record<string, unknown>>,
  quiet: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !quiet.includes(name)));
}

/** Of a list: shown otherwise, or for programs. */
const UNSHOWN = ["items", "next", "head"];

function showList(
  { columns, more }: { readonly columns: readonly string[] | undefined; readonly more: string },
  { items, next }: z.output<typeof list>,
  fields: Readonly<Record<string, unknown>>,
  width: number | null,
): string {
  const rest = Object.entries(fields).filter(([name]) => !UNSHOWN.includes(name));
  const above = rest.length === 0 ? "" : `${details(Object.fromEntries(rest))}\n\n`;
  const shown = items.length === 0 ? "Nothing.\n" : `${table(items, columns ?? columnsOf(items), width)}\n`;
  return above + shown + (next === null || next === undefined ? "" : `More: ${more} ${next}\n`);
}
