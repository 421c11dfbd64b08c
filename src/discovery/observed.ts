import type { Json } from "#base";

/** A file that was looked at: what the file system says of it, and its first bytes. */
export interface FileSeen {
  /** As the file system has it; bytes that are no UTF-8 as `\xNN`. */
  readonly path: string;
  /** The folder of a store, or the given path, below which it lies. */
  readonly root: string;
  /** The store's name in the table, or null for a given path. */
  readonly store: string | null;
  /** In bytes, as the file system says. */
  readonly size: number;
  /** Those that take room on the disk: far fewer than `size` in a sparse file. */
  readonly allocated: number;
  /** `device:inode`: two paths with the same are one file. */
  readonly identity: string;
  /** At most `HEAD_BYTES`; null where it could not or must not be read. */
  readonly head: Uint8Array | null;
  /** Why there is no head. */
  readonly unread: string | null;
  /** Where a symbolic link leads, as a path; null for a file itself. */
  readonly target: string | null;
}

/** A small file of a store that says what lies elsewhere in it, whole: a manifest of Ollama. */
export interface ManifestSeen {
  readonly path: string;
  readonly root: string;
  readonly store: string;
  readonly text: string;
}

/** A running program. Of its arguments only names of flags, and paths that end as model files do. */
export interface ProcessSeen {
  readonly pid: number;
  readonly parent: number | null;
  /** The program's path, or null where the system does not tell. */
  readonly program: string | null;
  /** The kernel's short name for it. */
  readonly name: string;
  /** Words of its command line that are the program's own vocabulary: `serve`, `mlx_lm.server`, `--model`. */
  readonly words: readonly string[];
  readonly modelPaths: readonly string[];
  /** Files it has mapped, that were recognised by their first bytes. */
  readonly mapped: readonly MappedSeen[];
  /** Devices of accelerators it holds open: `/dev/nvidia0`, `/dev/kfd`. */
  readonly devices: readonly string[];
}

export interface MappedSeen {
  readonly path: string;
  readonly size: number;
  readonly head: Uint8Array;
}

export interface Answer {
  readonly path: string;
  readonly status: number;
  /** The header `Server`, or an empty string. */
  readonly server: string;
  readonly text: string;
  /** `null` where the body is not JSON. */
  readonly json: Json;
}

/** Where something listens, whose it is, and what it answered. */
export interface ListenerSeen {
  readonly address: string;
  readonly port: number;
  readonly pid: number | null;
  /** In the order of asking; none where nothing was asked or nobody answered. */
  readonly answers: readonly Answer[];
}

/** A configuration file of an agent, whole; it holds keys, so nothing but what the rules take leaves them. */
export interface ConfigurationSeen {
  readonly agent: string;
  /** Which of the agent's configurations in the table. */
  readonly shape: number;
  readonly path: string;
  readonly text: string;
}

/** What `nvidia-smi` says: one line per card, one per process that computes on it. */
export interface AcceleratorOutput {
  readonly cards: string;
  readonly uses: string;
}

export interface Observed {
  readonly files: readonly FileSeen[];
  readonly manifests: readonly ManifestSeen[];
  readonly processes: readonly ProcessSeen[];
  readonly listeners: readonly ListenerSeen[];
  readonly configurations: readonly ConfigurationSeen[];
  readonly nvidia: AcceleratorOutput | null;
}

/** Enough for every magic number, the first names in an archive, and the beginning of a header. */
export const HEAD_BYTES = 4096;
