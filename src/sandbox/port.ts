/** What a sandboxed program may see and use. Everything else is not there. */
export interface SandboxPlan {
  /** The folder it starts in, and may write to. */
  readonly workspace: string;
  /** What is shown of this machine besides the system's programs; parents before what lies in them. */
  readonly mounts: readonly Mount[];
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files that stand in its private home, by their path in it. */
  readonly homeFiles: Readonly<Record<string, string>>;
  /** Both, for a sandbox without names of its own, whose places are known when it is made. */
  readonly settled: (places: Places) => Pick<SandboxPlan, "environment" | "homeFiles">;
  /** Loopback ports inside, each led by a unix socket to a relay outside. */
  readonly doors: readonly Door[];
  readonly limits: SandboxLimits;
}

/** Under which names a program finds what is its own, and the doors. */
export interface Places {
  /** The private home, and the folder for temporary files. */
  readonly home: string;
  readonly temporary: string;
  /** What is trusted, PEM and for Java. */
  readonly certificates: string;
  readonly certificatesJava: string;
  /** The llm and mcp doors: `http://127.0.0.1:7420`. */
  readonly doors: string;
  /** The same, for clients that show no key. */
  readonly keyless: string;
  /** The http door: `http://127.0.0.1:7421`. */
  readonly proxy: string;
  /** What a client shows the doors. */
  readonly key: string;
  /** Folders of programs, for PATH. */
  readonly programs: readonly string[];
  /** Where Node as Doorward itself runs on it stands. */
  readonly node: string;
}

/** `http`: the llm and mcp doors, paths of doors alone, in the session's name. `proxy`: the http door, as bytes, or what stands in its place. */
export interface Door {
  readonly kind: "http" | "proxy";
  readonly port: number;
}

/**
 * `read` and `write` show a path of this machine under its own name. `fix` does not let it change although it lies in a folder
 * that may be written to, `pin` does not let it be renamed, `hide` shows nothing where it lies.
 */
export interface Mount {
  readonly kind: "read" | "write" | "fix" | "pin" | "hide";
  readonly path: string;
  readonly isFolder: boolean;
  /** What must be found there before the program begins: another is a link that was put there meanwhile. Null: not looked at. */
  readonly identity: FileIdentity | null;
}

export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
}

export interface SandboxLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Of one file. */
  readonly fileBytes: number;
  readonly openFiles: number;
  /** 100: one core. */
  readonly cpuPercent: number;
  /** Of the private home and of the private `/tmp`, each. */
  readonly temporaryBytes: number;
}

/** How a plan is carried out on this machine, or what is missing for it. */
export type SandboxMeans =
  | SandboxReady
  /** Isolate fails shut: what to install, in words. */
  | { readonly kind: "missing"; readonly missing: readonly string[]; readonly remedy: string };

export interface SandboxReady {
  readonly kind: "ready";
  readonly backend: "bubblewrap" | "seatbelt";
  /** The program that builds it. */
  readonly tool: string;
  readonly version: string;
  /** Options of bubblewrap that this version has. */
  readonly options: { readonly size: boolean; readonly disableUserns: boolean };
  readonly limitsBy: "cgroup" | "rlimit";
  readonly notes: readonly string[];
}

/** What a person asked a sandbox to be. Paths as they were typed, against `from`. */
export interface Wanted {
  readonly from: string;
  readonly command: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly limits: Partial<SandboxLimits>;
  /** Of the person's environment, names to be passed on, or `NAME=value`. */
  readonly environment: readonly string[];
}

/** What of this machine a plan is made against. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Doorward's own folders, which no sandbox sees. */
  readonly secret: readonly string[];
  readonly cores: number;
  /** Whether an authority's certificate stands in the run's folder, and one for Java. */
  readonly trusts: boolean;
}

/** What a sandbox of an MCP server is to be. Every path is absolute, and the one that it has outside. */
export interface ServerWanted {
  /** Its program's real path; null: Node as Doorward itself runs on it, which stands at `NODE` inside. */
  readonly program: string | null;
  readonly arguments: readonly string[];
  /** Files and folders of its code, besides the program. */
  readonly code: readonly string[];
  /** Its own folder: home and working directory, the only one that is always there to be written to. */
  readonly work: string;
  readonly folders: readonly GrantedFolder[];
  /** Whether it has a way to the hosts that it was granted. */
  readonly reachesHosts: boolean;
  /** What an admin gave it besides: values of its environment, by name. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface GrantedFolder {
  readonly path: string;
  readonly access: "read" | "write";
}
