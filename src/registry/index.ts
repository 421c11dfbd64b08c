// Registry: the models an organisation knows: their life from found to revoked, who moves them, and what may serve.
export {
  answer,
  type Answered,
  deprecate,
  find,
  PLACES_MAX,
  PROPOSAL_MS,
  propose,
  revoke,
} from "./lifecycle.ts";
export {
  type Evidence,
  EVIDENCE_KINDS,
  isExpired,
  type Place,
  type Proposal,
  proposalDigest,
  type RegisteredModel,
  RISK_CLASSES,
  type RiskClass,
  type Service,
  type Terms,
} from "./model.ts";
export { modelDigestText, modelOfRow, proposalIdOf, type RegisteredRow, rowOfModel } from "./row.ts";
export {
  type Known,
  modelRevoked,
  objectionTo,
  type Objection,
  served,
  SERVING_DEFAULTS,
  type ServingRules,
} from "./serving.ts";
export { REGISTRY_DEFAULTS, type RegistrySettings } from "./settings.ts";
