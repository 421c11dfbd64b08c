import type { Ambient } from "#base";
import { Fault } from "#base";
import { isWithin } from "#policy";
import type { Schema } from "#store";
import type { DelegationScope } from "#vocabulary";
import type { ReadContext } from "./context.ts";
import {
  DELEGATION_STEPS_MAX,
  DELEGATIONS_MAX,
  delegationOver,
  pathTo,
  scopeOf,
  scopeText,
  statusOf,
} from "./delegation-rows.ts";

/** What is to be lent, and of whose. */
export interface Wish {
  readonly user: string;
  readonly agent: string;
  /** Passed on of this one; null: of the user's own rights. */
  readonly parent: string | null;
  readonly scope: DelegationScope;
  readonly callsMax: number | null;
  readonly further: number;
  readonly purpose: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

interface Outside {
  readonly ambient: Ambient;
  readonly store: ReadContext["store"];
}

/**
 * The row of a new delegation. One that is passed on is a part of its parent in every respect: scope, number of actions,
 * time, and how far it goes. Throws `delegation_exceeds`, `delegation_too_deep`, `delegation_ended`, `delegations_full`.
 */
export async function drafted(outside: Outside, wish: Wish): Promise<Schema["delegations"]> {
  const { scope, parent } = wish;
  if (scope.servers.length === 0 && scope.tools.length === 0) throw nothing();
  await refuseTooMany(outside, wish.user);
  if (parent !== null) await withinParent(outside, wish, parent);
  return {
    id: outside.ambient.id("dlg"),
    parent_id: parent,
    user_id: wish.user,
    agent_id: wish.agent,
    scope: scopeText(scope),
    calls_max: wish.callsMax,
    calls_used: 0,
    further: wish.further,
    purpose: wish.purpose,
    created_at: outside.ambient.now(),
    expires_at: wish.expiresAt,
    revoked_at: null,
  };
}

async function withinParent(outside: Outside, wish: Wish, id: string): Promise<void> {
  const path = await pathTo(outside, id);
  const now = outside.ambient.now();
  const [first, parent] = [path[0], path.at(-1)];
  if (first === undefined || parent === undefined || first.parent_id !== null || parent.user_id !== wish.user)
    throw delegationOver(id, "not there");
  for (const step of path) {
    const status = statusOf(step, now);
    if (status !== "active") throw delegationOver(step.id, status);
  }
  if (path.some((step) => step.agent_id === wish.agent)) throw circle();
  if (path.length >= DELEGATION_STEPS_MAX || parent.further < 1) throw tooDeep(id);
  const problem = exceeds(wish, parent);
  if (problem !== null) throw tooWide(id, problem);
}

function exceeds(wish: Wish, parent: Schema["delegations"]): string | null {
  if (!isWithin(wish.scope, scopeOf(parent.scope))) return "servers, tools, verbs or effects";
  if (wish.expiresAt > parent.expires_at) return "a longer life";
  if (wish.further >= parent.further) return "passing it on as far as itself";
  const left = parent.calls_max === null ? null : parent.calls_max - parent.calls_used;
  return left !== null && (wish.callsMax === null || wish.callsMax > left) ? "more actions" : null;
}

async function refuseTooMany({ store, ambient }: Outside, user: string): Promise<void> {
  const rows = await store.query
    .selectFrom("delegations")
    .select("id")
    .where("user_id", "=", user)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", ambient.now())
    .limit(DELEGATIONS_MAX)
    .execute();
  if (rows.length < DELEGATIONS_MAX) return;
  throw new Fault(
    "delegations_full",
    `this user has ${DELEGATIONS_MAX} delegations in force already`,
    "Revoke some first: `doorward delegations list`, `doorward delegations revoke ID`.",
  );
}

function nothing(): Fault {
  return new Fault(
    "delegation_empty",
    "a delegation of nothing",
    "Name what it covers: --servers SERVER, --tools SERVER/TOOL, or --servers '*' for every server.",
  );
}

function circle(): Fault {
  return new Fault(
    "delegation_circle",
    "the agent is in this chain already, and would act for itself",
    "Pass it on to another agent.",
  );
}

function tooDeep(id: string): Fault {
  return new Fault(
    "delegation_too_deep",
    `the delegation ${id} cannot be passed on any further`,
    `Its user says how far it goes when granting it (--further); no chain has more than ${DELEGATION_STEPS_MAX} agents.`,
  );
}

export function tooWide(id: string, what: string): Fault {
  return new Fault(
    "delegation_exceeds",
    `this would give ${what} that the delegation ${id} does not have: what is passed on or narrowed is never more`,
    `Ask for a part of it: \`doorward delegations get ${id}\`.`,
  );
}
