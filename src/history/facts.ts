import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { AgentFacts, UserFacts } from "#policy";
import { bodyOf } from "./body.ts";

/** What policy knew of a principal when an entry was written: the last change of its rights before it in the ledger. */
export interface FactsAsOf {
  /** Null where the ledger has no such change: then nobody knows. */
  readonly agent: (id: string, index: number) => AgentFacts | null;
  readonly user: (id: string, index: number) => UserFacts | null;
}

/** Principals whose changes are kept in memory; beyond it they are read again. */
const TIMELINES_MAX = 2_000;
/** Changes of one principal that are read; the newest. */
const CHANGES_MAX = 10_000;

interface Change<Facts> {
  readonly index: number;
  readonly facts: Facts;
}

const texts = z.array(z.string());
const added = z.object({ name: z.string(), owner: z.string(), granted: texts.optional() });
const granted = z.object({ granted: texts });
const hosts = z.object({
  change: z.literal("hosts"),
  hosts: z.array(z.object({ host: z.string(), access: z.string() })),
});
const handed = z.object({ change: z.literal("owner"), to: z.string() });
const rights = z.object({ roles: texts, groups: texts });

/**
 * Rights are folded from the ledger: `agent.added` and its grants since, and the newest `roles` and `groups` that an
 * entry about a user says. People's names are in no entry: of them the state database's own are used.
 */
export function openFacts(database: DatabaseSync): FactsAsOf {
  const entries = database.prepare(
    `SELECT idx, record FROM entries WHERE subject = ? AND kind IN ('agent.added', 'agent.changed', 'user.added',
      'user.changed') ORDER BY idx DESC LIMIT ${CHANGES_MAX}`,
  );
  const nameOf = database.prepare("SELECT name FROM users WHERE id = ?");
  const bodies = (id: string): Change<unknown>[] =>
    entries
      .all(id)
      .map((row) => ({ index: Number(row["idx"]), facts: bodyOf(row["record"]) }))
      .toReversed();
  const agents = remembered((id) => agentChanges(id, bodies(id)));
  const users = remembered((id) => userChanges(id, String(nameOf.get(id)?.["name"] ?? id), bodies(id)));
  return {
    agent: (id, index) => lastBefore(agents(id), index),
    user: (id, index) => lastBefore(users(id), index),
  };
}

function agentChanges(id: string, bodies: readonly Change<unknown>[]): Change<AgentFacts>[] {
  const changes: Change<AgentFacts>[] = [];
  for (const { index, facts: body } of bodies) {
    const start = added.safeParse(body);
    const change = granted.safeParse(body);
    const reach = hosts.safeParse(body);
    const hand = handed.safeParse(body);
    const before = changes.at(-1)?.facts;
    if (start.success) {
      const { name, owner } = start.data;
      changes.push({
        index,
        facts: { type: "Agent", id, name, owner, grantedTools: start.data.granted ?? [] },
      });
    } else if (change.success && before !== undefined) {
      changes.push({ index, facts: { ...before, grantedTools: change.data.granted } });
    } else if (reach.success && before !== undefined) {
      changes.push({ index, facts: { ...before, ...hostFacts(reach.data.hosts) } });
    } else if (hand.success && before !== undefined) {
      changes.push({ index, facts: { ...before, owner: hand.data.to } });
    }
  }
  return changes;
}

function hostFacts(all: z.output<typeof hosts>["hosts"]): Pick<AgentFacts, "readHosts" | "writeHosts"> {
  const named = (some: typeof all): string[] => some.map(({ host }) => `web:${host}`);
  return { readHosts: named(all), writeHosts: named(all.filter(({ access }) => access === "write")) };
}

function userChanges(id: string, name: string, bodies: readonly Change<unknown>[]): Change<UserFacts>[] {
  return bodies.flatMap(({ index, facts: body }) => {
    const read = rights.safeParse(body);
    return read.success ? [{ index, facts: { type: "User", id, name, ...read.data } }] : [];
  });
}

function remembered<Facts>(
  read: (id: string) => readonly Change<Facts>[],
): (id: string) => readonly Change<Facts>[] {
  const known = new Map<string, readonly Change<Facts>[]>();
  return (id) => {
    const found = known.get(id) ?? read(id);
    if (known.size >= TIMELINES_MAX) known.clear();
    known.set(id, found);
    return found;
  };
}

function lastBefore<Facts>(changes: readonly Change<Facts>[], index: number): Facts | null {
  return changes.findLast((change) => change.index < index)?.facts ?? null;
}
