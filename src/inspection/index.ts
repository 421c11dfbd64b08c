/**
 * Inspection: hostile files are read in a child process without network, secrets or environment; their digests are made in threads;
 * and what was found out is kept for as long as they do not change.
 */
export { type Cache, type KnownFile, openCache } from "./cache.ts";
export {
  type Hashed,
  type Hasher,
  type HasherOptions,
  type HashOptions,
  openHasher,
  type Partials,
} from "./hasher.ts";
export { type Inspector, openInspector } from "./inspector.ts";
export { scanKnown, type Scanned } from "./known.ts";
export { stateAt } from "./open-file.ts";
export type {
  FileState,
  Identified,
  Inspected,
  InspectedFile,
  InspectRequest,
  Settled,
  WhyNot,
} from "./port.ts";
