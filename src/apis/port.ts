import type { JsonObject } from "#base";
import type { Effect } from "#vocabulary";

/** One operation of an API's document, as a tool: reviewed, granted and decided like any other (T4). */
export interface ApiOperation {
  /** `operationId` where it has a usable one, else method and path: `[A-Za-z0-9_.-]{1,128}`, unique in its API. */
  readonly name: string;
  readonly method: string;
  /** As in the document: `/repos/{owner}/{repo}`, with the server's base path before it. */
  readonly template: string;
  /** Made inert: the publisher's words. */
  readonly description: string;
  /** JSON Schema (2020-12) of `{path, query, headers, body}` flattened by name; see docs/formats/apis.md. */
  readonly inputSchema: JsonObject;
  readonly effects: readonly [Effect, ...Effect[]];
}

/** A request of the http door that an operation names. */
export interface MatchedOperation {
  /** Name of the API: a server with transport `api`. */
  readonly api: string;
  readonly operation: string;
  /** Path, query and body fields by their names: what policies, flow rules and cards see. */
  readonly arguments: JsonObject;
}

/** All APIs in force, compiled. */
export interface ApiMap {
  /** Whether a host is some API's: then a write that no operation names is denied (`operation_unmapped`, T4). */
  readonly governs: (origin: {
    readonly scheme: string;
    readonly host: string;
    readonly port: number;
  }) => string | null;
  /** Null: no operation, or two that cannot be told apart. `body`: null where there is none or it is not JSON or a form. */
  readonly match: (request: {
    readonly origin: { readonly scheme: string; readonly host: string; readonly port: number };
    readonly method: string;
    readonly path: string;
    readonly query: string | null;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: { readonly type: string; readonly bytes: Uint8Array } | null;
  }) => MatchedOperation | null;
}
