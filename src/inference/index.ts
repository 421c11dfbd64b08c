// Inference: the upstreams that models run at: where a name goes, how they are, and one send over egress each.
export type { Candidate, ListedModel, Price, UpstreamKind, UpstreamState } from "./candidate.ts";
export type { ModelAnswer, ModelSend, ModelUpstreams } from "./port.ts";
