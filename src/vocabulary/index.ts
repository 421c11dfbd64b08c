// The words of the house. Types only: no rules, no I/O. If two modules mean the same thing, the word lives here.
export type {
  Action,
  Destination,
  Door,
  Effect,
  Identity,
  PrincipalChain,
  Stage,
  Target,
  ToolFacts,
  Verb,
} from "./action.ts";
export type { DelegationScope } from "./delegation.ts";
export type { FlowDoubt, FlowEffect, FlowFacts, Origin, Role as FlowRole, SinkRole } from "./flow.ts";
export type {
  Approval,
  ApprovalBinding,
  ApprovalChain,
  ApprovalStatus,
  DecidedFrom,
  Decision,
  Escalation,
  EscalationStep,
  Sighting,
} from "./approval.ts";
export type { GrantScope, GrantTerms } from "./grant.ts";
export type {
  ActionId,
  AgentId,
  AgentKeyId,
  ApprovalId,
  Branded,
  DelegationId,
  PolicyId,
  ServerName,
  SessionId,
  UserId,
} from "./ids.ts";
export type { ModelIdentity, ModelProof, ModelStage, ModelStatus, ServedModel } from "./model.ts";
export type { StopKind, UnrecordedStop } from "./stop.ts";
export type { Role } from "./user.ts";
export type { Ground, Hold, HoldTerms, Refusal, Verdict } from "./verdict.ts";
