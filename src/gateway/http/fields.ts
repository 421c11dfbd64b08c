import type { JsonObject } from "#base";

/**
 * Fields of a query or a form (WHATWG URL, application/x-www-form-urlencoded), by name; several of one name are a list.
 * Null where there are more than `fieldsMax`.
 */
export function fieldsOf(text: string, fieldsMax: number): JsonObject | null {
  const found = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > fieldsMax) return null;
    const before = found.get(name);
    if (before === undefined) found.set(name, [value]);
    else before.push(value);
  }
  // A map first, for `__proto__` is a field's name like any other.
  return Object.fromEntries(
    [...found].map(([name, values]) => {
      const [first = ""] = values;
      return [
        name.toWellFormed(),
        values.length === 1 ? first.toWellFormed() : values.map((one) => one.toWellFormed()),
      ];
    }),
  );
}
