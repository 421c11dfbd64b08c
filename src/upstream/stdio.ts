import { type ChildProcess, spawn } from "node:child_process";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { Fault } from "#base";
import {
  CLOSE_GRACE_MS,
  DRAIN_AFTER_EXIT_MS,
  GARBAGE_LINES_MAX,
  MESSAGE_BYTES_MAX,
  STDERR_BYTES_MAX,
  STDIN_QUEUE_BYTES_MAX,
} from "./limits.ts";
import { createLineSplitter } from "./lines.ts";
import { isObject, parseJson } from "./message.ts";
import { createRing } from "./ring.ts";

export interface StdioCommand {
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Starts it in its sandbox, in a process group of its own; null: it runs as Doorward's user does. Throws `sandbox_*`. */
  readonly launch: (() => Promise<ChildProcess>) | null;
}

/**
 * The SDK's transport over a child in a process group of its own. Spawns on `start`. One JSON-RPC message a line, both
 * ways; a message over 16 MiB, or a hundred lines that are none, end the server. `close` ends the whole process
 * group: stdin shut, then SIGTERM, then SIGKILL.
 */
export class StdioTransport implements Transport {
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** `stderr` and `pid` are how the SDK tells a stdio transport. */
  readonly stderr = null;
  readonly #command: StdioCommand;
  readonly #lastWords = createRing(STDERR_BYTES_MAX);
  readonly #splitter = createLineSplitter(MESSAGE_BYTES_MAX);
  #child: ChildProcess | null = null;
  #reason = "it was not started";
  #isReasonFinal = false;
  #garbage = 0;
  #isClosed = false;

  constructor(command: StdioCommand) {
    this.#command = command;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The end of what the server wrote to stderr, safe to print. */
  get tail(): string {
    return this.#lastWords.text();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why the child is gone; meaningful once `onclose` was called. */
  get reason(): string {
    return this.#reason;
  }

  async start(): Promise<void> {
    const child = await spawned(this.#command);
    this.#child = child;
    child.stdout?.on("data", (chunk: Buffer) => this.#read(chunk)).on("error", () => {});
    child.stderr?.on("data", (chunk: Buffer) => this.#lastWords.push(chunk)).on("error", () => {});
    child.stdin?.on("error", () => {});
    child.on("exit", (code, signal) => this.#exited(code, signal));
    child.on("close", () => this.#closed());
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.write(message);
  }

  /** Resolves when the message is with the operating system. Rejects with `upstream_gone` when it certainly is not. */
  write(message: object): Promise<void> {
    return write(this.#child, message, this.#reason);
  }

  async close(): Promise<void> {
    this.#because("Doorward closed it");
    if (this.#child !== null) await end(this.#child);
    this.#closed();
  }

  #read(chunk: Buffer): void {
    const lines = this.#splitter.push(chunk);
    if (lines === null) return this.kill(`it sent a message of more than ${MESSAGE_BYTES_MAX} bytes`);
    for (const line of lines) if (line.length > 0) this.#take(line);
  }

  #take(line: Buffer): void {
    if (this.#isClosed) return;
    const value = parseJson(line);
    if (isObject(value)) return this.#deliver(value);
    this.#lastWords.push(Buffer.concat([Buffer.from("[stdout] "), line.subarray(0, 512), Buffer.from("\n")]));
    this.#garbage += 1;
    if (this.#garbage <= GARBAGE_LINES_MAX) return;
    this.kill(`it wrote ${this.#garbage} lines to stdout that are no JSON-RPC messages`);
  }

  /** Whoever listens may choke on what a hostile server sends; thrown into the pipe's event it would end the process. */
  #deliver(value: object): void {
    try {
      deliver(this, value);
    } catch {
      this.kill("it sent a message that cannot be taken");
    }
  }

  /** Ends it at once, for a reason of ours. */
  kill(why: string): void {
    this.#because(why);
    killGroup(this.#child, "SIGKILL");
  }

  /** Only the first reason counts: what follows is its consequence. */
  #because(why: string): void {
    if (!this.#isReasonFinal) this.#reason = why;
    this.#isReasonFinal = true;
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#because(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`);
    // Helpers it left behind die with it; what it already wrote is still read.
    killGroup(this.#child, "SIGKILL");
    setTimeout(() => this.#closed(), DRAIN_AFTER_EXIT_MS).unref();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }
}

function deliver(transport: Transport, value: object): void {
  // The SDK's type asks for a validated message; whoever listens here reads it with `readMessage` or the SDK's schema.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  transport.onmessage?.(value as JSONRPCMessage);
}

function spawned(command: StdioCommand): Promise<ChildProcess> {
  if (command.launch !== null) return command.launch();
  return new Promise((resolve, reject) => {
    const child = spawn(command.executable, [...command.arguments], {
      cwd: command.directory,
      env: { ...command.environment },
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
      shell: false,
    });
    child.once("spawn", () => resolve(child));
    child.once("error", (cause) => reject(notStarted(command, cause)));
  });
}

async function write(child: ChildProcess | null, message: object, reason: string): Promise<void> {
  const stdin = child?.stdin;
  if (!stdin?.writable)
    throw new Fault("upstream_gone", `the server is gone: ${reason}`, "Try again: Doorward starts it anew.");
  if (stdin.writableLength > STDIN_QUEUE_BYTES_MAX) {
    throw new Fault(
      "upstream_stuck",
      "the server does not read what it is sent",
      "Restart it with `doorward servers restart NAME`.",
    );
  }
  await new Promise<void>((resolve, reject) => {
    stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

async function end(child: ChildProcess): Promise<void> {
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
  child.stdin?.end();
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (await within(exited, CLOSE_GRACE_MS)) break;
    killGroup(child, signal);
  }
  killGroup(child, "SIGKILL");
  await exited;
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function within(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const result = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return result;
}

/**
 * Ends the child and everything it started that stayed in its group. A group that is already gone is fine, and one that
 * may not be signalled (macOS says so of zombies, Linux of a setuid helper) is no reason to end ourselves.
 */
export function killGroup(
  child: Pick<ChildProcess, "pid" | "kill"> | null,
  signal: "SIGTERM" | "SIGKILL",
): void {
  if (child?.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code !== "ESRCH" && code !== "EPERM") throw cause;
  }
}

function notStarted(command: StdioCommand, cause: Error): Fault {
  return new Fault(
    "upstream_not_started",
    `cannot start ${command.executable}: ${cause.message}`,
    "Check that the program exists and may be run; add the server again if it moved.",
    cause,
  );
}
