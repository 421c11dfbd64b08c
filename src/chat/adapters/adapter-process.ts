import { type ChildProcess, spawn } from "node:child_process";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { channelRefused, CHANNEL_CALL_MS_MAX, channelTooLong, channelUnreachable } from "../faults.ts";
import type { ChatOutside } from "../platform.ts";
import type { Inbox } from "../port.ts";
import { readLine } from "./answers.ts";
import type { Call, Failure, FromAdapter, Result, Start, ToAdapter } from "./lines.ts";
import { lineReader } from "./lines.ts";

/** Calls under way at once; more are turned away. */
const CALLS_MAX = 64;
/** Calls in a row that were never answered, after which the process is ended. */
const SILENT_MAX = 3;
const START_MS_MAX = 12_000;
const CLOSE_MS_MAX = 2_000;
const BACK_OFF_FIRST_MS = 500;
/** Platforms count how often a connection is opened: Discord a thousand times a day. */
const BACK_OFF_MS_MAX = 300_000;
/** A process that lived this long was no crash. */
const STABLE_AFTER_MS = 60_000;

/** The child runs as source from source and as JavaScript from a package: its sibling has our own extension. */
const CHILD = fileURLToPath(new URL(`./host-main${extname(import.meta.url)}`, import.meta.url));

type Told = Omit<Start, "kind" | "listens">;

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: Error) => void;
}

/** One life of the process. */
interface Life {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly begunAt: number;
  isOver: boolean;
}

/**
 * The process of one channel's adapter: begun with the first call, kept up while somebody listens, begun anew with back-off
 * when it ends. It gets an empty environment, Node's permission model (it reads its own code and its packages, writes
 * nothing, starts nothing), and the secrets of its one channel over its stdin.
 */
