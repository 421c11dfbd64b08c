import type { Schema } from "#store";
import type { OperationContext, ReadContext } from "./context.ts";

export type Proof = Omit<Schema["proofs"], "holds"> & { readonly holds: boolean };

/** The newest proof of a kind, found by what it is about. What it says is in the ledger; this only finds it again. */
export async function keepProof(
  { store }: Pick<OperationContext, "store">,
  { holds, ...proof }: Proof,
): Promise<void> {
  const row = { ...proof, holds: holds ? 1 : 0 };
  await store.query
    .insertInto("proofs")
    .values(row)
    .onConflict((conflict) => conflict.column("about").doUpdateSet(row))
    .execute();
}

export async function proofsOf(
  { store }: Pick<ReadContext, "store">,
  about: readonly string[],
): Promise<ReadonlyMap<string, Proof>> {
  if (about.length === 0) return new Map();
  const rows = await store.query.selectFrom("proofs").selectAll().where("about", "in", about).execute();
  return new Map(rows.map((row) => [row.about, { ...row, holds: row.holds === 1 }]));
}
