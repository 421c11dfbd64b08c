import { z } from "zod";
import { operationNamed } from "#operations";
import type { Invocation } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** What running an agent needs of the command line. */
export interface RunAgentOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where Doorward is. */
  readonly url: string;
  /** Where Doorward keeps its own data, which no agent sees. */
  readonly directory: string;
  /** Performs an operation as the person at the terminal, who shows presence where that is needed. */
  readonly perform: (invocation: Invocation) => Promise<unknown>;
  readonly ended: (exitCode: number) => void;
}

/** Options of `doorward run`, as they were typed. */
export interface RunWanted {
  readonly agent?: string;
  readonly delegation?: string;
  readonly mandate?: string;
  readonly sandbox?: boolean;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly env?: readonly string[];
  readonly memory?: string;
  readonly cpus?: string;
  readonly processes?: string;
  readonly temporary?: string;
  readonly dryRun?: boolean;
}

/** What `sessions.start` answers. */
export const opened = z.object({
  session: z.string(),
  key: z.string(),
  door: z.string(),
  models: z.string(),
  keylessModels: z.string().nullable(),
  /** Absent of a Doorward that has no http door. */
  proxy: z.string().nullable().default(null),
});
export type Opened = z.output<typeof opened>;

export function invocationOf(name: string, input: Readonly<Record<string, unknown>>): Invocation {
  return { operation: operationNamed(name), input, json: false, follow: false, dryRun: false, key: null };
}

/** Where the http door listens, as a relay connects to it; null: it is off. */
export function proxyOf({ proxy }: Opened): { readonly host: string; readonly port: number } | null {
  if (proxy === null) return null;
  const { hostname, port } = new URL(proxy);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** To a program that has a session of its own, and so hears nothing of the terminal's. */
const PASSED_ON_ALONE = [...PASSED_ON, "SIGQUIT", "SIGWINCH"] as const;

/**
 * The terminal sends its keys to the program as well, but to one that stands `alone`; what is sent to us alone is passed on, and we stay
 * to end the session. Answers what undoes it.
 */
export function passSignals(send: (signal: NodeJS.Signals) => void, alone = false): () => void {
  const listeners = (alone ? PASSED_ON_ALONE : PASSED_ON).map((signal) => {
    const passOn = (): void => (signal === "SIGINT" && !alone ? undefined : send(signal));
    process.on(signal, passOn);
    return () => process.off(signal, passOn);
  });
  return () => listeners.forEach((off) => off());
}

/** What a person is told when Doorward ended the session under a program. */
export function stoppedWords({ code, reason }: { readonly code: string; readonly reason: string }): string {
  return `doorward: the session ended (${code}${reason === "" ? "" : `: ${reason}`}); the program was stopped\n`;
}
