import { type Ambient, Fault, type JsonObject } from "#base";
import type { Batch, EntryDraft, EntryKind, StateWrite } from "#ledger";
import type { OperationContext, ReadContext } from "./context.ts";

interface Compilable {
  readonly compile: () => { readonly sql: string; readonly parameters: readonly unknown[] };
}

/** A query as the journal runs it; `changes` makes it a compare-and-set. */
export function stateWrite(query: Compilable, changes?: number): StateWrite {
  const { sql, parameters } = query.compile();
  return changes === undefined ? { sql, parameters } : { sql, parameters, changes };
}

/** For inserts of named things: who comes second changes no row, and so hears `changed_meanwhile`. */
export function sameName<Done>(conflict: { column(name: "name"): { doNothing(): Done } }): Done {
  return conflict.column("name").doNothing();
}

/** An entry about `subject`, by the caller. Bodies hold ids, digests and names of agents and servers; never of people. */
export function entry(
  context: Pick<ReadContext, "ambient" | "caller">,
  kind: EntryKind,
  subject: string,
  body: JsonObject,
): EntryDraft {
  const { caller, ambient } = context;
  return { kind, subject, at: ambient.now(), body: { by: caller.user, via: caller.via, ...body } };
}

/**
 * Commits, or throws `changed_meanwhile`: nothing of the batch was kept then. A caller who was shut out since they asked
 * changes nothing any more: what they decide or lend in that very moment would outlast them.
 */
export async function commitBatch(
  context: Pick<OperationContext, "journal" | "caller">,
  batch: Batch,
): Promise<readonly number[]> {
  const writes = [stillThere(context.caller.user), ...(batch.writes ?? [])];
  const appended = await context.journal.append({ ...batch, writes });
  if (appended.kind === "kept") return appended.indexes;
  throw changedMeanwhile();
}

function stillThere(user: string): StateWrite {
  const sql = "UPDATE users SET name = name WHERE id = ? AND disabled_at IS NULL";
  return { sql, parameters: [user], changes: 1 };
}

export function changedMeanwhile(): Fault {
  return new Fault(
    "changed_meanwhile",
    "somebody else changed the same thing in this moment; nothing of yours was kept",
    "Look at it again and repeat what still applies.",
  );
}

/** ISO 8601 in UTC, or null. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | null): string | null;
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

export function daysAfter(ambient: Pick<Ambient, "now">, days: number): number {
  return ambient.now() + days * 86_400_000;
}
