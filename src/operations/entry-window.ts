import type { KeptEntry } from "#journal";
import type { ReadContext } from "./context.ts";

/**
 * The entries beyond index `after`, at most `count`, in their order. Bounded by index and not by what is found:
 * indexes have no gaps, so a look costs the same whatever is there.
 */
export async function entriesFrom(
  { query }: ReadContext["store"],
  after: number,
  count: number,
): Promise<KeptEntry[]> {
  const rows = await query
    .selectFrom("entries")
    .select(["idx as index", "kind", "subject", "at", "record"])
    .where("idx", ">", after)
    .where("idx", "<=", after + count)
    .orderBy("idx")
    .execute();
  return rows;
}
