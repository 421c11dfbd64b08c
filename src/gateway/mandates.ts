import { z } from "zod";
import type { Store } from "#store";
import type { SessionId } from "#vocabulary";

/** The user's own words for a session, and whether a channel that the agent cannot write says so (T7). */
export interface Mandate {
  readonly standing: "attested" | "claimed";
  readonly text: string;
}

/** What was said that a session is for, the oldest first; words whose person's key was destroyed are gone. */
export type MandateOf = (session: SessionId) => readonly Mandate[];

const row = z.object({ idx: z.number(), standing: z.enum(["attested", "claimed"]) });

/**
 * A session of a delegation that was passed on has also the words of the one session that it came from, where there is
 * one and only one: sub-agents inherit, and mint nothing.
 */
const WORDS = `WITH RECURSIVE line (session, delegation, height) AS (
    SELECT id, delegation_id, 0 FROM sessions WHERE id = ?
    UNION SELECT above.id, above.delegation_id, line.height + 1 FROM line
      JOIN delegations d ON d.id = line.delegation JOIN sessions above ON above.delegation_id = d.parent_id
      WHERE line.height < 8 AND (SELECT COUNT(*) FROM sessions s WHERE s.delegation_id = d.parent_id) = 1)
  SELECT e.idx, m.standing FROM line JOIN mandates m ON m.session_id = line.session
    JOIN entries e ON e.subject = m.id AND e.kind = 'mandate.given' ORDER BY e.idx`;

export function openMandates(
  { connection }: Store,
  payload: (entry: number, name: string) => Uint8Array | null,
): MandateOf {
  const words = connection.prepare(WORDS);
  return (session) =>
    words.all(session).flatMap((found) => {
      const { idx, standing } = row.parse(found);
      const bytes = payload(idx, "words");
      return bytes === null ? [] : [{ standing, text: Buffer.from(bytes).toString("utf8") }];
    });
}
