/** APIs: OpenAPI documents as tools, and the operation that a request is. Pure. */
export type * from "./port.ts";
export { compileApis } from "./map.ts";
export { type ApiReading, readApi } from "./read.ts";
export { isThisMachine, stationOf } from "./servers.ts";
