import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "#base";
import { journalFailed, sequencerGone } from "./faults.ts";
import {
  CLOSE_WAIT_MS,
  NOTIFY_MS,
  RESTART_DELAY_MAX_MS,
  RESTART_DELAY_MS,
  RESTARTS_MAX,
  START_WAIT_MS,
} from "./limits.ts";
import type { FromSequencer, SequencerTask, ToSequencer } from "./messages.ts";

export interface SequencerProcess {
  /** Entries up to `size` are committed and on the disk. */
  readonly committed: (size: number) => void;
  /** Publishes up to `size` and ends the child; after CLOSE_WAIT_MS it is killed (the next start goes on). */
  readonly close: (size: number) => Promise<void>;
  /** Ends the child at once. */
  readonly kill: () => void;
  /** Its process id, for tests that kill it. */
  readonly pid: () => number | undefined;
}

export interface SequencerEvents {
  readonly integrated: (size: number) => void;
  readonly published: (size: number) => void;
  /** Compare-and-set of the pledge in the state database; false when another stands there. */
  readonly pledge: (last: string | null, next: string) => Promise<boolean>;
  readonly failed: (fault: Fault) => void;
}

/** The child runs as source from source and as JavaScript from a package: its sibling has our own extension. */
const CHILD = fileURLToPath(new URL(`./sequencer-main${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts the sequencer and keeps it up: a child that dies alone is started again with back-off, and recovers from its
 * pledge. A child that says why it stopped has found a doubt: that is final. Resolves when the first child has
 * recovered. Throws its Fault, or `sequencer_gone`.
 */
export async function superviseSequencer(
  task: SequencerTask,
  events: SequencerEvents,
): Promise<SequencerProcess> {
  const supervisor = new Supervisor(task, events);
  await supervisor.started;
  return supervisor;
}

class Supervisor implements SequencerProcess {
  readonly started: Promise<void>;
  readonly #task: SequencerTask;
  readonly #events: SequencerEvents;
  readonly #settle: { resolve: () => void; reject: (fault: Fault) => void };
  readonly #startTimer: NodeJS.Timeout;
  #child: ChildProcess;
  #fault: Fault | null = null;
  #isClosing = false;
  #restarts = 0;
  #size = 0;
  #notifyTimer: NodeJS.Timeout | null = null;
  #pledging: Promise<void> = Promise.resolve();

  constructor(task: SequencerTask, events: SequencerEvents) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    this.#settle = { resolve, reject };
    this.#task = task;
    this.#events = events;
    this.#startTimer = setTimeout(() => this.#fail(sequencerGone("it did not start in time")), START_WAIT_MS);
    this.#child = this.#spawn();
  }

  committed = (size: number): void => {
    this.#size = size;
    this.#notifyTimer ??= setTimeout(() => {
      this.#notifyTimer = null;
      this.#tell({ kind: "committed", size: this.#size });
    }, NOTIFY_MS);
  };

  close = async (size: number): Promise<void> => {
    this.#isClosing = true;
    clearTimeout(this.#notifyTimer ?? undefined);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_WAIT_MS);
    this.#tell({ kind: "finish", size });
    await ended;
    clearTimeout(timer);
  };

  kill = (): void => {
    this.#isClosing = true;
    clearTimeout(this.#notifyTimer ?? undefined);
    clearTimeout(this.#startTimer);
    this.#child.kill("SIGKILL");
  };

  pid = (): number | undefined => this.#child.pid;

  #spawn(): ChildProcess {
    const child = fork(CHILD, [JSON.stringify(this.#task)], {
      // It holds the signing keys: no debugger by signal.
      execArgv: ["--disable-sigusr1"],
      env: ownEnvironment(),
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (message: FromSequencer) => this.#hear(message));
    child.on("error", (error) => this.#fail(journalFailed("the sequencer cannot be started", error)));
    child.on("exit", (code, signal) => this.#ended(signal ?? `exit code ${code}`));
    return child;
  }

  #tell(message: ToSequencer): void {
    // A child that is going down hears nothing; its exit is handled, and the next one is told anew.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromSequencer): void {
    switch (message.kind) {
      case "ready":
        clearTimeout(this.#startTimer);
        this.#settle.resolve();
        this.#events.integrated(message.size);
        this.#events.published(message.size);
        this.#tell({ kind: "committed", size: this.#size });
        break;
      case "integrated":
        this.#events.integrated(message.size);
        break;
      case "published":
        this.#restarts = 0;
        this.#events.published(message.size);
        break;
      case "pledge":
        this.#pledging = this.#pledge(message.last, message.next);
        break;
      case "fault":
        this.#fail(new Fault(message.code, message.message, message.remedy));
        break;
    }
  }

  async #pledge(last: string | null, next: string): Promise<void> {
    try {
      const isPledged = await this.#events.pledge(last, next);
      this.#tell({ kind: isPledged ? "pledged" : "refused" });
    } catch (error) {
      this.#fail(error instanceof Fault ? error : journalFailed("the pledge could not be written", error));
    }
  }

  #ended(how: string): void {
    if (this.#isClosing || this.#fault !== null) return;
    this.#restarts += 1;
    if (this.#restarts > RESTARTS_MAX)
      return this.#fail(sequencerGone(`it ended ${RESTARTS_MAX} times, last with ${how}`));
    const delay = Math.min(RESTART_DELAY_MS * 2 ** (this.#restarts - 1), RESTART_DELAY_MAX_MS);
    setTimeout(() => void this.#replace(), delay);
  }

  /** A pledge of the dead child may still be on its way to the disk; the next child must read what becomes of it. */
  async #replace(): Promise<void> {
    await this.#pledging;
    if (!this.#isClosing && this.#fault === null) this.#child = this.#spawn();
  }

  #fail(fault: Fault): void {
    if (this.#fault !== null || this.#isClosing) return;
    this.#fault = fault;
    clearTimeout(this.#startTimer);
    clearTimeout(this.#notifyTimer ?? undefined);
    this.#child.kill("SIGKILL");
    this.#settle.reject(fault);
    this.#events.failed(fault);
  }
}

/** The child needs nothing of ours; Windows needs its system folder to start any process. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return SystemRoot === undefined ? {} : { SystemRoot };
}
