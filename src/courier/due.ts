import type { CourierOutside } from "./outside.ts";

/** The courier looks at these requests at its next turn. */
export async function dueNow(
  { store, ambient }: Pick<CourierOutside, "store" | "ambient">,
  approvals: readonly string[],
): Promise<void> {
  for (const approval of approvals) await dueAt({ store }, approval, ambient.now());
}

/** Null: never again. */
export async function dueAt(
  { store }: Pick<CourierOutside, "store">,
  approval: string,
  at: number | null,
): Promise<void> {
  if (at === null) {
    await store.query.deleteFrom("courier_due").where("approval_id", "=", approval).execute();
    return;
  }
  await store.query
    .insertInto("courier_due")
    .values({ approval_id: approval, at })
    .onConflict((one) => one.column("approval_id").doUpdateSet({ at }))
    .execute();
}
