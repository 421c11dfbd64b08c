import { z } from "zod";
import { isThisMachine } from "#apis";
import { Fault } from "#base";
import type { StateWrite } from "#ledger";
import type { PrincipalFacts } from "#policy";
import type { Store } from "#store";
import type { Action, Identity, UnrecordedStop } from "#vocabulary";
import { createBars, type Bars } from "./bars.ts";

/** What people stopped, never older than the last write: the hard floor before every policy, in every stage. */
export interface Stops extends Pick<Bars, "bar" | "recordBars"> {
  /** Why this identity may do nothing now, or null. */
  readonly ofIdentity: (identity: Identity) => Fault | null;
  /** Why nobody may carry this out now, or null. */
  readonly ofAttempt: (attempt: Stoppable) => Fault | null;
  /** Whether a credential of ours may not be used, by its id. */
  readonly ofCredential: (id: string) => Fault | null;
  /** Why nothing is said to this server now, or null. */
  readonly ofServer: (name: string) => Fault | null;
  /** Whether this user's word counts for nothing now. */
  readonly ofUser: (id: string) => Fault | null;
  /** The stop itself, in words for whoever it cuts; a plain sentence where it ended meanwhile. */
  readonly told: (key: string) => Fault;
}

/** As much of an attempt as stops look at. */
export interface Stoppable {
  readonly identity: Identity;
  readonly principals: readonly PrincipalFacts[];
  readonly action: Action;
  /** The servers, APIs and upstreams of models that stand where it goes, whether or not one of theirs names it. */
  readonly governors?: readonly string[];
}

const stopRow = z.object({
  key: z.string(),
  label: z.string(),
  kind: z.string(),
  reason: z.string(),
  at: z.number(),
  monitor: z.string().nullable(),
  name: z.string().nullable(),
});

type StopRow = z.output<typeof stopRow>;

const IN_FORCE = `SELECT s.key, s.label, s.kind, s.reason, s.at, s.monitor, u.name FROM stops s
  LEFT JOIN users u ON u.id = s.stopped_by WHERE s.ended_at IS NULL`;

/** One list, under one name. */
const ALL = "all";

export function openStops({ connection, memory }: Pick<Store, "connection" | "memory">): Stops {
  const inForce = connection.prepare(IN_FORCE);
  const read = memory.remembered(1, (): ReadonlyMap<string, StopRow> => {
    const rows = inForce.all().map((row) => stopRow.parse(row));
    return new Map(rows.map((row) => [row.key, row]));
  });
  const bars = createBars();
  const rowOf = (key: string): StopRow | UnrecordedStop | undefined => read(ALL)?.get(key) ?? bars.of(key);
  const first = (keys: () => readonly string[]): Fault | null => {
    if ((read(ALL)?.size ?? 0) === 0 && bars.isEmpty()) return null;
    for (const key of keys()) {
      const row = rowOf(key);
      if (row !== undefined) return stopped(row);
    }
    return null;
  };
  return {
    ofIdentity: (identity) => first(() => identityKeys(identity)),
    ofAttempt: (attempt) => first(() => attemptKeys(attempt)),
    ofCredential: (id) => first(() => [EVERYTHING, `credential:${id}`]),
    ofServer: (name) => first(() => [EVERYTHING, `server:${name}`]),
    ofUser: (id) => first(() => [`user:${id}`]),
    ...bars,
    told: (key) => {
      const row = rowOf(key);
      return row === undefined ? endedMeanwhile() : stopped(row);
    },
  };
}

export const EVERYTHING = "everything:*";

/** All that a stop may name of whoever acts; the ones that name most come first. */
export function identityKeys({ chain, session, credential, ownerId }: Identity): readonly string[] {
  const users = chain.user === null || chain.user === ownerId ? [ownerId] : [chain.user, ownerId];
  return [
    EVERYTHING,
    ...users.map((id) => `user:${id}`),
    ...chain.agents.map((id) => `agent:${id}`),
    `session:${session}`,
    `credential:${credential}`,
  ];
}

