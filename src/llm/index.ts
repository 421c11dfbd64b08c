// Llm: the protocols that models are spoken to in. Bytes of a request or an answer in; what it asks for, tool calls
// included, out; and back. Pure: no clock, disk or network.
export {
  type AnswerHead,
  type AnswerReader,
  type AnswerWriter,
  type Delta,
  type Face,
  type Piece,
  type Problem,
} from "./face.ts";
export {
  createDialectScanner,
  type DialectScanner,
  findTextCalls,
  replaceSpans,
  type TextCall,
} from "./dialects/dialects.ts";
export { type DialectName, DIALECTS } from "./dialects/dialects.table.ts";
export { faceOf } from "./faces.ts";
export { type Heard, heardIn } from "./heard.ts";
export {
  anthropicModel,
  anthropicModels,
  type ModelEntry,
  openaiModel,
  openaiModels,
  tagsAnswer,
} from "./lists.ts";
export { PROTOCOL_PATHS, type Protocol, PROTOCOLS, type Task } from "./protocol.ts";
export { asksForTokens, withoutHiddenTokens } from "./logprobs.ts";
export { marked } from "./marked.ts";
export { LLM_LIMITS } from "./limits.ts";
export type { DeclaredTool, HostedTool, ModelRequest } from "./request.ts";
export {
  expandPrevious,
  inputOf,
  itemsOf,
  outputItemsOf,
  resolveReferences,
} from "./responses/history.ts";
export { referencesOf } from "./responses/request.ts";
export { itemsTold, type ToldItem, toldItems } from "./responses/told.ts";
export { errorInAnswer } from "./stream/errors.ts";
export { parameterOf } from "./strict.ts";
export {
  callsOf,
  type Finish,
  isAtLimit,
  type Part,
  textOf,
  type ToolCall,
  type Turn,
  type Usage,
} from "./turn.ts";
export { type EmbeddingsAnswer, translateEmbeddings } from "./translate/embeddings.ts";
export { translate, type Translation } from "./translate/translate.ts";
