// Models: the files that models are, read within bounds: what each is, of what it was made, under which licence.
export { type ByteSource, bytesIn, type Malformed, malformed, partOf, READ_BYTES_MAX } from "./bytes.ts";
export { type Cursor, cursorOn } from "./cursor.ts";
export { isObject, jsonText } from "./json-text.ts";
export type { Oddity } from "./oddity.ts";
export type { Outcome } from "./outcome.ts";
export {
  type OnnxAttribute,
  type OnnxExternal,
  type OnnxFacts,
  type OnnxOperation,
  readOnnx,
} from "./onnx/read.ts";
export {
  readTensorflow,
  type TensorflowFacts,
  type TensorflowShape,
} from "./tensorflow/graph.ts";
export type { GgufTensor, Slack } from "./gguf/extents.ts";
export { type GgufFacts, type GgufRead, isGguf, readGguf } from "./gguf/read.ts";
export type { GgufList, GgufValue } from "./gguf/value.ts";
export type {
  Archive,
  ArchiveOutcome,
  Member,
  Opened,
  Reading,
  Unread,
} from "./containers/archive.ts";
export { type NumpyFacts, readNumpy } from "./containers/numpy.ts";
export { type Recognition, recognise } from "./containers/recognise.ts";
export { readTar } from "./containers/tar.ts";
export {
  type Found,
  type FoundOddity,
  type FoundUnread,
  WALK_LIMITS,
  type Walked,
  type WalkLimits,
  walkContainers,
} from "./containers/walk.ts";
export { type CoreMlFacts, readCoreMl } from "./coreml/read.ts";
export { readTflite, type TfliteFacts } from "./tflite/read.ts";
export { readZip } from "./containers/zip.ts";
export { readAll } from "./containers/zip-member.ts";
export type { Hdf5Facts } from "./hdf5/facts.ts";
export { readHdf5 } from "./hdf5/read.ts";
export { eachIn, wireOn } from "./protobuf/wire.ts";
export { readSafetensors, type SafeTensor, type SafetensorsRead } from "./safetensors/read.ts";
export { readShardIndex, type ShardIndex } from "./safetensors/index-file.ts";
export type { ModelFacts, ModelFormat } from "./identify/facts.ts";
export { type CountedTensor, fileModel, type FileModel, tensorModel } from "./identify/from-file.ts";
export { ggufModel } from "./identify/from-gguf.ts";
export { type FolderFiles, folderModel } from "./identify/from-folder.ts";
export { type ModelFile, modelDigest } from "./identify/digest.ts";
export { type OllamaManifest, readOllamaConfig, readOllamaManifest } from "./identify/ollama.ts";
export { claimsIn, type FileClaims, type LicenceClaim, mayClaim, taggedClaims } from "./licences/claims.ts";
export { decideLicence, type LicenceDecision, type Situation } from "./licences/decide.ts";
export type { LicenceReport, OwedDuty } from "./licences/duties.ts";
export { licenceReport, type NamedBase } from "./licences/lineage.ts";
export { type Among, lineageAmong } from "./lineage/among.ts";
export { lineageOf } from "./lineage/compare.ts";
export { FAMILY_LEAST, familyLikeness } from "./lineage/family.ts";
export { fingerprintFrom, type NamedSource } from "./lineage/from-files.ts";
export type { Fingerprint } from "./lineage/print.ts";
export { fingerprintText, readFingerprint } from "./lineage/text.ts";
export type { Ground, Lineage } from "./lineage/verdict.ts";
