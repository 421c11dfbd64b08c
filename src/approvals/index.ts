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
export {
  type Batch,
  BATCH_ITEMS_MAX,
  batched,
  type BatchItem,
  type WaitingRequest,
} from "./batches.ts";
export {
  type ApproverLoad,
  type ApproverPreferences,
  ASKED_BEFORE_END_MS,
  type Availability,
  type Candidate,
  dayBeganFor,
  handedOver,
  type HandedOver,
  NO_PREFERENCES,
  QUIET_HOURS_MAX,
  type QuietHours,
  quietOrFull,
} from "./load.ts";
export { denyIfUnreachable, unreachableGroups } from "./reach.ts";
export type { ApprovalRefusal, ApprovalRefusalCode } from "./refusal.ts";
export { type Approver, meets, parseRequirement, type Parties, type Requirement } from "./requirement.ts";
