/** What a sandboxed program may see and use. Everything else is not there. */
export interface SandboxPlan {
  /** The one folder it may write to; it starts in it. */
  readonly workspace: string;
  /** Shown read-only besides the system's own; each exists. */
  readonly readable: readonly string[];
  /** Hidden although they lie in a folder that is shown: dot-files, keys, `.git/hooks`, agents' own configuration. */
  readonly hidden: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Loopback ports inside, each led by a unix socket to a relay outside. */
  readonly doors: readonly { readonly port: number; readonly socket: string }[];
  readonly limits: SandboxLimits;
}

export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Of one file. */
  readonly fileBytes: number;
  readonly openFiles: number;
  readonly cpuPercent: number;
}

/** How a plan is carried out on this machine, or what is missing for it. */
export type SandboxMeans =
  | {
      readonly kind: "ready";
      readonly backend: "bubblewrap" | "seatbelt";
      readonly limitsBy: "cgroup" | "rlimit";
      readonly notes: readonly string[];
    }
  /** Isolate fails shut: what to install, in words. */
  | { readonly kind: "missing"; readonly missing: readonly string[]; readonly remedy: string };
