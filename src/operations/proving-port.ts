/**
 * What a drill needs of the process: a model and an MCP server of its own, that do no harm and know what reached them, and
 * clients that go through the real doors. Implemented by `main`, and by tests.
 */
export interface Proving {
  /** Throws Fault `drill_running` while another is open. */
  readonly open: () => Promise<DrillPlace>;
}

export interface DrillPlace {
  /** Addresses of this drill's own upstreams, on loopback. */
  readonly modelUrl: string;
  readonly serverUrl: string;
  /** `127.0.0.1:PORT` of its web, and of what a tunnel leads to; null: there is no http door. */
  readonly hosts: { readonly web: string; readonly pipe: string } | null;
  /** Puts everything under way that can be, and answers once it is: see `DRILL_PARTS`. */
  readonly load: (who: DrillClient) => Promise<DrillLoad>;
  /** Calls the tool that does nothing and says of itself that it destroys and sends out. */
  readonly attempt: (who: Pick<DrillClient, "key" | "server">) => Promise<Attempted>;
  /** What a sandbox can be made with here; or what is missing, and what to install. */
  readonly sandbox: () => SandboxFacts | SandboxMissing;
  /** Runs a small program in a sandbox, in the name of this key's session, and says what it reached. */
  readonly probe: (key: string) => Promise<readonly Probed[]>;
  readonly close: () => Promise<void>;
}

export interface SandboxFacts {
  readonly backend: "bubblewrap" | "seatbelt";
  readonly version: string;
  readonly limits: "cgroup" | "rlimit";
}

export interface SandboxMissing {
  readonly missing: string;
  readonly remedy: string;
}

export interface Probed {
  readonly tried: string;
  /** A status, an error's code, or `reached`, `read`, `not there`. */
  readonly got: string;
  readonly holds: boolean;
}

export interface DrillClient {
  readonly key: string;
  /** Of another session of the same agent: one that has read nothing, so that a tunnel may be opened in it. */
  readonly apart: string;
  readonly server: string;
  /** As a client asks for it: `UPSTREAM/MODEL`. */
  readonly model: string;
}

export interface DrillLoad {
  /** What could not be put under way, and what was answered instead. */
  readonly missing: readonly { readonly part: string; readonly said: string }[];
  /** Each part with the milliseconds from `since` (monotonic) until its client saw it end; null: it went on. */
  readonly ends: (
    since: number,
    waitMs: number,
  ) => Promise<readonly { readonly part: string; readonly ms: number | null }[]>;
}

export interface Attempted {
  /** Whether the drill's own server saw the call. */
  readonly arrived: boolean;
  /** The refusal's code; null where it went through. */
  readonly code: string | null;
}
