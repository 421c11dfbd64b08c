// Inference: the upstreams that models run at: where a name goes, how they are, and one send over egress each.
export { checkProtocols, normalUrl, vertexUrl } from "./address.ts";
export type { Candidate, ListedModel, Price, UpstreamKind, UpstreamState } from "./candidate.ts";
export {
  type Credential,
  identityOfUpstream,
  type Prices,
  routeOfRow,
  type Target,
  UPSTREAM_KINDS,
  type UpstreamConfiguration,
  upstreamOfRow,
  type UpstreamRow,
} from "./configuration.ts";
export { EGRESS_NOTHING_SENT } from "./faults.ts";
export { serviceAccountOf } from "./google.ts";
export { KINDS } from "./kinds.table.ts";
export {
  KEY_CHARS_MAX,
  KEY_CHARS_MIN,
  MODEL_CHARS_MAX,
  ROUTES_MAX,
  TARGETS_MAX,
  UPSTREAMS_MAX,
} from "./limits.ts";
export { modelKey } from "./locality.ts";
export { isModelName } from "./names.ts";
export { openModelUpstreams, type ModelUpstreamsOptions } from "./open.ts";
export type { ModelAnswer, ModelSend, ModelUpstreams, Route, Weighed, Weighing } from "./port.ts";
export type { RoutedBy } from "./routing.ts";
export { ownerOf, sealedKeyOf } from "./secret.ts";
