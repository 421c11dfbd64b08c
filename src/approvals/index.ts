// Approvals: the life of a request for a human yes. Pure: who may answer, what their answers come to, and what an
// approval is good for: exactly what it is bound to, once, until it expires.
export {
  type Asked,
  bindingDigest,
  consumable,
  consume,
  type Decided,
  decideOn,
  expire,
  missingGroups,
  request,
  withdraw,
} from "./approval.ts";
export { denyIfUnreachable, unreachableGroups } from "./reach.ts";
export type { ApprovalRefusal, ApprovalRefusalCode } from "./refusal.ts";
export { type Approver, meets, parseRequirement, type Parties, type Requirement } from "./requirement.ts";
