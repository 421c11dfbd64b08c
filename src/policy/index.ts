// Policy: a Cedar text, the accepted tools and one action of a principal chain in; allow, deny or hold out, with
// reasons for people. Pure: the same inputs give the same verdict, and whatever fails inside is a deny.
export {
  type BacktestChange,
  type BacktestReport,
  createBacktest,
  deedOf,
  type RecordedAction,
} from "./backtest.ts";
export { cedarComment, cedarPattern, cedarString } from "./cedar-text.ts";
export { type Compiled, compilePolicies } from "./compile.ts";
export { decide, type Lift } from "./decide.ts";
export {
  type Explanation,
  explain,
  type PolicyExplanation,
  type PrincipalExplanation,
} from "./explain.ts";
export { NO_ORIGINS } from "./flow-record.ts";
export type { InputType, RecordType } from "./input-type.ts";
export { lookAlike, nameSkeleton } from "./look-alike.ts";
export { mayUse } from "./may-use.ts";
export {
  ANY_SERVER,
  type DelegationFacts,
  delegationOf,
  isWithin,
  obstacleOf,
  obstructs,
} from "./delegation.ts";
export { effectsOf, type ToolAnnotations } from "./effects.ts";
export {
  DEED_FORMS,
  effectsByManifest,
  type PolicyTestReport,
  type PolicyTestResult,
  runPolicyTests,
  type TestedLabels,
} from "./policy-tests.ts";
export type { PolicySet, PolicySummary } from "./policy-set.ts";
export { summariesOf } from "./policy-set.ts";
export type { Problem } from "./problem.ts";
export {
  type AgentFacts,
  type BudgetFacts,
  type PrincipalFacts,
  type Question,
  RESERVED_SERVER_NAMES,
  toolId,
  type ToolShape,
  type UserFacts,
} from "./question.ts";
export { recordedWeights } from "./recorded-weights.ts";
export { bothAllow, disputed, isSameVerdict, officially } from "./second-opinion.ts";
export { STARTER_POLICY } from "./starter.table.ts";
