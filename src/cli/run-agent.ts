import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join, sep } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "#base";
import { operationNamed } from "#operations";
import type { Invocation } from "./command.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";

/** What running an agent needs of the command line. */
export interface RunAgentOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Performs an operation as the person at the terminal, who shows presence where that is needed. */
  readonly perform: (invocation: Invocation) => Promise<unknown>;
  readonly ended: (exitCode: number) => void;
}

interface Wanted {
  readonly delegation?: string;
  readonly mandate?: string;
}

const opened = z.object({
  session: z.string(),
  key: z.string(),
  door: z.string(),
  models: z.string(),
  keylessModels: z.string().nullable(),
});
type Opened = z.output<typeof opened>;

/** As shells have it: a command that is not there, one that cannot be run, and the first of those ended by a signal. */
const EXIT_NOT_FOUND = 127;
const EXIT_NOT_RUN = 126;
const EXIT_SIGNAL = 128;

const END_TRIES_MAX = 3;

/** `doorward run AGENT -- COMMAND`: one run of an agent in a session of its own, which ends with it. */
export function runAgentCommand(options: RunAgentOptions): Command {
  return new Command("run")
    .description("Run an agent's program in a session of its own, which ends with it")
    .argument("<agent>", "agent, by name or id")
    .argument("<command...>", "its program and arguments, after --")
    .option("--delegation <id>", "let it act for you under this delegation")
    .option("--mandate <words>", "what it is to do, in your own words: what they name, it may act on")
    .addHelpText("after", HELP)
    .action(async (agent: string, command: readonly string[], wanted: Wanted) => {
      options.ended(await runAgent(options, { agent, command, wanted }));
    });
}

const HELP = `
The program finds both doors in its environment: OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL,
ANTHROPIC_API_KEY, OLLAMA_HOST, and in DOORWARD_MCP_CONFIG the path of a file with the MCP door (mcpServers).

Examples:
  $ doorward run coder --mandate 'Fix the failing test in parser.ts' -- my-agent
  $ doorward run coder -- sh -c 'claude --mcp-config "$DOORWARD_MCP_CONFIG"'`;

interface Run {
  readonly agent: string;
  readonly command: readonly string[];
  readonly wanted: Wanted;
}

async function runAgent(options: RunAgentOptions, { agent, command, wanted }: Run): Promise<number> {
  demandOpenFolder(agent, shownAgent.parse(await options.perform(invocationOf("agents.get", { agent }))));
  const mandate = wanted.mandate ?? (await askWords(options.terminal));
  const input = { agent, keyless: true, ...wanted, ...(mandate === null ? {} : { mandate }) };
  const session = opened.parse(await options.perform(invocationOf("sessions.start", input)));
  const folder = mkdtempSync(join(tmpdir(), "doorward-run-"));
  try {
    const config = join(folder, "mcp.json");
    writeFileSync(config, `${JSON.stringify(mcpConfig(session), null, 2)}\n`, { mode: 0o600 });
    return await carryOut(command, environmentOf(options.environment, session, config));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await endSession(options, session.session);
  }
}

const shownAgent = z.object({ folders: z.array(z.string()) });

/**
 * A place without a beginning is taken to lie in the agent's open folders: where some are open, it must be started in one, or
 * it would change what nobody opened.
 */
function demandOpenFolder(agent: string, { folders }: z.output<typeof shownAgent>): void {
  const here = process.cwd();
  const isOpen = folders.map(realOf).some((folder) => here === folder || here.startsWith(`${folder}${sep}`));
  if (folders.length === 0 || isOpen) return;
  throw new Fault(
    "folder_not_open",
    `${here} is not among the folders that are open to ${agent}: ${folders.join(", ")}`,
    `Start it in one of them, or open this one too: \`doorward agents set-folders ${agent} ${[...folders, here].join(" ")}\`.`,
  );
}

/** As the operating system names it; a folder of another host as it was given. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** A person says what it is for while they are there; nothing said is a session without a mandate, with more holds. */
async function askWords({ ask }: Terminal): Promise<string | null> {
  if (ask === null) return null;
  const words = (await ask("What is it to do, in your own words? (Enter: say nothing) ")).trim();
  return words === "" ? null : words;
}

/** The format of `.mcp.json` (docs.anthropic.com/en/docs/claude-code/mcp), which other clients read too. */
function mcpConfig({ door, key }: Opened) {
  return {
    mcpServers: { doorward: { type: "http", url: door, headers: { Authorization: `Bearer ${key}` } } },
  };
}

/** T2: nothing with which the person at the terminal is known to Doorward reaches the agent. */
function environmentOf(
  environment: RunAgentOptions["environment"],
  { session, key, door, models, keylessModels }: Opened,
  config: string,
): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith("DOORWARD_"));
  return {
    ...Object.fromEntries(others),
    OPENAI_BASE_URL: models,
    OPENAI_API_KEY: key,
    ANTHROPIC_BASE_URL: models.replace(/\/v1$/, ""),
    ANTHROPIC_API_KEY: key,
    ...(keylessModels === null ? {} : { OLLAMA_HOST: keylessModels }),
    DOORWARD_MCP_URL: door,
    DOORWARD_MCP_CONFIG: config,
    DOORWARD_KEY: key,
    DOORWARD_SESSION: session,
  };
}

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs it in this terminal until it ends; its exit code, or 128 and the signal's number. Throws where it never began. */
function carryOut([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { stdio: "inherit", env });
    // The terminal sends its keys to both; what is sent to us alone is passed on, and we stay to end the session.
    const listeners = PASSED_ON.map((signal) => {
      const passOn = (): void => void (signal === "SIGINT" || child.kill(signal));
      process.on(signal, passOn);
      return () => process.off(signal, passOn);
    });
    const finish = (end: () => void): void => {
      for (const off of listeners) off();
      end();
    };
    child.once("error", (cause) => finish(() => reject(notRun(program, cause))));
    child.once("exit", (code, signal) =>
      finish(() => resolve(code ?? EXIT_SIGNAL + (signal === null ? 0 : constants.signals[signal]))),
    );
  });
}

/** A program that could not be started, with the exit code that shells give it. */
export class NotRun extends Fault {
  readonly exitCode: number;

  constructor(message: string, cause: unknown, exitCode: number) {
    super("command_unusable", message, "Give the program after --, as you would type it in a shell.", cause);
    this.exitCode = exitCode;
  }
}

function notRun(program: string, cause: NodeJS.ErrnoException): NotRun {
  const isThere = cause.code !== "ENOENT";
  const why = isThere ? "cannot be run" : "is not there";
  return new NotRun(`${program} ${why}: ${cause.message}`, cause, isThere ? EXIT_NOT_RUN : EXIT_NOT_FOUND);
}

/** Where Doorward cannot be told, says what stays open and how to end it. */
async function endSession({ perform, terminal }: RunAgentOptions, session: string): Promise<void> {
  for (let tries = 1; tries <= END_TRIES_MAX; tries += 1) {
    try {
      await perform(invocationOf("sessions.end", { session }));
      return;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      if (cause.code === "session_ended") return;
      if (tries < END_TRIES_MAX) continue;
      terminal.error(
        `doorward: the session could not be ended (${inertLine(cause.message)}); its key is still good.\n` +
          `End it when Doorward is back: doorward sessions end ${session}\n`,
      );
    }
  }
}

function invocationOf(name: string, input: Readonly<Record<string, unknown>>): Invocation {
  return { operation: operationNamed(name), input, json: false, follow: false, dryRun: false, key: null };
}
