import type { Json, JsonObject } from "#base";

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

/**
 * Whether a POST asks to be taken for a DELETE, as Rails, Laravel, Symfony and Express' method-override take one: a field `_method`
 * of its query or of its body's fields.
 */
export function asksToDelete(query: string | null, fields: Json | undefined): boolean {
  const inQuery = [...new URLSearchParams(query ?? "")].filter(([name]) => isOverride(name));
  const isObject = typeof fields === "object" && fields !== null && !Array.isArray(fields);
  const inBody = isObject ? Object.entries(fields).filter(([name]) => isOverride(name)) : [];
  const values = [...inQuery, ...inBody].flatMap(([, value]): Json[] =>
    Array.isArray(value) ? value : [value],
  );
  return values.some((value) => typeof value === "string" && /^delete$/i.test(value));
}

function isOverride(name: string): boolean {
  return name.toLowerCase() === "_method";
}
