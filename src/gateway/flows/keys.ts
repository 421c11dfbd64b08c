import { z } from "zod";
import type { Store } from "#store";
import type { Identity } from "#vocabulary";
import { CHAIN_MAX } from "./limits.ts";

/** How much a session has seen of what others wrote: the more, the higher. */
export type TaintOf = (session: string) => number;

/** Whose session a request is, as its credential says. */
export type Whose = Pick<Identity, "session" | "delegations">;

const sessionRow = z.object({ id: z.string() });
const SESSIONS_MAX = 64;

/** Those that are open first; of a delegation without one, the newest that it had. */
const SESSIONS = `SELECT id, ended_at FROM sessions WHERE delegation_id = ?
  ORDER BY ended_at IS NOT NULL, created_at DESC, id DESC LIMIT ${SESSIONS_MAX}`;

/**
 * The session whose flow a request belongs to: its own, and for an agent that another handed a part of its delegation to,
 * that one's. Where that one has several, the most tainted of them (T6). Nothing that an agent sends has a say in it: the
 * session is that of its credential, and the chain is in the store.
 */
export function openFlowKeys({ connection }: Store): (whose: Whose, taintOf: TaintOf) => string {
  const under = connection.prepare(SESSIONS);
  const sessionsOf = (delegation: string): readonly string[] => {
    const rows = under.all(delegation);
    const open = rows.filter((row) => row["ended_at"] === null);
    return (open.length > 0 ? open : rows.slice(0, 1)).map((row) => sessionRow.parse(row).id);
  };
  const resolve = (session: string, delegations: readonly string[], taintOf: TaintOf): string => {
    const above = delegations.slice(0, -1);
    const parent = above.at(-1);
    if (parent === undefined || delegations.length > CHAIN_MAX) return session;
    const keys = sessionsOf(parent).map((one) => resolve(one, above, taintOf));
    return mostTainted(keys, taintOf) ?? session;
  };
  return ({ session, delegations = [] }, taintOf) => resolve(session, delegations, taintOf);
}

function mostTainted(keys: readonly string[], taintOf: TaintOf): string | null {
  return keys.reduce<string | null>(
    (best, key) => (best === null || taintOf(key) > taintOf(best) ? key : best),
    null,
  );
}
