import type { JsonObject } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { sealedText } from "./sealed-text.ts";
import type { StopRow } from "./stop-rows.ts";
import type { StopTarget } from "./stop-targets.ts";

/** A stop of the caller's, as it is kept. */
export function stopRow({ ambient, caller }: ReadContext, found: StopTarget, reason: string): StopRow {
  const { kind, target, key, label, owner } = found;
  const nobodyYet = { monitor: null, ended_by: null, ended_at: null };
  const by = { stopped_by: caller.user, at: ambient.now() };
  return { id: ambient.id("stp"), kind, target, key, label, reason, owner_id: owner, ...by, ...nobodyYet };
}

/** What puts a stop on record; where another stop of the same thing was first, none of it is kept. `about`: where it came from. */
export function stopBatch(context: OperationContext, row: StopRow, about: JsonObject = {}): StopBatch {
  const { query } = context.store;
  const insert = query
    .insertInto("stops")
    .values(row)
    .onConflict((conflict) => conflict.column("key").where("ended_at", "is", null).doNothing());
  const { body, payloads } = sealedText(context, "reason", row.reason);
  const draft = entry(context, "stop.added", row.id, {
    kind: row.kind,
    target: row.target,
    ...about,
    ...body,
  });
  return { writes: [stateWrite(insert, 1)], entries: [{ ...draft, payloads }] };
}

interface StopBatch {
  readonly writes: readonly StateWrite[];
  readonly entries: readonly [EntryDraft];
}

/** The stop of exactly this that has not ended; null: there is none. */
export async function stopInForce(
  { store }: Pick<ReadContext, "store">,
  key: string,
): Promise<StopRow | null> {
  const row = await store.query
    .selectFrom("stops")
    .selectAll()
    .where("key", "=", key)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Writes down what could not be before, unless somebody else did meanwhile. */
export async function recordLater(
  context: OperationContext,
  row: StopRow,
  about: JsonObject = {},
): Promise<void> {
  if ((await stopInForce(context, row.key)) !== null) return;
  await commitBatch(context, stopBatch(context, row, about));
}
