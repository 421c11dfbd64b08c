import { Fault } from "#base";
import { mayTouch, reachOf } from "#identity";
import type { StopKind } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { findAgent } from "./agent-rows.ts";
import type { ReadContext } from "./context.ts";
import { findUser } from "./users.ts";

/** What a stop covers, found. */
export interface StopTarget {
  readonly kind: StopKind;
  readonly target: string;
  /** `<kind>:<target>`, as the doors look for it. */
  readonly key: string;
  readonly label: string;
  readonly owner: string | null;
}

type Find = (
  context: ReadContext,
  reference: string,
) => Promise<Pick<StopTarget, "target" | "label" | "owner">>;

/** Throws `input_invalid`, `not_yours`, and for each kind that there is no such thing. */
export async function stopTargetOf(
  context: ReadContext,
  kind: StopKind,
  reference: string | undefined,
): Promise<StopTarget> {
  if (kind === "everything") {
    demandAll(context, kind);
    if (reference !== undefined) throw unwanted();
    return { kind, target: "*", key: "everything:*", label: "everything", owner: null };
  }
  if (reference === undefined) throw missing(kind);
  const found = await FINDS[kind](context, reference);
  return { kind, key: `${kind}:${found.target}`, ...found };
}

const FINDS: Readonly<Record<Exclude<StopKind, "everything">, Find>> = {
  agent: async (context, reference) => {
    const row = await findAgent(context, reference, "agents.stop");
    return { target: row.id, label: row.name, owner: row.owner_id };
  },
  session: async (context, reference) => {
    const row = await context.store.query
      .selectFrom("sessions")
      .innerJoin("agents", "agents.id", "sessions.agent_id")
      .select(["sessions.id", "agents.owner_id"])
      .where("sessions.id", "=", reference)
      .executeTakeFirst();
    if (row === undefined || !isTheirs(context, row.owner_id)) throw unknown("session", reference);
    return { target: row.id, label: row.id, owner: row.owner_id };
  },
  user: async (context, reference) => {
    const isOwn = reference === context.caller.user || reference === context.caller.name;
    if (!isOwn) demandAll(context, "user");
    const row = await findUser(context, reference);
    await demandOthersLeft(context, row.id);
    return { target: row.id, label: row.name, owner: row.id };
  },
  credential: async (context, reference) => {
    const found = (await agentsCredential(context, reference)) ?? (await vaultCredential(context, reference));
    if (found === null) throw unknown("credential", reference);
    return found;
  },
  server: async (context, reference) => {
    demandAll(context, "server");
    const { query } = context.store;
    const server = await query
      .selectFrom("servers")
      .select("name")
      .where("name", "=", reference)
      .executeTakeFirst();
    const known = server?.name ?? (await upstreamNamed(context, reference));
    if (known === null) throw unknown("server", reference);
    return { target: known, label: known, owner: null };
  },
  model: async (context, reference) => {
    demandAll(context, "model");
    if (!/^\S{1,300}$/.test(reference)) throw malformed("model", "UPSTREAM/MODEL, or MODEL at any upstream");
    return { target: reference, label: reference, owner: null };
  },
  host: async (context, reference) => {
    demandAll(context, "host");
    const name = reference.toLowerCase().replace(/\.$/, "");
    if (!HOST.test(name)) throw malformed("host", "api.example.com, api.example.com:8443 or *.example.com");
    return { target: name, label: name, owner: null };
  },
};

const HOST =
  /^(?:\*\.)?(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}(?::\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/;

function isTheirs({ caller }: ReadContext, owner: string): boolean {
  return mayTouch(caller, "agents.stop", userIdOf(owner));
}

async function agentsCredential(context: ReadContext, id: string) {
  const { query } = context.store;
  for (const table of ["agent_keys", "agent_credentials"] as const) {
    const row = await query
      .selectFrom(table)
      .innerJoin("agents", "agents.id", `${table}.agent_id`)
      .select([`${table}.id`, "agents.owner_id"])
      .where(`${table}.id`, "=", id)
      .executeTakeFirst();
    if (row !== undefined && isTheirs(context, row.owner_id))
      return { target: row.id, label: row.id, owner: row.owner_id };
  }
  return null;
}

/** A secret of the vault: by id, or by its name where that is one credential's alone. */
async function vaultCredential(context: ReadContext, reference: string) {
  if (reachOf(context.caller, "agents.stop") !== "all") return null;
  const rows = await context.store.query
    .selectFrom("vault_credentials")
    .select(["id", "name"])
    .where((eb) => eb.or([eb("id", "=", reference), eb("name", "=", reference)]))
    .where("removed_at", "is", null)
    .limit(2)
    .execute();
  const [row, ...others] = rows;
  if (others.length > 0) throw malformed("credential", "an id: several have this name");
  return row === undefined ? null : { target: row.id, label: row.name, owner: null };
}

async function upstreamNamed({ store }: ReadContext, name: string): Promise<string | null> {
  const row = await store.query
    .selectFrom("upstreams")
    .select("name")
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.name ?? null;
}

/** A stopped user changes nothing here any more; somebody has to be left who can end the stop. */
async function demandOthersLeft({ store }: ReadContext, stopped: string): Promise<void> {
  const left = await store.query
    .selectFrom("users")
    .select("id")
    .where("id", "!=", stopped)
    .where("disabled_at", "is", null)
    .where("roles", "like", '%"admin"%')
    .where("id", "not in", (from) =>
      from.selectFrom("stops").select("target").where("kind", "=", "user").where("ended_at", "is", null),
    )
    .executeTakeFirst();
  if (left !== undefined) return;
  throw new Fault(
    "stop_locks_out",
    "no admin would be left who could end this stop",
    "Stop their agents (`doorward stop agent NAME`) or everything, or let another admin do it.",
  );
}

function demandAll({ caller }: ReadContext, kind: StopKind): void {
  if (reachOf(caller, "agents.stop") === "all") return;
  throw new Fault(
    "not_yours",
    `a ${kind} is more than what you answer for`,
    "Stop your own agents and their sessions, or ask an approver or an admin.",
  );
}

function missing(kind: StopKind): Fault {
  return new Fault(
    "input_invalid",
    `which ${kind} is to be stopped?`,
    `Name it: \`doorward stop ${kind} ID\`.`,
  );
}

function unwanted(): Fault {
  return new Fault("input_invalid", "everything has no id", "Leave it away: `doorward stop everything`.");
}

function malformed(kind: StopKind, form: string): Fault {
  return new Fault("input_invalid", `this is no ${kind}: give ${form}`, `Look at \`doorward stop --help\`.`);
}

function unknown(kind: "session" | "credential" | "server", reference: string): Fault {
  const lists = {
    session: "`doorward sessions list`",
    credential:
      "`doorward agents get NAME` for an agent's keys, `doorward agents credentials NAME` for others",
    server: "`doorward servers list` and `doorward upstreams list`",
  };
  return new Fault(
    `${kind}_unknown`,
    `there is no ${kind} ${JSON.stringify(reference.slice(0, 100))}`,
    `List them: ${lists[kind]}.`,
  );
}
