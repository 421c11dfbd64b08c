import { Fault } from "#base";
import {
  type Identified,
  type Inspected,
  type InspectRequest,
  openCache,
  openInspector,
  scanKnown,
  type WhyNot,
} from "#inspection";
import { type FileClaims, type Fingerprint, malformed } from "#models";
import type { FileScan, Finding } from "#scan";

/** What looks into files for the commands of `doorward models`: a child process without network, secrets and environment (T25). */
export interface ModelEngine {
  /** Everything found in each of the files, in their order; what cannot be read is the Fault `model_unreadable`. */
  readonly scanAll: <File extends EngineFile>(
    files: Iterable<File>,
  ) => AsyncGenerator<{ readonly file: File; readonly found: FileScan | Fault }>;
  /**
   * What the file says of licences and bases; `as` is for blobs, whose names say nothing. Throws `model_unreadable` where it cannot be
   * read, and where reading it broke what reads it.
   */
  readonly claims: (path: string, name: string, as?: "licence" | "manifest") => Promise<FileClaims>;
  /** What the files of one model are; the Fault `model_unreadable` where they cannot be read. */
  readonly identify: (files: readonly EngineFile[]) => Promise<Identified | Fault>;
  /** The fingerprint of one model's files. Throws as `claims` does, and `model_malformed` where they are no model that can be read. */
  readonly fingerprint: (files: readonly EngineFile[]) => Promise<Fingerprint>;
}

export interface EngineFile {
  readonly path: string;
  /** Its path as it is to be shown. */
  readonly name: string;
}

/** Opened for the time of `use`, and closed whatever comes of it. `cacheFolder`: what earlier scans found counts, and is kept there. */
export async function withModelEngine<Result>(
  use: (engine: ModelEngine) => Promise<Result>,
  { cacheFolder = null }: { readonly cacheFolder?: string | null } = {},
): Promise<Result> {
  const inspector = openInspector({ now: Date.now });
  const cache = cacheFolder === null ? null : openCache(cacheFolder);
  try {
    return await use({
      scanAll: async function* <File extends EngineFile>(files: Iterable<File>) {
        // Answers come in the order of the questions.
        const asked: File[] = [];
        const noted = notedIn(files, asked);
        const done =
          cache === null ? inspector.inspectAll(requestsOf(noted)) : scanKnown(noted, { inspector, cache });
        for await (const { outcome } of done) {
          const file = asked.shift();
          if (file !== undefined) yield { file, found: scanOf(outcome, file) };
        }
      },
      claims: async (path, name, as) => {
        const wanted = {
          job: "claims" as const,
          files: [{ path, name }],
          ...(as === undefined ? {} : { as }),
        };
        const outcome = await inspector.inspect(wanted);
        if (outcome.kind === "answered") return outcome.answer;
        throw unreadable(outcome, name);
      },
      identify: async (files) => {
        const named = files.map(({ path, name }) => ({ path, name }));
        const outcome = await inspector.inspect({ job: "identify", files: named });
        return outcome.kind === "answered" ? outcome.answer : unreadable(outcome, files[0]?.name ?? "");
      },
      fingerprint: async (files) => {
        const named = files.map(({ path, name }) => ({ path, name }));
        const outcome = await inspector.inspect({ job: "fingerprint", files: named });
        const name = files[0]?.name ?? "";
        if (outcome.kind !== "answered") throw unreadable(outcome, name);
        if (outcome.answer.print !== null) return outcome.answer.print;
        const { what = "it is none", at = 0 } = outcome.answer.malformed ?? {};
        throw malformed(what, at);
      },
    });
  } finally {
    cache?.save();
    await inspector.close();
  }
}

function* notedIn<File extends EngineFile>(files: Iterable<File>, asked: File[]): Generator<File> {
  for (const file of files) {
    asked.push(file);
    yield file;
  }
}

function* requestsOf(files: Iterable<EngineFile>): Generator<InspectRequest<"scan">> {
  for (const { path, name } of files) yield { job: "scan", files: [{ path, name }] };
}

/** What could not be followed to its end is no better than malicious. */
function scanOf(outcome: Inspected<"scan">, { name }: EngineFile): FileScan | Fault {
  if (outcome.kind === "answered") return outcome.answer;
  if (outcome.why === "unreadable") return unreadable(outcome, name);
  const finding: Finding = {
    rule: `not-read-${outcome.why}`,
    severity: "high",
    verdict: "unscannable",
    says: `Nothing is known of this file: ${outcome.says}.`,
    techniques: [],
    path: [name],
    offset: null,
    evidence: [],
    advisories: [],
  };
  return { verdict: "unscannable", findings: [finding], kinds: [], parts: 1 };
}

function unreadable({ why, says }: { why: WhyNot; says: string }, name: string): Fault {
  return new Fault(
    "model_unreadable",
    why === "unreadable" ? says : `${name} cannot be read: ${says}`,
    "Check that the file is there and that you may read it, and scan it again.",
  );
}
