// Approvals: the life of a request for a human yes. Pure: who may answer, who is asked now, what their answers come to, and
// what an approval is good for: exactly what it is bound to, once, until it expires.
export {
  type Asked,
  bindingDigest,
  consumable,
  consume,
  type Decided,
  decideOn,
  expire,
  GLASS_MS,
  mayAnswer,
  mayBreakGlass,
  missingYeses,
  request,
  type Saying,
  see,
  withdraw,
} from "./approval.ts";
export { askedNow, type AskedNow } from "./asked.ts";
export {
  ESCALATION_MAX_MS,
  jointSteps,
  readDuration,
  readEscalation,
  stepsReached,
} from "./escalation.ts";
export { type Approver, type Duty, groupsOf, type Parties } from "./parties.ts";
export {
  type Batch,
  BATCH_ITEMS_MAX,
  batched,
  type BatchItem,
  type WaitingRequest,
} from "./batches.ts";
export { BY_EFFECT, BY_FLOW_EFFECT } from "./grantable.table.ts";
export { gravityOf } from "./risk.ts";
export {
  type ArgumentRoles,
  type GrantChoice,
  type GrantedCall,
  grantDigest,
  type GrantLabels,
  grantLabels,
  neverOpen,
  type NotCovered,
  notCovered,
  openArguments,
  type StandingGrant,
  ungrantable,
} from "./grants.ts";
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
  quietMinutes,
  type QuietHours,
  quietOrFull,
} from "./load.ts";
export { isZone } from "./local-time.ts";
export {
  ANSWERS_MIN,
  type ApprovalStats,
  type CountedAnswer,
  type CountedCard,
  type CountedRequest,
  FAST_MS,
  FAST_SHARE_MAX,
  statsOf,
} from "./stats.ts";
export { type Drill, DRILLS } from "./drills.table.ts";
export { denyIfUnreachable, unreachableGroups } from "./reach.ts";
export type { ApprovalRefusal, ApprovalRefusalCode } from "./refusal.ts";
export {
  COUNT_MAX,
  isGroupName,
  parseRequirement,
  readRequirement,
  type Requirement,
  requirementText,
} from "./requirement.ts";
export { HOLD_DEFAULTS, type HoldDefaults, settledHold } from "./terms.ts";
export { missingGroups, type Tally, tally } from "./seats.ts";
