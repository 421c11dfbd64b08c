import { z } from "zod";
import type { Store } from "#store";

/** The user's own words for a session, and whether a channel that the agent cannot write says so (T7). */
export interface Mandate {
  readonly standing: "attested" | "claimed";
  readonly text: string;
}

/** Ledger index of words that were given, and what they count for. */
export interface MandateRow {
  readonly idx: number;
  readonly standing: Mandate["standing"];
}

/** What was said that a session is for. */
export interface Mandates {
  /** The oldest first; never older than the last write. The same array while nothing was written. */
  readonly rows: (session: string) => readonly MandateRow[];
  /** Null where their person's key was destroyed. */
  readonly words: (row: MandateRow) => Mandate | null;
}

const row = z.object({ idx: z.number(), standing: z.enum(["attested", "claimed"]) });
const SESSIONS_MAX = 10_000;

/**
 * A session of a delegation that was passed on has also the words of the one session that it came from, where there is
 * one and only one: sub-agents inherit, and mint nothing. The entry is asked for by its subject alone: in a join that is
 * ordered by index, SQLite walks through the whole ledger.
 */
const WORDS = `WITH RECURSIVE line (session, delegation, height) AS (
    SELECT id, delegation_id, 0 FROM sessions WHERE id = ?
    UNION SELECT above.id, above.delegation_id, line.height + 1 FROM line
      JOIN delegations d ON d.id = line.delegation JOIN sessions above ON above.delegation_id = d.parent_id
      WHERE line.height < 8 AND (SELECT COUNT(*) FROM sessions s WHERE s.delegation_id = d.parent_id) = 1)
  SELECT idx, standing FROM (
    SELECT (SELECT e.idx FROM entries e WHERE e.subject = m.id AND e.kind = 'mandate.given') AS idx, m.standing
      FROM mandates m WHERE m.session_id IN (SELECT session FROM line)) AS given
    WHERE idx IS NOT NULL ORDER BY idx`;

export function openMandates(
  { connection, memory }: Store,
  payload: (entry: number, name: string) => Uint8Array | null,
): Mandates {
  const find = connection.prepare(WORDS);
  const rows = memory.remembered(SESSIONS_MAX, (session): readonly MandateRow[] =>
    find.all(session).map((found) => row.parse(found)),
  );
  return {
    rows: (session) => rows(session) ?? [],
    words: ({ idx, standing }) => {
      const bytes = payload(idx, "words");
      return bytes === null ? null : { standing, text: Buffer.from(bytes).toString("utf8") };
    },
  };
}
