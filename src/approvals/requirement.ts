import type { Role, UserId } from "#vocabulary";

/** One line of `Approval.groups`: a yes from one member of `group`, and not from the agent's owner if so asked. */
export interface Requirement {
  readonly group: string;
  readonly notOwner: boolean;
}

/** Someone who may be able to answer: a user who is not disabled. */
export interface Approver {
  readonly user: UserId;
  readonly groups: readonly string[];
  readonly roles: readonly Role[];
}

/** The people a request concerns. */
export interface Parties {
  /** Users who may have a say: at least the one who answers and those who answered before. */
  readonly approvers: readonly Approver[];
  /** Owners of the chain's agents, and the user they act for: whoever would approve their own request. */
  readonly owners: readonly UserId[];
}

/** Groups that everyone with a role belongs to without being listed in them. */
const GROUP_OF_ROLE: Readonly<Partial<Record<Role, string>>> = { admin: "admins", approver: "approvers" };

/** Reads `admins` or `admins, not-owner`, as `@hold` of a policy writes it. An unknown option asks for more, never less. */
export function parseRequirement(text: string): Requirement {
  const [group = "", ...options] = text.split(",").map((part) => part.trim());
  return { group, notOwner: options.length > 0 };
}

/** Whether `approver` may answer for `requirement`; for `owners` see `Parties`. */
export function meets(requirement: Requirement, approver: Approver, owners: readonly UserId[]): boolean {
  if (requirement.notOwner && owners.includes(approver.user)) return false;
  const ofRoles = approver.roles.map((role) => GROUP_OF_ROLE[role]);
  return approver.groups.includes(requirement.group) || ofRoles.includes(requirement.group);
}

/** Requirements, as written, that this approver may answer for. */
export function requirementsMet(
  groups: readonly string[],
  approver: Approver,
  owners: readonly UserId[],
): string[] {
  return groups.filter((text) => meets(parseRequirement(text), approver, owners));
}
