import { closeSync } from "node:fs";
import { Fault } from "#base";
import { inert } from "./answers.ts";
import { type Child, type ChildAnswer, type ChildEnd, startChild } from "./child.ts";
import { CHILD, findBubblewrap, type Wall } from "./launch.ts";
import { DESCRIPTORS_MAX, FILE_MS, FILES_PER_REQUEST_MAX, REQUESTS_PER_CHILD } from "./limits.ts";
import { isUnchanged, type OpenFile, openRegular, settle } from "./open-file.ts";
import type { Answers, Inspected, InspectRequest, JobName, Settled, WhyNot } from "./port.ts";

export interface InspectorOptions {
  readonly now: () => number;
  /** Of one request, from when the child is asked; 10 s where nothing is said. */
  readonly fileMs?: number;
  /** `none` leaves bubblewrap out although it is there. */
  readonly wall?: Wall;
  /** Bubblewrap's program; null: it is not here. */
  readonly findBubblewrap?: () => string | null;
  /** Another program than the one that looks at models: one that tries to get out, in tests. */
  readonly main?: string;
}

export interface Done<Job extends JobName> {
  readonly request: InspectRequest<Job>;
  readonly outcome: Inspected<Job>;
}

export interface Inspector {
  /** What holds its children besides Node's permission model and the fence. `none` too where nothing begins behind bubblewrap. */
  readonly wall: () => Wall;
  /** Never throws for what a file is: that is its outcome. */
  readonly inspect: <Job extends JobName>(request: InspectRequest<Job>) => Promise<Inspected<Job>>;
  /** The same for many, in their order; a child looks at up to 16 of them, one after the other. */
  readonly inspectAll: <Job extends JobName>(
    requests: Iterable<InspectRequest<Job>>,
  ) => AsyncGenerator<Done<Job>>;
  /** Ends every child that is at work. */
  readonly close: () => Promise<void>;
}

/**
 * Opens files here and has them read by a child without network, secrets and environment (T25). Nothing is started before the first
 * request. Throws `inspection_unavailable` from its methods where no child can be started at all.
 */
export function openInspector(options: InspectorOptions): Inspector {
  return new Pool(options);
}

interface Prepared<Job extends JobName> {
  readonly request: InspectRequest<Job>;
  readonly files: readonly OpenFile[];
  readonly settled: readonly Settled[];
  /** Set where no child has to be asked. */
  readonly refused: string | null;
}

class Pool implements Inspector {
  readonly #main: string;
  readonly #now: () => number;
  readonly #fileMs: number;
  #bubblewrap: string | null;
  readonly #children = new Set<Child>();
  #isClosed = false;
  #question = 0;

  constructor({ now, fileMs = FILE_MS, wall, main = CHILD, findBubblewrap: find }: InspectorOptions) {
    this.#now = now;
    this.#fileMs = fileMs;
    this.#main = main;
    this.#bubblewrap = wall === "none" ? null : (find ?? findBubblewrap)();
  }

