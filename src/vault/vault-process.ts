import { type ChildProcess, fork } from "node:child_process";
import { dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "#base";
import { vaultUnavailable } from "./faults.ts";
import { asideOf } from "./keys/file.ts";
import {
  ASK_MS,
  ASKS_MAX,
  CLOSE_MS,
  FETCHES_MAX,
  RESTART_DELAY_MAX_MS,
  RESTART_DELAY_MS,
  RESTARTS_MAX,
  START_MS,
} from "./limits.ts";
import type {
  AnswerOf,
  AskName,
  AskOf,
  FetchAnswer,
  FetchRequest,
  FromVault,
  Keeping,
  KeySource,
  ToVault,
} from "./messages.ts";

/** The vault's process, as the serving process asks it. */
export interface VaultProcess {
  /** Starts it now rather than with the first question. */
  readonly start: () => Promise<void>;
  /** Throws what the vault's process throws, or `vault_unavailable`: then nothing was done that matters outside. */
  readonly ask: <N extends AskName>(name: N, ask: AskOf<N>) => Promise<AnswerOf<N>>;
  readonly pid: () => number | undefined;
  readonly state: () => "idle" | "up" | "starting" | "down";
  readonly close: () => Promise<void>;
}

export interface VaultProcessOptions {
  readonly source: KeySource;
  /** Asked at every start: opens the key again, before anything else is asked of a new process. */
  readonly opening: () => AskOf<"open">;
  readonly opened: (state: AnswerOf<"open">) => Promise<void>;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly keep: (keeping: Keeping) => Promise<boolean>;
  /** Told when it died and how; never anything that it held. */
  readonly died: (how: string) => void;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (fault: Fault) => void;
  readonly timer: NodeJS.Timeout;
}

/** The child runs as source from source and as JavaScript from a package: its sibling has our own extension. */
const CHILD = fileURLToPath(new URL(`./vault-main${extname(import.meta.url)}`, import.meta.url));
/** Of the product: its modules, and `package.json`, by which they find each other. */
const PRODUCT = resolve(import.meta.dirname, "..", "..");
/** The one package that it uses: in the product's own folder, or beside the product where that is itself installed as a package. */
const PACKAGE = dirname(fileURLToPath(import.meta.resolve("zod")));

/** Starts with the first question. A child that dies is started again with back-off; meanwhile every question fails shut. */
export function superviseVault(options: VaultProcessOptions): VaultProcess {
  return new Supervisor(options);
}

class Supervisor implements VaultProcess {
  readonly #options: VaultProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #ready: Promise<void> | null = null;
  #isUp = false;
  #isClosing = false;
  #deaths = 0;
  #restart: NodeJS.Timeout | null = null;
  #next = 0;
  #fetches = 0;

  constructor(options: VaultProcessOptions) {
    this.#options = options;
  }

  ask = async <N extends AskName>(name: N, ask: AskOf<N>): Promise<AnswerOf<N>> => {
    await this.start();
    return this.#put(name, ask);
  };

  start = async (): Promise<void> => {
    if (this.#isClosing) throw vaultUnavailable("Doorward is stopping");
    if (this.#restart !== null) throw vaultUnavailable("it ended, and is being started again");
    if (this.#deaths > RESTARTS_MAX) throw vaultUnavailable(`it ended ${this.#deaths} times`);
    this.#ready ??= this.#start();
    await this.#ready;
  };

  pid = (): number | undefined => this.#child?.pid;

  state = (): "idle" | "up" | "starting" | "down" => {
    if (this.#isUp) return "up";
    if (this.#restart !== null || this.#deaths > RESTARTS_MAX) return "down";
    return this.#ready === null ? "idle" : "starting";
  };

  close = async (): Promise<void> => {
    this.#isClosing = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const child = this.#child;
    this.#refuseAll("Doorward is stopping");
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((settle) => child.once("exit", () => settle()));
    const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(timer);
  };

  async #start(): Promise<void> {
    const child = launch(this.#options.source);
    this.#child = child;
    const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
    const { promise, resolve: settle, reject } = Promise.withResolvers<void>();
    child.on("message", (message: FromVault) => {
      if (message.kind === "ready") settle();
      else this.#hear(message);
    });
    child.on("error", () => reject(vaultUnavailable("it cannot be started")));
    child.on("exit", (code, signal) => {
      reject(vaultUnavailable("it ended while it started"));
      this.#ended(child, signal ?? `exit code ${code}`);
    });
    try {
      await promise;
      // INVARIANT: nothing is asked of a new process before it has the key; a wrong key is final until it is mended.
      await this.#options.opened(await this.#put("open", this.#options.opening()));
      this.#isUp = true;
    } catch (cause) {
      this.#ready = null;
      child.kill("SIGKILL");
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  #put<N extends AskName>(name: N, ask: AskOf<N>): Promise<AnswerOf<N>> {
    const child = this.#child;
    if (child?.connected !== true) return Promise.reject(vaultUnavailable("it is not there"));
    if (this.#waiting.size >= ASKS_MAX)
      return Promise.reject(vaultUnavailable(`${ASKS_MAX} questions wait for it already`));
    const id = (this.#next += 1);
    return new Promise((settle, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(vaultUnavailable("it took too long"));
      }, ASK_MS);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Our own child answers what its handler returns.
      this.#waiting.set(id, { resolve: (answer) => settle(answer as AnswerOf<N>), reject, timer });
      const message: ToVault = { kind: "ask", id, name, ask };
      child.send(message, () => {});
    });
  }

  #hear(message: Exclude<FromVault, { kind: "ready" }>): void {
    if (message.kind === "fetch") return void this.#fetch(message.id, message.request);
    if (message.kind === "keep") return void this.#keep(message.id, message.keeping);
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.kind === "fault")
      return waiting.reject(new Fault(message.code, message.message, message.remedy));
    this.#deaths = 0;
    waiting.resolve(message.answer);
  }

  async #fetch(id: number, request: FetchRequest): Promise<void> {
    const answer = await this.#fetched(request);
    this.#tell({ kind: "fetched", id, answer });
  }

  async #fetched(request: FetchRequest): Promise<FetchAnswer> {
    if (this.#fetches >= FETCHES_MAX)
      return { kind: "failed", code: "vault_busy", message: `${FETCHES_MAX} requests are under way already` };
    this.#fetches += 1;
    try {
      return await this.#options.fetch(request);
    } catch (error) {
      const code = error instanceof Fault ? error.code : "bug";
      const message = error instanceof Fault ? error.message : "it failed";
      return { kind: "failed", code, message };
    } finally {
      this.#fetches -= 1;
    }
  }

  async #keep(id: number, keeping: Keeping): Promise<void> {
    const isKept = await this.#options.keep(keeping).catch(() => false);
    this.#tell({ kind: "kept", id, isKept });
  }

  #tell(message: ToVault): void {
    if (this.#child?.connected === true) this.#child.send(message, () => {});
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    const wasUp = this.#isUp;
    this.#child = null;
    this.#isUp = false;
    this.#ready = null;
    this.#refuseAll("it ended");
    if (this.#isClosing || !wasUp) return;
    this.#options.died(how);
    this.#deaths += 1;
    if (this.#deaths > RESTARTS_MAX) return;
    const delay = Math.min(RESTART_DELAY_MS * 2 ** (this.#deaths - 1), RESTART_DELAY_MAX_MS);
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#ready = this.#start();
      this.#ready.catch(() => {});
    }, delay);
    this.#restart.unref();
  }

  #refuseAll(why: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(vaultUnavailable(why));
    }
    this.#waiting.clear();
  }
}

/**
 * With nothing of our environment, no standard output or error, no inspector by signal, no core dump (`ulimit -c`), and
 * Node's permission model: it may read the product's own files and the key, and write the key.
 */
function launch(source: KeySource): ChildProcess {
  const flags = [
    "--disable-sigusr1",
    "--permission",
    `--allow-fs-read=${PRODUCT}`,
    `--allow-fs-read=${PACKAGE}`,
    ...permissionsFor(source),
  ];
  const isPosix = process.platform !== "win32";
  return fork(CHILD, [], {
    ...(isPosix ? { execPath: "/bin/sh" } : {}),
    execArgv: isPosix ? ["-c", 'ulimit -c 0; exec "$0" "$@"', process.execPath, ...flags] : flags,
    env: environmentFor(source),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
}

function permissionsFor(source: KeySource): readonly string[] {
  if (source.kind !== "file") return ["--allow-child-process"];
  return [source.path, asideOf(source.path)].flatMap((path) => [
    `--allow-fs-read=${path}`,
    `--allow-fs-write=${path}`,
  ]);
}

/** A keychain or a KMS's command finds its session and configuration by these; a key file needs none. */
const FOR_PROGRAMS = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "DBUS_SESSION_BUS_ADDRESS",
  "XDG_RUNTIME_DIR",
  "SSL_CERT_FILE",
];

/** Windows needs its system folder to start any process. */
function environmentFor(source: KeySource): NodeJS.ProcessEnv {
  const names = source.kind === "file" ? [] : FOR_PROGRAMS;
  return Object.fromEntries(
    [...names, "SystemRoot"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