export class AdapterProcess {
  readonly #told: Told;
  readonly #outside: ChatOutside;
  readonly #waiting = new Map<number, Waiting>();
  #life: Life | null = null;
  #inbox: Inbox | null = null;
  #isListening = false;
  #isUp = false;
  #isClosed = false;
  #calls = 0;
  #silent = 0;
  #failures = 0;
  #notBefore = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(told: Told, outside: ChatOutside) {
    this.#told = told;
    this.#outside = outside;
  }

  /** Throws `channel_unreachable`, `channel_refused` or `channel_too_long`, without a secret in its words. */
  async call(call: Call, inbox: Inbox | null = null): Promise<Result> {
    if (inbox !== null && !this.#isListening) this.#inbox = inbox;
    if (this.#waiting.size >= CALLS_MAX)
      throw channelUnreachable("too many calls are under way on this channel");
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    // Who waits for the process to begin is told by that; this one may be over first.
    promise.catch(() => {});
    this.#calls += 1;
    const id = this.#calls;
    const timer = setTimeout(() => this.#unanswered(id), CHANNEL_CALL_MS_MAX);
    this.#waiting.set(id, { resolve, reject });
    try {
      await this.#begun();
      if (this.#waiting.has(id)) this.#tell({ kind: "call", id, call });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Opens the platform's connection, and keeps it open until `close`. */
  async listen(inbox: Inbox): Promise<void> {
    this.#inbox = inbox;
    if (this.#isListening && this.#isUp) inbox.state("up", null);
    if (this.#isListening || this.#isClosed) return;
    this.#isListening = true;
    this.#end();
    await this.#begun().catch((cause: unknown) => this.#fell(String(cause)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isListening = false;
    this.#inbox = null;
    clearTimeout(this.#retry);
    const life = this.#life;
    this.#end();
    if (life === null || life.child.exitCode !== null || life.child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS_MAX * 2);
      life.child.once("exit", () => resolve(clearTimeout(timer)));
    });
  }

  /** For tests that kill it. */
  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  async #begun(): Promise<void> {
    if (this.#isClosed) throw channelUnreachable("the channel is closed");
    this.#life ??= this.#spawn();
    await this.#life.ready;
  }

  #spawn(): Life {
    const wait = this.#notBefore - this.#outside.ambient.monotonic();
    if (wait > 0) throw channelUnreachable("the adapter's process rests after it failed", undefined, wait);
    const child = spawn(process.execPath, [...permissions(this.#told.directory), CHILD], {
      cwd: this.#told.directory,
      env: environment(),
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const life: Life = { child, ready: promise, begunAt: this.#outside.ambient.monotonic(), isOver: false };
    promise.catch(() => {});
    const timer = setTimeout(() => this.#over(life, "it did not begin in time", reject), START_MS_MAX);
    const begun = (): void => resolve(clearTimeout(timer));
    const read = lineReader(
      (line) => this.#hear(life, readLine(line), begun, reject),
      () => child.kill("SIGKILL"),
    );
    child.stdout?.on("data", read);
    child.stdin?.on("error", () => {});
    child.once("error", (cause) => this.#over(life, cause.message, reject));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      this.#over(life, `it ended with ${signal ?? `code ${code}`}`, reject);
    });
    this.#write(child, { kind: "start", listens: this.#isListening, ...this.#told });
    return life;
  }

  #hear(life: Life, said: FromAdapter | null, begun: () => void, reject: (cause: Error) => void): void {
    if (life.isOver) return;
    if (said === null) return void life.child.kill("SIGKILL");
    switch (said.kind) {
      case "ready":
        return begun();
      case "unfit":
        reject(channelRefused(`the adapter cannot be used like this: ${this.#inert(said.why)}`));
        return this.#over(life, said.why, reject);
      case "state":
        return this.#stands(said.state, said.why);
      case "inbound":
        return void this.#take(life, said);
      case "result":
        return this.#answered(said.id)?.resolve(said.result);
      case "failure":
        return this.#answered(said.id)?.reject(this.#faultOf(said.failure));
    }
  }

  #answered(id: number): Waiting | undefined {
    this.#silent = 0;
    return this.#waiting.get(id);
  }

  #stands(state: "up" | "down", why: string | null): void {
    this.#isUp = state === "up";
    if (this.#isListening) this.#inbox?.state(state, why === null ? null : this.#inert(why));
  }

  async #take(life: Life, { id, inbound }: Extract<FromAdapter, { kind: "inbound" }>): Promise<void> {
    const taken = await (this.#inbox?.take(inbound) ?? Promise.reject(new Error("nobody listens"))).then(
      (say) => ({ say, isTaken: true }),
      (cause: unknown) => {
        this.#outside.report("what came in on a channel could not be taken", cause);
        return { say: null, isTaken: false };
      },
    );
    this.#write(life.child, { kind: "taken", id, ...taken });
  }

  /** The process is gone, or as good as gone: who waits is told, and it begins anew where somebody listens. */
  #over(life: Life, why: string, reject: (cause: Error) => void): void {
    reject(channelUnreachable(`the adapter's process is gone: ${this.#inert(why)}`));
    if (life.isOver) return;
    life.isOver = true;
    life.child.kill("SIGKILL");
    if (this.#life === life) this.#life = null;
    const lived = this.#outside.ambient.monotonic() - life.begunAt;
    this.#failures = lived >= STABLE_AFTER_MS ? 1 : this.#failures + 1;
    this.#notBefore = this.#outside.ambient.monotonic() + backOffMs(this.#failures);
    for (const waiting of this.#waiting.values())
      waiting.reject(channelUnreachable(`the adapter's process is gone: ${this.#inert(why)}`));
    if (this.#isListening) this.#fell(why);
  }

  #fell(why: string): void {
    if (this.#isClosed) return;
    this.#isUp = false;
    this.#inbox?.state("down", this.#inert(why));
    clearTimeout(this.#retry);
    const again = (): void => {
      void this.#begun().catch((cause: unknown) => this.#fell(String(cause)));
    };
    this.#retry = setTimeout(again, backOffMs(this.#failures) + 1).unref();
  }

  #unanswered(id: number): void {
    this.#waiting.get(id)?.reject(channelUnreachable("the platform did not answer in time"));
    this.#silent += 1;
    if (this.#silent >= SILENT_MAX) this.#life?.child.kill("SIGKILL");
  }

  /** Ends the present life without counting it as a failure. */
  #end(): void {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    life.isOver = true;
    life.child.stdin?.end();
    const timer = setTimeout(() => life.child.kill("SIGKILL"), CLOSE_MS_MAX);
    life.child.once("exit", () => clearTimeout(timer));
    for (const waiting of this.#waiting.values())
      waiting.reject(channelUnreachable("the channel was closed"));
  }

  #tell(message: ToAdapter): void {
    if (this.#life !== null) this.#write(this.#life.child, message);
  }

  #write(child: ChildProcess, message: ToAdapter): void {
    if (child.stdin?.writable === true) child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #faultOf({ kind, why, retryAfterMs }: Failure): Error {
    const words = this.#inert(why);
    if (kind === "refused") return channelRefused(`the platform says no: ${words}`);
    if (kind === "tooLong") return channelTooLong(words, 1, 0);
    return channelUnreachable(words, undefined, retryAfterMs);
  }

  /** Words of third-party code, without the channel's secrets and without control characters. */
  #inert(words: string): string {
    const secrets = Object.values(this.#told.secrets).filter((secret) => secret.length > 0);
    const clean = secrets.reduce((text, secret) => text.replaceAll(secret, "(secret)"), words);
    return clean.replaceAll(/\p{Cc}+/gu, " ");
  }
}

function backOffMs(failures: number): number {
  return Math.min(BACK_OFF_MS_MAX, BACK_OFF_FIRST_MS * 2 ** Math.min(failures - 1, 20));
}

/** Node's permission model (nodejs.org/api/permissions.html): no writing, no child, no worker, no addon. */
function permissions(directory: string): string[] {
  const own = join(dirname(CHILD), "*");
  return [
    "--permission",
    `--allow-fs-read=${own}`,
    `--allow-fs-read=${join(directory, "*")}`,
    "--no-warnings",
  ];
}

/** Nothing of ours; Windows needs its system folder to start any process, and certificates of the house are needed for TLS. */
function environment(): NodeJS.ProcessEnv {
  const names = ["SystemRoot", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];
  const kept = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}