  wall = (): Wall => (this.#bubblewrap === null ? "none" : "bubblewrap");

  inspect = async <Job extends JobName>(request: InspectRequest<Job>): Promise<Inspected<Job>> => {
    for await (const { outcome } of this.inspectAll([request])) return outcome;
    throw unavailable("it was closed");
  };

  async *inspectAll<Job extends JobName>(requests: Iterable<InspectRequest<Job>>): AsyncGenerator<Done<Job>> {
    let batch: InspectRequest<Job>[] = [];
    let descriptors = 0;
    for (const request of requests) {
      const isFull = batch.length >= REQUESTS_PER_CHILD;
      if (isFull || descriptors + request.files.length > DESCRIPTORS_MAX) {
        yield* this.#batch(batch);
        [batch, descriptors] = [[], 0];
      }
      batch.push(request);
      descriptors += request.files.length;
    }
    yield* this.#batch(batch);
  }

  close = async (): Promise<void> => {
    this.#isClosed = true;
    await Promise.all([...this.#children].map(async (child) => child.end()));
  };

  async *#batch<Job extends JobName>(requests: readonly InspectRequest<Job>[]): AsyncGenerator<Done<Job>> {
    const prepared: Prepared<Job>[] = [];
    for (const request of requests) prepared.push(await prepare(request, this.#now));
    try {
      let from = 0;
      // Where a child dies of one file, a new one goes on with the next.
      while (from < prepared.length) {
        for await (const one of this.#through(prepared.slice(from))) {
          yield one;
          from += 1;
        }
      }
    } finally {
      for (const { files } of prepared) for (const { descriptor } of files) closeSync(descriptor);
    }
  }

  /** As many as one child lives through, and at least one. */
  async *#through<Job extends JobName>(batch: readonly Prepared<Job>[]): AsyncGenerator<Done<Job>> {
    const slots = new Map(batch.flatMap(({ files }) => files).map((file, slot) => [file, slot]));
    let child: Child | null = null;
    try {
      for (const one of batch) {
        if (one.refused !== null) {
          yield done(one, { kind: "unscannable", why: "unreadable", says: one.refused });
          continue;
        }
        child ??= await this.#begin([...slots.keys()]);
        const { job, files, as } = one.request;
        const asked = one.files.map((file, n) => ({
          slot: slots.get(file) ?? 0,
          name: files[n]?.name ?? "",
        }));
        const answer = await child.ask({ id: (this.#question += 1), job, files: asked, as });
        yield done(one, outcomeOf(answer, one));
        if (answer.kind === "ended") return;
      }
    } finally {
      if (child !== null) await this.#end(child);
    }
  }

  async #end(child: Child): Promise<void> {
    await child.end();
    this.#children.delete(child);
  }

  async #begin(files: readonly OpenFile[]): Promise<Child> {
    if (this.#isClosed) throw unavailable("it was closed");
    const descriptors = files.map(({ descriptor }) => descriptor);
    const child = startChild({ main: this.#main, bubblewrap: this.#bubblewrap, descriptors }, this.#fileMs);
    this.#children.add(child);
    if (await child.begun) return child;
    await this.#end(child);
    if (this.#bubblewrap === null) throw unavailable("its process did not begin");
    // No byte of a file was read yet: it is this machine that does not let it begin behind bubblewrap.
    this.#bubblewrap = null;
    return this.#begin(files);
  }
}

function done<Job extends JobName>({ request }: Prepared<Job>, outcome: Inspected<Job>): Done<Job> {
  return { request, outcome };
}

async function prepare<Job extends JobName>(
  request: InspectRequest<Job>,
  now: () => number,
): Promise<Prepared<Job>> {
  const files: OpenFile[] = [];
  const refused = (why: string): Prepared<Job> => {
    for (const { descriptor } of files) closeSync(descriptor);
    return { request, files: [], settled: [], refused: why };
  };
  if (request.files.length > FILES_PER_REQUEST_MAX)
    return refused(`it has more than ${FILES_PER_REQUEST_MAX} files`);
  for (const { path, name } of request.files) {
    const opening = openRegular(path);
    if (!opening.ok) return refused(`${name} cannot be read: ${opening.why}`);
    files.push(opening.file);
  }
  const settled = await Promise.all(files.map(async (file) => settle(file, now)));
  return { request, files, settled, refused: null };
}

function outcomeOf<Job extends JobName>(
  answer: ChildAnswer<Job>,
  { files, settled, request }: Prepared<Job>,
): Inspected<Job> {
  if (!files.every(isUnchanged)) return unscannable("changed");
  if (answer.kind === "ended") return unscannable(answer.why);
  if (answer.kind === "failed") return { kind: "unscannable", why: answer.why, says: answer.says };
  return { kind: "answered", answer: own(answer.answer, request), files: settled };
}

/** A child speaks of the file that it was asked about, and of no other. */
function own<Job extends JobName>(answer: Answers[Job], { files }: InspectRequest<Job>): Answers[Job] {
  if (!("findings" in answer)) return answer;
  const name = inert(files[0]?.name ?? "");
  const findings = answer.findings.map((one) => ({ ...one, path: [name, ...one.path.slice(1)] }));
  return { ...answer, findings };
}

const SAYS: Readonly<Record<ChildEnd | "changed", string>> = {
  changed: "it was changed while it was read",
  timeout: "reading it took longer than one file may",
  memory: "reading it took more memory than one file may",
  crashed: "the process that read it broke",
  garbage: "the process that read it answered what none of ours does: it may have been taken over",
};

function unscannable(why: Exclude<WhyNot, "unreadable">): { kind: "unscannable"; why: WhyNot; says: string } {
  return { kind: "unscannable", why, says: SAYS[why] };
}

function unavailable(why: string): Fault {
  return new Fault(
    "inspection_unavailable",
    `no process that reads model files can be started: ${why}`,
    "Check that Node can be started here by this user, with memory for it, and try again.",
  );
}
