/** Bills: bills of materials of models and machines, in CycloneDX and SPDX; what others' bills say. */
export { type CycloneDxVersion, modelBill } from "./cyclonedx.ts";
export { hostBill } from "./host.ts";
export { type ImportedModel, readBill } from "./import.ts";
export { spdxBill } from "./spdx.ts";
export type { BilledModel, BillFrame } from "./subject.ts";
