// Cedar: policies in Cedar's JSON form compiled to closures, found by their scopes, evaluated exactly as the official
// engine does. Pure; knows nothing of Doorward. `npm run conformance:cedar` holds it to Cedar's own corpus.
export { type Authorization, authorize } from "./authorize.ts";
export { type Entities, type Entity, entitiesOf, type GivenEntity } from "./entities.ts";
export { EntityUid } from "./entity-uid.ts";
export type { Environment } from "./environment.ts";
export { safeText, withExactIntegers } from "./exact-integers.ts";
export {
  type ExactJson,
  type ExactObject,
  isList,
  isObject,
  readRecord,
  readUid,
  recordOf,
} from "./json.ts";
export { type Policy, readPolicy } from "./policy.ts";
export type { CedarRecord } from "./record.ts";
export { indexByScope, type ScopeIndex } from "./scope-index.ts";
export { createSharing, type Sharing } from "./sharing.ts";
