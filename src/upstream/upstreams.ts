import type { Ambient, Digest } from "#base";
import type { Egress } from "#egress";
import type { Store } from "#store";
import type { Pin, Prepared, ServerConfiguration, StdioConfiguration } from "./configuration.ts";
import type { UpstreamConnection } from "./connection.ts";
import { Fleet } from "./fleet.ts";
import type { Inspection } from "./inspect.ts";
import type { DeclaredClient } from "./negotiate.ts";
import type { UpstreamHandlers } from "./peer.ts";
import type { SandboxesOptions, SandboxState } from "./sandboxes.ts";
import type { Seal } from "./secrets.ts";
import { identityOf, type Verification } from "./verify.ts";

export interface UpstreamsOptions {
  readonly store: Store;
  readonly egress: Egress;
  /** `servers/` of the data directory. */
  readonly directory: string;
  readonly ambient: Ambient;
  readonly keys: Seal;
  /** Where an authorization server sends a person back to; read when a server is first asked, not before. */
  readonly redirectUrl: string;
  readonly clientMetadataUrl?: string;
  /** How stdio servers are kept in sandboxes; absent: each as its own row says. */
  readonly sandbox?: Partial<SandboxesOptions>;
}

export interface ServerState {
  readonly connections: number;
  readonly failures: number;
  readonly lastFailure: string | null;
  /** Where a person must go to authorise Doorward at this server; null when nothing waits for that. */
  readonly authorizationUrl: string | null;
}

/**
 * All MCP servers behind Doorward. `name` is a row of `servers`, except in `prepare`, `inspect` and `keepSecrets`,
 * which also serve a server that is being added. Throws Fault; codes `upstream_*`, `egress_*`.
 */
export interface Upstreams {
  /** Seals values of environment variables (`env:NAME`), headers (`header:NAME`), `oauth:client-secret`, `oauth:private-key`. */
  readonly keepSecrets: (name: string, secrets: Readonly<Record<string, string>>) => Promise<void>;
  /** Installs what must be installed and pins what will run or answer (T14). */
  readonly prepare: (name: string, configuration: ServerConfiguration) => Promise<Pin>;
  readonly identity: (pin: Pin) => Digest;
  /** Whether what would run, or answers now, is still what was pinned. */
  readonly verify: (name: string) => Promise<Verification>;
  readonly inspect: (server: string | Prepared) => Promise<Inspection>;
  /** A connection of its own for one caller. Waits out a short back-off; refuses a crash loop at once. */
  readonly connect: (
    name: string,
    handlers: UpstreamHandlers,
    declared?: DeclaredClient,
  ) => Promise<UpstreamConnection>;
  /**
   * Completes an authorization with the query that the authorization server sent the person back with. Its `state`
   * names the server (`<server>.<random>`) and is taken once. Throws `upstream_authorization_refused`.
   */
  readonly authorize: (name: string, callback: URLSearchParams) => Promise<void>;
  /** Forgets failures and closes every connection of the server. */
  readonly restart: (name: string) => Promise<void>;
  /** Closes its connections, destroys its secrets and deletes what was installed for it. */
  readonly remove: (name: string) => Promise<void>;
  readonly state: (name: string) => ServerState;
  /** Whether a stdio server runs in a sandbox here, or why not. */
  readonly sandbox: (name: string, configuration: StdioConfiguration) => SandboxState;
  readonly close: () => Promise<void>;
}

export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const fleet = new Fleet(options);
  return {
    keepSecrets: (name, secrets) => fleet.keepSecrets(name, secrets),
    prepare: (name, configuration) => fleet.prepare(name, configuration),
    identity: identityOf,
    verify: async (name) => fleet.verify(await fleet.find(name)),
    inspect: async (server) => fleet.inspect(typeof server === "string" ? await fleet.find(server) : server),
    connect: async (name, handlers, declared) =>
      fleet.connect(await fleet.find(name), handlers, declared ?? { capabilities: {} }),
    authorize: async (name, callback) => fleet.authorize(await fleet.find(name), callback),
    restart: (name) => fleet.restart(name),
    remove: (name) => fleet.remove(name),
    state: (name) => fleet.state(name),
    sandbox: (name, configuration) => fleet.sandbox(name, configuration),
    close: () => fleet.close(),
  };
}
