import { Fault } from "#base";
import type { Role, UserId } from "#vocabulary";
import { AGENT_RIGHTS, type Permission, type Reach, ROLE_RIGHTS } from "./permissions.table.ts";

/**
 * Who asks Doorward for something, already authenticated. An agent's credential makes a caller of kind `agent`, which
 * has no roles and may do next to nothing (T2): it exists so that a refusal can say why.
 */
export interface Caller {
  readonly kind: "user" | "agent";
  /** The user; for an agent its owner, whose rights it has not. */
  readonly user: UserId;
  readonly name: string;
  /** Empty for an agent. */
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  /** Milliseconds since the Unix epoch; 0 when nobody has shown presence in this user session. */
  readonly presentUntil: number;
  /** Which face it came through: a decision records it. On a chat platform `channel:` and the name of the channel. */
  readonly via: "console" | "cli" | "api" | "mcp" | `channel:${string}`;
  /** Where on its channel it came from; absent for every other face. A decision records it too. */
  readonly from?: CameFrom;
  /** Hash of the user session's secret: names the session in the store, useless as a credential. */
  readonly credential: string;
}

/** What a platform said of an answer given there, verified. INVARIANT: the user of ours is found by it before this is a `Caller`. */
export interface CameFrom {
  readonly channel: string;
  /** Workspace, guild or home server; null where the platform has none. */
  readonly tenant: string | null;
  readonly platformUser: string;
  /** The message that it was given on, as the platform names it; null: none. */
  readonly message: string | null;
  /** Id of the card that it was. */
  readonly post: string;
}

/** How long a passkey assertion or a password counts as fresh (T1). */
export const PRESENCE_MS = 5 * 60_000;

/** The widest reach that the caller's roles give for a permission, or null. */
export function reachOf(caller: Caller, permission: Permission): Reach | null {
  if (caller.kind === "agent") return AGENT_RIGHTS[permission] ?? null;
  const reaches = caller.roles.map((role) => ROLE_RIGHTS[role][permission]);
  if (reaches.includes("all")) return "all";
  return reaches.includes("own") ? "own" : null;
}

/** Whether one of these roles gives it, of anything at all: for people who are not the caller. */
export function rolesGive(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => ROLE_RIGHTS[role][permission] !== undefined);
}

export function may(caller: Caller, permission: Permission): boolean {
  return reachOf(caller, permission) !== null;
}

/** Whether the caller may touch a thing that belongs to `owner` (null: to nobody in particular). */
export function mayTouch(caller: Caller, permission: Permission, owner: UserId | null): boolean {
  const reach = reachOf(caller, permission);
  return reach === "all" || (reach === "own" && owner === caller.user);
}

/** Answers the reach, or throws `permission_denied`. An operation with reach `own` filters by the caller's agents. */
export function demand(caller: Caller, permission: Permission): Reach {
  const reach = reachOf(caller, permission);
  if (reach !== null) return reach;
  throw new Fault(
    "permission_denied",
    `this needs the permission ${permission}, which the roles of ${caller.name} do not give`,
    "Ask an admin for a role that has it: `doorward users set-roles NAME ROLE...`.",
  );
}

/**
 * True while presence is fresh. A clock that jumped back would stretch it, so more than PRESENCE_MS ahead counts as
 * none: what has expired stays expired.
 */
export function isPresent(caller: Pick<Caller, "presentUntil">, now: number): boolean {
  const leftMs = caller.presentUntil - now;
  return leftMs > 0 && leftMs <= PRESENCE_MS;
}

/** Throws `presence_required` unless the caller has just shown a passkey or a password. */
export function demandPresence(caller: Caller, now: number): void {
  if (isPresent(caller, now)) return;
  throw new Fault(
    "presence_required",
    "this needs you to have shown your passkey or password within the last five minutes",
    "Confirm in the console if you work there; at a terminal run the command again and give your password; over HTTP send it to /console/session/presence.",
  );
}
