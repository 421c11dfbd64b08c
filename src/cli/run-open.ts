import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "#base";
import { holdLifeline, type Lifeline } from "#sandbox";
import { type Opened, passSignals, proxyOf, type RunAgentOptions, stoppedWords } from "./run-session.ts";
import { inertLine } from "./text.ts";

/** As shells have it: a command that is not there, one that cannot be run, and the first of those ended by a signal. */
const EXIT_NOT_FOUND = 127;
const EXIT_NOT_RUN = 126;
const EXIT_SIGNAL = 128;

/** Runs a program without a sandbox, with the doors in its environment; answers its exit code. Throws where it never began. */
export async function runOpen(
  options: RunAgentOptions,
  command: readonly string[],
  session: Opened,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "doorward-run-"));
  const proxy = proxyOf(session);
  const lifeline = proxy === null ? null : holdLifeline(proxy, session.key);
  try {
    const config = join(folder, "mcp.json");
    writeFileSync(config, `${JSON.stringify(mcpConfig(session), null, 2)}\n`, { mode: 0o600 });
    const env = environmentOf(options.environment, session, config);
    return await carryOut(command, env, { lifeline, say: options.terminal.error });
  } finally {
    lifeline?.close();
    rmSync(folder, { recursive: true, force: true });
  }
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

interface Watch {
  readonly lifeline: Lifeline | null;
  readonly say: (text: string) => void;
}

/** Runs it in this terminal until it ends; its exit code, or 128 and the signal's number. */
function carryOut(
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  { lifeline, say }: Watch,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { stdio: "inherit", env });
    const passNoMore = passSignals((signal) => void child.kill(signal));
    void lifeline?.ended.then((how) => {
      say(inertLine(stoppedWords(how)).trim().concat("\n"));
      return child.kill("SIGKILL");
    });
    child.once("error", (cause) => {
      passNoMore();
      reject(notRun(program, cause));
    });
    child.once("exit", (code, signal) => {
      passNoMore();
      resolve(code ?? EXIT_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
    });
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
