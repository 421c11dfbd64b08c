import { z } from "zod";
import { Fault } from "#base";

export const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
const CURSOR_CHARS_MAX = 500;

/** The input fields of every list. */
export const pageInput = {
  after: z.string().max(CURSOR_CHARS_MAX).optional().describe("Cursor: `next` of the page before"),
  limit: z.int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT).describe(`Items per page, 1 to ${PAGE_MAX}`),
};

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe("Cursor of the next page; null at the end"),
  });
}

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/** Cuts `rows`, read with `limit + 1`, to a page; `keyOf` names where the next one starts. */
export function page<Row, T>(
  rows: readonly Row[],
  limit: number,
  shape: { readonly item: (row: Row) => T; readonly keyOf: (row: Row) => string },
): Page<T> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const next = rows.length > limit && last !== undefined ? cursor(shape.keyOf(last)) : null;
  return { items: kept.map(shape.item), next };
}

/** The key a cursor stands for; empty (before everything) without one. Throws `cursor_invalid`. */
export function keyOfCursor(after: string | undefined): string {
  if (after === undefined) return "";
  const key = Buffer.from(after, "base64url").toString("utf8");
  if (!key.startsWith("k:") || cursor(key.slice(2)) !== after) throw invalidCursor();
  return key.slice(2);
}

/** As `keyOfCursor`, for lists by number; `first` without a cursor. */
export function numberOfCursor(after: string | undefined, first: number): number {
  if (after === undefined) return first;
  const key = keyOfCursor(after);
  if (!/^\d{1,16}$/.test(key)) throw invalidCursor();
  return Number(key);
}

function cursor(key: string): string {
  return Buffer.from(`k:${key}`, "utf8").toString("base64url");
}

function invalidCursor(): Fault {
  return new Fault(
    "cursor_invalid",
    "`after` is not a cursor of this list",
    "Give `next` of the page before, unchanged, or leave it out.",
  );
}
