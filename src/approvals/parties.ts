import type { Role, UserId } from "#vocabulary";

/** Someone who may be able to answer: a user who is not disabled. */
export interface Approver {
  readonly user: UserId;
  readonly groups: readonly string[];
  readonly roles: readonly Role[];
}

/** That somebody is away for a time, and who answers with their duty meanwhile. Never passed on a second time. */
export interface Duty {
  readonly user: UserId;
  /** Of this group alone; null: of all of theirs. */
  readonly group: string | null;
  /** Null: out of office, and nobody stands in. */
  readonly to: UserId | null;
  /** Milliseconds since the Unix epoch; `until` is the first moment at which it no longer holds. */
  readonly from: number;
  readonly until: number;
}

/** The people a request concerns. */
export interface Parties {
  /** Users who may have a say: at least the one who answers and those who answered before. */
  readonly approvers: readonly Approver[];
  /** Owners of the chain's agents, and the user they act for: whoever would approve their own request. */
  readonly owners: readonly UserId[];
  /** The user it is done for, or the agent's owner where it is for nobody; absent: all of `owners`. */
  readonly requesters?: readonly UserId[];
  /** Also those that ended while the request was open; absent: nobody is away. */
  readonly duties?: readonly Duty[];
}

/** Groups that everyone with a role belongs to without being listed in them. */
const GROUP_OF_ROLE: Readonly<Partial<Record<Role, string>>> = { admin: "admins", approver: "approvers" };

/** Every group that an approver is a member of, by name or by role. */
export function groupsOf({ groups, roles }: Approver): readonly string[] {
  return [...groups, ...roles.flatMap((role) => GROUP_OF_ROLE[role] ?? [])];
}

/** Whether a duty is handed over at this moment. */
export function isAwayAt({ from, until }: Duty, at: number): boolean {
  return from <= at && at < until;
}
