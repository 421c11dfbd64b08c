import { sha256 } from "#base";
import { NAME_CHARS_MAX } from "./limits.ts";

interface Named {
  readonly method: string;
  readonly template: string;
  /** As the document says it; null: it says none. */
  readonly operationId: string | null;
}

/**
 * A name for each operation, in order: its `operationId` in letters, digits, `_`, `.` and `-`, unless two would look alike;
 * then, and where it has none, its method and path; and where those are alike too, with a piece of their digest.
 */
export function namesFor(operations: readonly Named[]): readonly string[] {
  const byId = operations.map((one) => safe(one.operationId ?? ""));
  const byPath = operations.map((one) =>
    safe(`${one.method.toLowerCase()}${one.template.replaceAll(/[{}]/g, "")}`),
  );
  const first = operations.map((_, at) => byId[at] || byPath[at] || "operation");
  const second = fallBack(first, byPath);
  return fallBack(
    second,
    operations.map((one, at) => {
      const piece = sha256(`${one.method} ${one.template}`).toString("hex").slice(0, 8);
      return `${(second[at] ?? "").slice(0, NAME_CHARS_MAX - 9)}.${piece}`;
    }),
  );
}

/** Whatever is not the only one of its looks gets its other name; the others keep theirs. */
function fallBack(names: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(looks(name), (counts.get(looks(name)) ?? 0) + 1);
  return names.map((name, at) => (counts.get(looks(name)) === 1 ? name : others[at] || name));
}

/** Separators, case and letters that look like digits do not tell two names apart. */
function looks(name: string): string {
  return name.toLowerCase().replaceAll(/[_.-]/g, "").replaceAll("0", "o").replaceAll(/[1i]/g, "l");
}

function safe(text: string): string {
  return text
    .slice(0, NAME_CHARS_MAX * 2)
    .replaceAll(/[\s/:#]+/g, ".")
    .replaceAll(/[^A-Za-z0-9_.-]/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .slice(0, NAME_CHARS_MAX);
}
