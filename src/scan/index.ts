// Scan: the bytes of a model's files -> what would happen to whoever loads them.
export { type Finding, SEVERITIES, type Severity, VERDICTS, type Verdict, verdictOf } from "./finding.ts";
export { FINDINGS_MAX, type FileScan, scanFile } from "./file.ts";
export { type PickleScan, scanPickle } from "./pickle/scan.ts";
export { type PickledTensor, type PickledTensors, pickledTensors } from "./pickle/tensors.ts";
export { TECHNIQUES } from "./techniques.table.ts";
export { diffTemplates, type TemplateChange, type TemplateDiff } from "./templates/diff.ts";
export { ADVISORIES, type Advisory } from "./config/advisories.table.ts";