/** All that a stop may name of an action: who acts, for whom, who answers for them, where it goes and with what. */
export function attemptKeys({ identity, principals, action, governors = [] }: Stoppable): readonly string[] {
  const owners = principals.flatMap((one) => (one.type === "Agent" ? [`user:${one.owner}`] : []));
  const around = governors.map((name) => `server:${name}`);
  const keys = [...identityKeys(identity), ...owners, ...placeKeys(action), ...around];
  return action.credential === undefined ? keys : [...keys, `credential:${action.credential.id}`];
}

function placeKeys({ target, destination, model }: Action): readonly string[] {
  const servers = new Set([target.server, destination.server]);
  const keys = [...servers].flatMap((server) =>
    server.startsWith(WEB) ? hostKeys(server.slice(WEB.length)) : [`server:${server}`],
  );
  if (destination.kind !== "model-upstream") return model === null ? keys : [...keys, `model:${model}`];
  const models = new Set([
    `${target.server}/${target.name}`,
    target.name,
    ...(model === null ? [] : [model]),
  ]);
  return [...keys, ...[...models].map((name) => `model:${name}`)];
}

const WEB = "web:";
/** Labels of a host name: DNS has at most 127, and what has more is stopped by its own name alone. */
const LABELS_MAX = 16;

/** What this machine calls itself in requests: a stop of one holds for all. */
const OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/**
 * `a.b.example:8443` is stopped by its name with and without the port, and by `*.` of every domain above it; this machine by
 * any of its names.
 */
function hostKeys(server: string): readonly string[] {
  const host = /^(?:\[[^\]]*\]|[^:]*)/.exec(server)?.[0] ?? server;
  const port = server.slice(host.length);
  if (isThisMachine(host.replaceAll(/^\[|\]$/g, "")))
    return [...new Set([host, ...OWN_NAMES])].flatMap((name) => [`host:${name}${port}`, `host:${name}`]);
  const labels = host.split(".").slice(-LABELS_MAX);
  const above = labels.slice(1).map((_label, at) => `host:*.${labels.slice(at + 1).join(".")}`);
  return [...new Set([`host:${server}`, `host:${host}`]), ...above];
}

/**
 * INVARIANT: goes into the very batch that holds an intent, so that the store itself refuses an intent that a stop covers:
 * after a stop is durable none is written, whatever was decided before.
 */
export function unlessStopped(keys: readonly string[]): {
  readonly sql: string;
  readonly parameters: readonly string[];
} {
  const places = keys.map(() => "?").join(", ");
  const sql = `NOT EXISTS (SELECT 1 FROM stops WHERE ended_at IS NULL AND key IN (${places}))`;
  return { sql, parameters: keys };
}

export function openIntent(intent: {
  readonly actionId: string;
  readonly agentId: string;
  readonly approvalId: string | null;
  readonly at: number;
  readonly stoppable: Stoppable;
}): StateWrite {
  const { actionId, agentId, approvalId, at } = intent;
  const unless = unlessStopped(attemptKeys(intent.stoppable));
  return {
    sql: `INSERT INTO open_intents (action_id, agent_id, approval_id, at) SELECT ?, ?, ?, ? WHERE ${unless.sql}`,
    parameters: [actionId, agentId, approvalId, at, ...unless.parameters],
    changes: 1,
  };
}

function stopped({ kind, label, name, monitor, at, reason }: StopRow | UnrecordedStop): Fault {
  const what = kind === "everything" ? "everything was stopped" : `the ${kind} ${label} was stopped`;
  const who = monitor === null ? (name ?? "a person") : `the monitor ${monitor}, which fell silent`;
  return new Fault(
    "stopped",
    `${what} at ${new Date(at).toISOString()} by ${who}: ${reason}`,
    `Nothing helps but ending the stop: a person does that with \`doorward resume ${kind === "everything" ? kind : `${kind} ${label}`}\`.`,
  );
}

function endedMeanwhile(): Fault {
  return new Fault(
    "stopped",
    "a person stopped this",
    "Ask what was stopped, and whether it still is: `doorward stops list`.",
  );
}
