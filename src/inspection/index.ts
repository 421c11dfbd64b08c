/** Inspection: hostile files are read in a child process without network, secrets or environment. */
export { type Inspector, openInspector } from "./inspector.ts";
export type { FileState, Identified, Inspected, InspectedFile, InspectRequest, WhyNot } from "./port.ts";
