import type { JsonObject } from "#base";
import type { Effect } from "#vocabulary";

/** Where one argument of an operation stands in a request. */
export interface ApiArgument {
  /** As policies, manifests and cards name it; unique within its operation. */
  readonly name: string;
  /** `field`: of a JSON object or a form in the body; `body`: the body as a whole, where it is neither. */
  readonly in: "path" | "query" | "header" | "field" | "body";
  /** Its name there; empty for `body`. */
  readonly as: string;
  /** What separates the members of a list in one value; absent: the name is repeated. */
  readonly separator?: "," | " " | "|";
}

/** One operation of an API's document, as a tool: reviewed, granted and decided like any other (T4). */
export interface ApiOperation {
  /** `operationId` where it has a usable one, else method and path: `[A-Za-z0-9_.-]{1,128}`, unique in its API. */
  readonly name: string;
  /** Upper case. */
  readonly method: string;
  /** As in the document, below the server's base path: `/repos/{owner}/{repo}`. */
  readonly template: string;
  /** Parameters of the template that may hold slashes (`x-multi-segment`, `{+name}`, `{name=**}`). */
  readonly spans: readonly string[];
  /** Made inert: the publisher's words. */
  readonly description: string;
  /** JSON Schema (2020-12) of all arguments, flattened by name; see docs/formats/apis.md. */
  readonly inputSchema: JsonObject;
  readonly arguments: readonly ApiArgument[];
  /** Media types that its body may have, lower case; empty: it takes none. */
  readonly media: readonly string[];
  readonly effects: readonly [Effect, ...Effect[]];
}

/** Where an API is served. */
export interface ApiServer {
  readonly scheme: "http" | "https";
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** What every path begins with: empty, or begins with a slash and does not end with one. */
  readonly base: string;
}

/** An API as it is in force. */
export interface Api {
  /** A server of transport `api`. */
  readonly name: string;
  readonly servers: readonly ApiServer[];
  readonly operations: readonly Omit<ApiOperation, "description" | "effects">[];
}

/** A document as it was read. */
export interface ApiDocument {
  readonly title: string;
  readonly version: string;
  /** `3.1`, `3.0` or `2.0`. */
  readonly format: string;
  readonly servers: readonly ApiServer[];
  readonly operations: readonly ApiOperation[];
  /** What became no operation, and why: a request there is unmapped. */
  readonly skipped: readonly string[];
  /** How many were skipped: `skipped` shows the first. */
  readonly skippedCount: number;
}

/** A request of the http door that an operation names. */
export interface MatchedOperation {
  /** Name of the API: a server with transport `api`. */
  readonly api: string;
  readonly operation: string;
  /** Path, query and body fields by their names: what policies, flow rules and cards see. */
  readonly arguments: JsonObject;
}

/** A request as the http door read it. */
export interface ApiRequest {
  readonly origin: { readonly scheme: string; readonly host: string; readonly port: number };
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: there is none. `type` is the whole `Content-Type`; empty: bytes came without one, which no operation takes. */
  readonly body: { readonly type: string; readonly bytes: Uint8Array } | null;
}

/** All APIs in force, compiled. */
export interface ApiMap {
  /** Whether a host is some API's: then a write that no operation names is denied (`operation_unmapped`, T4). */
  readonly governs: (origin: ApiRequest["origin"]) => string | null;
  /**
   * Null: no operation, or two that cannot be told apart, or a body or value that has more than one reading. A request that
   * has a `content-type` the operation does not name is no request of that operation.
   */
  readonly match: (request: ApiRequest) => MatchedOperation | null;
}
