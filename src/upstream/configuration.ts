import type { Digest } from "#base";

/** What an admin typed: how to reach an MCP server. Values of `environment` and `headers` are sealed apart. */
export type ServerConfiguration = StdioConfiguration | HttpConfiguration;

export interface StdioConfiguration {
  readonly transport: "stdio";
  /** Program and arguments, no shell. Paths are absolute: Doorward's own folder means nothing to the admin. */
  readonly command: readonly [string, ...string[]];
  /** Names of the variables given besides the allow-list; their values come from `keepSecrets`. */
  readonly environment: readonly string[];
  /** Absent: it was added before there were sandboxes for servers, and runs without one unless the house says otherwise. */
  readonly sandbox?: StdioSandbox;
}

/**
 * Whether a stdio server runs in a sandbox of its own. `required`: it does not run where none can be made. `when-available`: it
 * runs without one there, and is shown so. `off`: it never has one.
 */
export type SandboxStance = "required" | "when-available" | "off";

/** What its sandbox shows and where it leads. */
export interface StdioSandbox {
  /** Absent: as the house has it for servers. */
  readonly stance?: SandboxStance;
  readonly folders: readonly { readonly path: string; readonly access: "read" | "write" }[];
  /** Names (`api.example.com`, `*.example.com`), with a port where it is not 443. */
  readonly hosts: readonly string[];
  /** Whether they may stand on this machine or a private network. */
  readonly allowPrivate: boolean;
}

export interface HttpConfiguration {
  readonly transport: "http";
  readonly url: string;
  /** Names of extra request headers; their values come from `keepSecrets`. */
  readonly headers: readonly string[];
  /** Whether the server may stand on loopback or a private network. */
  readonly allowPrivate: boolean;
  /** Only for servers that ask for OAuth. */
  readonly oauth?: OAuthConfiguration;
}

export interface OAuthConfiguration {
  /** A client registered by hand; its secret, if it has one, is kept as `oauth:client-secret`. */
  readonly clientId?: string;
  /**
   * `client_credentials`: Doorward authorises itself, with the client's secret or, when `oauth:private-key` is kept
   * (PKCS#8 PEM), with a signed assertion (RFC 7523). Without it, a person opens a link.
   */
  readonly grant?: "client_credentials";
  /**
   * The authorization server that may see the client's own credentials (RFC 8414), as it writes itself; another that the MCP
   * server names is not asked. Servers added before this was kept have none.
   */
  readonly issuer?: string;
  /** Signature algorithm of the assertion; ES256 unless given. */
  readonly algorithm?: string;
  /** Space-separated scopes to ask for, instead of what the server advertises. */
  readonly scope?: string;
}

/** What was reviewed (T14). Its digest is the server's identity; anything else that answers is another server. */
export type Pin = PackagePin | CommandPin | RemotePin;

export interface PackagePin {
  readonly kind: "package";
  readonly package: string;
  readonly version: string;
  /** SHA-256 over the sorted paths and digests of every installed file, dependencies included. */
  readonly tree: Digest;
  /** Script that runs under our own Node, relative to the installed tree. */
  readonly entry: string;
  readonly arguments: readonly string[];
}

export interface CommandPin {
  readonly kind: "command";
  /** Real path of the program. */
  readonly executable: string;
  readonly arguments: readonly string[];
  /** The program and every argument that is a file of code, by real path. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
}

export interface RemotePin {
  readonly kind: "remote";
  readonly url: string;
  /** What it said it is; null: it let nobody in before a person authorises Doorward, so it is not reviewed yet. */
  readonly serverInfo: { readonly name: string; readonly version: string } | null;
}

/** A server that is not in the state database yet, or as it stands there. */
export interface Prepared {
  readonly name: string;
  readonly configuration: ServerConfiguration;
  readonly pin: Pin;
}
