import type { ChildProcess } from "node:child_process";
import { type Heard, heard, isReady } from "./answers.ts";
import { launch, type Launch } from "./launch.ts";
import { ANSWER_BYTES_MAX, FILE_MS, LAST_WORDS_BYTES_MAX, START_MS } from "./limits.ts";
import type { JobName } from "./port.ts";
import type { ToChild } from "./serving.ts";

/** Why a child is gone, or has to go. */
export type ChildEnd = "timeout" | "memory" | "crashed" | "garbage";

export type ChildAnswer<Job extends JobName> =
  | Exclude<Heard<Job>, { kind: "garbage" }>
  | { readonly kind: "ended"; readonly why: ChildEnd };

/** One process that reads one file after the other. */
export interface Child {
  /** True where it is there to be asked; false: it did not begin. */
  readonly begun: Promise<boolean>;
  /** One at a time. After `ended` it is dead. */
  readonly ask: <Job extends JobName>(question: ToChild & { job: Job }) => Promise<ChildAnswer<Job>>;
  /** At once; resolves when it is gone. */
  readonly end: () => Promise<void>;
  readonly pid: number | undefined;
}

export function startChild(options: Launch, fileMs = FILE_MS): Child {
  return new OneChild(launch(options), fileMs);
}

const OUT_OF_MEMORY =
  /out of memory|allocation failed|failed to allocate|cannot allocate|bad_alloc|virtual address space/i;

class OneChild implements Child {
  readonly begun: Promise<boolean>;
  readonly #process: ChildProcess;
  readonly #fileMs: number;
  readonly #gone: Promise<void>;
  #heard: Buffer[] = [];
  #bytes = 0;
  #lastWords = "";
  #next: ((line: string) => void) | null = null;
  #ended: ChildEnd | null = null;

  constructor(process: ChildProcess, fileMs: number) {
    this.#process = process;
    this.#fileMs = fileMs;
    process.stdout?.on("data", (chunk: Buffer) => this.#take(chunk));
    process.stderr?.on("data", (chunk: Buffer) => this.#listen(chunk));
    // A pipe to somebody who is gone: the end is told by `exit`.
    process.stdin?.on("error", () => {});
    this.#gone = new Promise((resolve) => {
      process.once("error", () => resolve());
      process.once("close", () => resolve());
    });
    void this.#gone.then(() => this.#stop(OUT_OF_MEMORY.test(this.#lastWords) ? "memory" : "crashed"));
    this.begun = this.#line(START_MS).then((line) => isReady(line) || this.#refuse());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  ask = async <Job extends JobName>(question: ToChild & { job: Job }): Promise<ChildAnswer<Job>> => {
    // What it says unasked is no answer to anything.
    if (this.#bytes > 0) this.#stop("garbage");
    if (this.#ended !== null) return { kind: "ended", why: this.#ended };
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const line = await this.#line(this.#fileMs);
    if (this.#ended !== null) return { kind: "ended", why: this.#ended };
    const answer = heard(line, question.id, question.job);
    if (answer.kind !== "garbage") return answer;
    this.#stop("garbage");
    return { kind: "ended", why: "garbage" };
  };

  end = async (): Promise<void> => {
    this.#stop("crashed");
    await this.#gone;
  };

  #refuse(): boolean {
    this.#stop("garbage");
    return false;
  }

  #line(ms: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => this.#stop("timeout"), ms);
    this.#next = (line) => {
      clearTimeout(timer);
      this.#next = null;
      resolve(line);
    };
    if (this.#ended !== null) this.#next("");
    return promise;
  }

  #take(chunk: Buffer): void {
    if (this.#ended !== null) return;
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES_MAX) return this.#stop("garbage");
    this.#heard.push(chunk);
    if (!chunk.includes(10)) return;
    const all = Buffer.concat(this.#heard);
    const end = all.indexOf(10);
    const rest = all.subarray(end + 1);
    this.#heard = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    if (this.#next === null) this.#stop("garbage");
    else this.#next(all.toString("utf8", 0, end));
  }

  #listen(chunk: Buffer): void {
    if (this.#lastWords.length < LAST_WORDS_BYTES_MAX) this.#lastWords += chunk.toString("latin1");
  }

  /** The first reason is the one; nothing that it says counts any more. */
  #stop(why: ChildEnd): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    this.#heard = [];
    this.#process.kill("SIGKILL");
    this.#next?.("");
  }
}
