import type { Hold, Refusal } from "#vocabulary";
import { meets, parseRequirement, type Parties } from "./requirement.ts";

/** Groups of a hold that nobody among `parties.approvers` may speak for. */
export function unreachableGroups(groups: readonly string[], parties: Parties): string[] {
  return groups.filter((text) => {
    const requirement = parseRequirement(text);
    return !parties.approvers.some((approver) => meets(requirement, approver, parties.owners));
  });
}

/** A hold that nobody can answer is a deny that says so. `parties.approvers` are all users who are not disabled. */
export function denyIfUnreachable(hold: Hold, parties: Parties): Hold | Refusal {
  const [missing] = unreachableGroups(hold.groups, parties);
  if (missing === undefined) return hold;
  const { group, notOwner } = parseRequirement(missing);
  const who = notOwner
    ? `member of group "${group}" other than the agent's owner`
    : `member of group "${group}"`;
  return {
    kind: "deny",
    policySet: hold.policySet,
    grounds: hold.grounds,
    code: "no_approver",
    reason: `${hold.reason} No ${who} exists who could answer, so it is denied.`,
    remedy: `An admin adds a user to group "${group}" (doorward users list, doorward users add), or changes the @hold of policy "${hold.grounds[0]?.policy ?? ""}".`,
  };
}
