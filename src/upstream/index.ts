/**
 * Upstream: MCP servers over stdio and HTTP. Pinned when added, verified before each start, supervised with back-off,
 * reconnected when a session dies; what passes is not touched, and nothing is sent twice.
 */
export type {
  CommandPin,
  HttpConfiguration,
  OAuthConfiguration,
  PackagePin,
  Pin,
  Prepared,
  RemotePin,
  SandboxStance,
  ServerConfiguration,
  StdioConfiguration,
  StdioSandbox,
} from "./configuration.ts";
export type { Closed, UpstreamConnection } from "./connection.ts";
export { NOTHING_SENT, RpcFault } from "./faults.ts";
export type { Inspection } from "./inspect.ts";
export type { DeclaredClient, Era, ServerInfo } from "./negotiate.ts";
export type { RequestOptions, UpstreamHandlers } from "./peer.ts";
export {
  createUpstreams,
  type ServerState,
  type Upstreams,
  type UpstreamsOptions,
} from "./upstreams.ts";
export { unseenPin, type Verification } from "./verify.ts";
export { uniqueByName } from "./unique.ts";
