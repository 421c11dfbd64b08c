import type { Hold, Refusal } from "#vocabulary";
import type { Parties } from "./parties.ts";
import { type Line, lineOf, ownGroups } from "./seats.ts";

interface Short {
  readonly line: Line;
  /** How many could answer. */
  readonly there: number;
}

/** Lines of a hold for which too few among `parties.approvers` could answer, escalated as far as it goes before it expires. */
export function unreachableGroups(
  { groups, escalation = [], expiresAfterMs }: Pick<Hold, "groups" | "escalation" | "expiresAfterMs">,
  parties: Parties,
): readonly string[] {
  return short({ groups, escalation, expiresAfterMs }, parties).map(({ line }) => line.text);
}

/** Duties handed over add nobody: a stand-in answers with the duty of somebody who is counted already. */
function short(
  { groups, escalation = [], expiresAfterMs }: Pick<Hold, "groups" | "escalation" | "expiresAfterMs">,
  parties: Parties,
): readonly Short[] {
  return groups.flatMap((text) => {
    const line = lineOf(text, escalation, expiresAfterMs - 1);
    const able = parties.approvers.filter((one) => ownGroups(line, one, parties).length > 0);
    return able.length < line.requirement.count ? [{ line, there: able.length }] : [];
  });
}

/** A hold that too few can answer is a deny that says so. `parties.approvers` are all users who are not disabled. */
export function denyIfUnreachable(hold: Hold, parties: Parties): Hold | Refusal {
  const [missing] = short(hold, parties);
  if (missing === undefined) return hold;
  const { line, there } = missing;
  return {
    kind: "deny",
    policySet: hold.policySet,
    grounds: hold.grounds,
    code: "no_approver",
    reason: `${hold.reason} ${whoIsMissing(line, there)}, so it is denied.`,
    remedy: `An admin adds a user to group "${line.requirement.group}" (doorward users list, doorward users add), or changes the @hold of policy "${hold.grounds[0]?.policy ?? ""}".`,
  };
}

function whoIsMissing({ requirement }: Line, there: number): string {
  const { group, count, notOwner, notRequester } = requirement;
  const but = [
    ...(notOwner ? ["the agent's owner"] : []),
    ...(notRequester ? ["who it is done for"] : []),
  ].join(" and ");
  const members = `${count > 1 ? "members" : "member"} of group "${group}"${but === "" ? "" : ` other than ${but}`}`;
  if (count === 1) return `No ${members} exists who could answer`;
  const found = there === 1 ? "1 exists" : `${there} exist`;
  return `It needs ${count} ${members}, and ${there === 0 ? "none exists" : found}`;
}
