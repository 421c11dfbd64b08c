/**
 * Discovery: what was seen on a machine -> "this is model, runtime, agent X", with grounds and confidence. The tables say
 * where to look and what each thing is known by; `host` looks.
 */
export { contentOf, isModelName } from "./content.ts";
export { discover } from "./discover.ts";
export { explained, type Explained } from "./explain.ts";
export type { Found, Ground } from "./found.ts";
export { isEntered, lookAt, MANIFEST_BYTES_MAX } from "./looking.ts";
export { type FileSeen, HEAD_BYTES, type ManifestSeen, type Observed } from "./observed.ts";
export type { Surroundings } from "./places.ts";
export { planOf, type ScanPlan, type WalkPlace } from "./plan.ts";
export type { Platform } from "./stores.table.ts";
