import type { Cache } from "./cache.ts";
import { engineDigest } from "./engine.ts";
import type { Done, Inspector } from "./inspector.ts";
import { stateAt } from "./open-file.ts";
import type { InspectedFile, InspectRequest } from "./port.ts";

/** `isKnown`: it was found by an earlier scan of the same engine, and nobody changed the file since. */
export interface Scanned extends Done<"scan"> {
  readonly isKnown: boolean;
}

/** Files that one look at the cache is for. */
const TOGETHER = 64;

/** Scans files, in their order; those that did not change since this engine scanned them under the same name are not read. */
export async function* scanKnown(
  files: Iterable<InspectedFile>,
  { inspector, cache }: { readonly inspector: Inspector; readonly cache: Cache },
): AsyncGenerator<Scanned> {
  let some: InspectedFile[] = [];
  for (const file of files) {
    some.push(file);
    if (some.length < TOGETHER) continue;
    yield* scanSome(some, inspector, cache);
    some = [];
  }
  yield* scanSome(some, inspector, cache);
}

async function* scanSome(
  files: readonly InspectedFile[],
  inspector: Inspector,
  cache: Cache,
): AsyncGenerator<Scanned> {
  const known = files.map((file) => knownOf(file, cache));
  const asked = files.filter((_, at) => known[at] === null).map(requestOf);
  const answers = inspector.inspectAll(asked);
  try {
    for (const one of known) {
      const next = one ?? (await asking(answers, cache));
      if (next === null) return;
      yield next;
    }
  } finally {
    // Its child ends with it.
    await answers.return(undefined);
  }
}

async function asking(answers: AsyncGenerator<Done<"scan">>, cache: Cache): Promise<Scanned | null> {
  const next = await answers.next();
  if (next.done === true) return null;
  keep(next.value, cache);
  return { ...next.value, isKnown: false };
}

function requestOf(file: InspectedFile): InspectRequest<"scan"> {
  return { job: "scan", files: [file] };
}

function knownOf(file: InspectedFile, cache: Cache): Scanned | null {
  const state = stateAt(file.path);
  const scan = state === null ? null : (cache.get(file.path, state)?.scan ?? null);
  if (state === null || scan?.engine !== engineDigest() || scan.name !== file.name) return null;
  const outcome = { kind: "answered", answer: scan.found, files: [] } as const;
  return { request: requestOf(file), outcome, isKnown: true };
}

function keep({ request, outcome }: Done<"scan">, cache: Cache): void {
  const [file] = request.files;
  if (outcome.kind !== "answered" || file === undefined) return;
  const [settled] = outcome.files;
  if (settled === undefined) return;
  cache.put(file.path, settled, { scan: { engine: engineDigest(), name: file.name, found: outcome.answer } });
}
