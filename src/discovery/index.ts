/**
 * Discovery: what was seen on a machine -> "this is model, runtime, agent X", with grounds and confidence. The tables say
 * where to look and what each thing is known by; `host` looks.
 */
export { isAcceleratorDevice, NVIDIA_CARDS, NVIDIA_USES } from "./accelerators.ts";
export { nextQuestion, recognisedBy, reportedBy } from "./answers.ts";
export { contentOf, isModelName } from "./content.ts";
export { discover } from "./discover.ts";
export { explained, type Explained } from "./explain.ts";
export type { Fact, Found, Ground } from "./found.ts";
export { isEntered, lookAt, MANIFEST_BYTES_MAX, UNNAMED_BYTES_MIN } from "./looking.ts";
export {
  type AcceleratorOutput,
  type Answer,
  type ConfigurationSeen,
  type FileSeen,
  HEAD_BYTES,
  type ListenerSeen,
  type ManifestSeen,
  type MappedSeen,
  type Observed,
  type ProcessSeen,
} from "./observed.ts";
export type { Surroundings } from "./places.ts";
export { type ConfigurationPlace, planOf, type ScanPlan, type WalkPlace } from "./plan.ts";
export { RUNTIMES } from "./runtimes.table.ts";
export type { Platform } from "./stores.table.ts";
export { spoken } from "./words.ts";
