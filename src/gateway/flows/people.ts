import { z } from "zod";
import type { Store } from "#store";
import { textsOf } from "../columns.ts";

/** Whose a session is, and what its people opened to it. */
export interface SessionPeople {
  /** Whose key its flow is sealed under: as for payloads, whom it acts for, or the agent. */
  readonly person: string;
  /** The user's own addresses. */
  readonly own: readonly string[];
  readonly roots: readonly string[];
  /** Whether user-role text at the llm door counts as the user's words, as its owner said (T7). */
  readonly isRelay: boolean;
}

const SESSIONS_MAX = 10_000;

const peopleRow = z.object({
  agent_id: z.string(),
  flow_folders: z.string().nullable(),
  relays_words: z.number(),
  user_id: z.string().nullable(),
  name: z.string(),
  subject: z.string(),
});

const PEOPLE = `SELECT s.agent_id, a.flow_folders, a.relays_words, d.user_id, u.name, u.subject
  FROM sessions s JOIN agents a ON a.id = s.agent_id LEFT JOIN delegations d ON d.id = s.delegation_id
  JOIN users u ON u.id = COALESCE(d.user_id, a.owner_id) WHERE s.id = ?`;

/** Never older than the last write; of a session that is not there, nobody's. */
export function openPeople({ connection, memory }: Store): (session: string) => SessionPeople {
  const find = connection.prepare(PEOPLE);
  const known = memory.remembered(SESSIONS_MAX, (session): SessionPeople | null => {
    const found = find.get(session);
    if (found === undefined) return null;
    const row = peopleRow.parse(found);
    return {
      person: row.user_id ?? row.agent_id,
      // What is no address means somebody else elsewhere: `admin` is many people.
      own: [...new Set([row.name, row.subject])].filter((text) => /^[^\s@]+@[^\s@]+$/.test(text)),
      roots: row.flow_folders === null ? [] : textsOf(row.flow_folders),
      isRelay: row.relays_words === 1,
    };
  });
  return (session) => known(session) ?? { person: session, own: [], roots: [], isRelay: false };
}
