// Flow: where the values of an action came from and whom its content reaches, traced by content through a session.
// Pure and deterministic: no model judges. What it finds is `FlowFacts`, which policies see as `context.flow`.
export { createBeginnings, judgeUnknown } from "./beginning.ts";
export { rolesByArgument } from "./arguments.ts";
export { effectsFor, manifestDigest, type OutputLabel, type ToolManifest, unlabelled } from "./manifest.ts";
export { bodyOf, type ManifestBody, manifestBody, manifestEffect, manifestFrom } from "./manifest-schema.ts";
export { bareSchema, shapeOf } from "./shape.ts";
export { originOf, type ShippedManifest, shippedFor, shippedLike } from "./shipped.ts";
export { SHIPPED_TOOLS } from "./shipped.table.ts";
export { SHIPPED_REMOTES } from "./shipped-github.table.ts";
export { SHIPPED_PACKAGES } from "./shipped-servers.table.ts";
export {
  type DeclaredTool,
  explainProposal,
  type ProposalReasons,
  proposeManifest,
} from "./propose.ts";
export { readManifestFile, writeManifestFile } from "./manifest-file.ts";
export {
  type Flow,
  type FlowCall,
  type FlowResult,
  type FlowSettings,
  type FlowSnapshot,
  type HeardText,
  openFlow,
  type SaidLabel,
} from "./session.ts";
export type { Mandate } from "./words.ts";
