import type { ModelFacts } from "#models";
import type { IdentifiedModel } from "./models-identify.ts";
import { table } from "./table.ts";
import { inertLine } from "./text.ts";

const COLUMNS = ["model", "format", "kind", "architecture", "parameters", "context", "types"];
const TROUBLES_SHOWN_MAX = 20;

/** A table for people, then of each model what it says of itself and what could not be read. */
export function shownModels(
  models: readonly IdentifiedModel[],
  troubles: readonly string[],
  width: number | null,
): string {
  const rows = models.map(rowOf);
  const notes = [...models.flatMap(notesOf), ...troubles.slice(0, TROUBLES_SHOWN_MAX)];
  const listed = rows.length === 0 ? "No model was found." : table(rows, COLUMNS, width);
  return `${[listed, ...notes.map((note) => inertLine(note))].join("\n")}\n`;
}

function rowOf({ name, found, unread }: IdentifiedModel): Readonly<Record<string, unknown>> {
  const facts = found?.facts ?? null;
  if (facts === null)
    return {
      model: name,
      format: found?.kinds.join(", ") ?? "",
      kind: unread === null ? "no model" : "not read",
    };
  return {
    model: name,
    format: facts.format,
    kind: facts.kind,
    architecture: facts.architecture ?? "",
    parameters: facts.parameters === null ? "" : rounded(facts.parameters),
    context: facts.contextLength ?? "",
    types: typesOf(facts),
  };
}

function typesOf({ quantisation }: ModelFacts): string {
  const { dominant, declared, isContradicted } = quantisation;
  const said = declared === null || declared === dominant ? "" : ` (says ${declared})`;
  return `${dominant ?? ""}${isContradicted ? `${said}, which it is not` : said}`.trim();
}

const STEPS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
];

function rounded(count: number): string {
  const [unit, letter] = STEPS.find(([least]) => count >= least) ?? [1, ""];
  return `${(count / unit).toFixed(unit === 1 ? 0 : 1)}${letter}`;
}

function notesOf({ name, found, unread }: IdentifiedModel): readonly string[] {
  if (unread !== null) return [`${name}: it was not read to its end: ${unread}`];
  if (found === null || found.facts === null) return [];
  const { part } = found.facts;
  const notes = [
    ...lineageNotes(found.facts),
    ...(part === null ? [] : [`is part ${part.no + 1} of ${part.count}`]),
    ...(found.oddities.length === 0
      ? []
      : [`has ${found.oddities.length} oddities; see: doorward models scan`]),
  ];
  return notes.map((note) => `${name}: ${note}`);
}

/** What it says of where it comes from, which anybody may write. */
function lineageNotes({ adapterOf, mergeOf, declared }: ModelFacts): readonly string[] {
  const notes: string[] = [];
  if (adapterOf !== null)
    notes.push(
      `says it is an adapter (${adapterOf.method ?? "of no named kind"}) of ${adapterOf.base ?? "nothing it names"}`,
    );
  if (mergeOf !== null)
    notes.push(
      `says it is a merge (${mergeOf.method ?? "of no named method"}) of ${mergeOf.models.join(", ")}`,
    );
  const bases = declared.baseModels.flatMap(({ repository, name }) => repository ?? name ?? []);
  if (bases.length > 0) notes.push(`says it was made of ${bases.join(", ")}`);
  return notes;
}
