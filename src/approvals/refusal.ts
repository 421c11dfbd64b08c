import type { Approval, ApprovalStatus, Decision } from "#vocabulary";

/** Why an answer to a request, or its use, does not count. */
export interface ApprovalRefusal {
  readonly kind: "refused";
  readonly code: ApprovalRefusalCode;
  readonly reason: string;
  readonly remedy: string;
  /** Who came first, where another's answer closed the request. */
  readonly decision: Decision | null;
}

export type ApprovalRefusalCode =
  | "approval_closed"
  | "approval_expired"
  | "approval_repeated"
  | "approval_mismatch"
  | "approver_not_eligible"
  | "approver_is_owner"
  | "approver_is_requester"
  | "glass_not_yours";

/** States to which the last of the decisions led. */
const DECIDED: readonly ApprovalStatus[] = ["approved", "denied", "consumed"];

export function refusal(code: ApprovalRefusalCode, approval: Approval): ApprovalRefusal {
  const isDecided = code === "approval_closed" && DECIDED.includes(approval.status);
  const decision = isDecided ? (approval.decisions.at(-1) ?? null) : null;
  return { kind: "refused", code, ...wordsOf(code, approval), decision };
}

function wordsOf(
  code: ApprovalRefusalCode,
  { id, status, groups }: Approval,
): { reason: string; remedy: string } {
  const asked = groups.join(" and ");
  switch (code) {
    case "approval_closed":
      return {
        reason: `request ${id} is ${status}${status === "requested" ? ", not approved" : " and takes no more answers"}`,
        remedy: "List what still waits with: doorward approvals list. The agent can make the call again.",
      };
    case "approval_expired":
      return {
        reason: `request ${id} has expired`,
        remedy: "The agent can make the call again; that asks anew.",
      };
    case "approval_repeated":
      return {
        reason: `you already gave this answer to request ${id}`,
        remedy: `It waits for others: ${asked}. You can still say no with: doorward approvals deny ${id}`,
      };
    case "approval_mismatch":
      return {
        reason: `approval ${id} is for another action, session, tool, server or policy set than this one`,
        remedy: "The agent can make the call again; that asks anew for exactly this action.",
      };
    case "approver_not_eligible":
      return {
        reason: `request ${id} asks for a yes from ${asked}, and you are not among them`,
        remedy: `Ask a member of ${asked} to answer it, or an admin to add you to that group.`,
      };
    case "approver_is_owner":
      return {
        reason: `request ${id} asks for other eyes than those of the agent's owner`,
        remedy: `Ask another member of ${asked} to answer it.`,
      };
    case "approver_is_requester":
      return {
        reason: `request ${id} is done for you, and asks for other eyes than yours`,
        remedy: `Ask another member of ${asked} to answer it.`,
      };
    case "glass_not_yours":
      return {
        reason: `the rules that hold request ${id} do not let you break the glass`,
        remedy: `Ask ${asked} for a yes. Who may break the glass says the annotation @breakglass of every rule that holds it.`,
      };
    default:
      return code satisfies never;
  }
}
