import type { FileClaims, Fingerprint, ModelFacts, Oddity } from "#models";

import type { FileScan } from "#scan";

/** What a child can be asked, and what it answers. */
export interface Answers {
  /** One file: what would happen to whoever loads it. */
  readonly scan: FileScan;
  /** One file, or the files of one folder: what they are. */
  readonly identify: Identified;
  /** One file: what it says of licences and bases. */
  readonly claims: FileClaims;
  /** The files of one model: what is kept of it to compare it with others. */
  readonly fingerprint: Fingerprinted;
}

/** One of the two is null. */
export interface Fingerprinted {
  readonly print: Fingerprint | null;
  readonly malformed: { readonly what: string; readonly at: number } | null;
}

export type JobName = keyof Answers;

export interface Identified {
  /** Of the first file. */
  readonly kinds: readonly string[];
  /** Null where it is no model whose facts are read here, or is malformed. */
  readonly facts: ModelFacts | null;
  readonly oddities: readonly Oddity[];
  readonly malformed: { readonly what: string; readonly at: number } | null;
}

export interface InspectedFile {
  /** Opened by the parent alone, never through a link at its end. */
  readonly path: string;
  /** How it is to be shown, and what its last part says of it: `model.pt`. */
  readonly name: string;
}

export interface InspectRequest<Job extends JobName = JobName> {
  readonly job: Job;
  readonly files: readonly InspectedFile[];
  /** For `claims`, of a blob whose name says nothing. */
  readonly as?: "licence" | "manifest";
}

/** By which a changed file is known. Nanoseconds since 1970 and device numbers as the system gives them. */
export interface FileState {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
  readonly bornNs: bigint;
}

/** How a file was before it was read. */
export interface Settled {
  readonly state: FileState;
  /** When reading began, in milliseconds since 1970. */
  readonly beganAt: number;
  /** False where what others had written by mapping it could not be brought to the disk, and so not be told from later writes. */
  readonly isFlushed: boolean;
}

/**
 * Why nothing is known of a file. `unreadable`: the system would not. `changed`: it was written to meanwhile. The others are
 * the child's end: it took too long, too much memory, broke, or answered what no child of ours answers.
 */
export type WhyNot = "unreadable" | "changed" | "timeout" | "memory" | "crashed" | "garbage";

/** What came of a request. Whatever is not answered is unscannable, and never clean. */
export type Inspected<Job extends JobName = JobName> =
  | {
      readonly kind: "answered";
      readonly answer: Answers[Job];
      /** As they were before and still are, in the order of the request. */
      readonly files: readonly Settled[];
    }
  | { readonly kind: "unscannable"; readonly why: WhyNot; readonly says: string };
