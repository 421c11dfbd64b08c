import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "#base";
import { describeRun } from "./run-dry.ts";
import { runOpen } from "./run-open.ts";
import { type Prepared, prepare, runSandboxed } from "./run-sandboxed.ts";
import { invocationOf, type Opened, opened, type RunAgentOptions, type RunWanted } from "./run-session.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";

const END_TRIES_MAX = 3;

/** `doorward run [--agent A] -- COMMAND`, or `doorward run AGENT -- COMMAND`: one run of an agent, in a sandbox and a session of its own. */
export function runAgentCommand(options: RunAgentOptions): Command {
  const command = new Command("run")
    .description("Run an agent's program in a sandbox and a session of its own, which ends with it")
    .argument(
      "[words...]",
      "the agent by name or id, unless --agent says it; then, after --, its program and arguments",
    )
    .option("--agent <agent>", "agent, by name or id; not needed where there is one alone")
    .option("--delegation <id>", "let it act for you under this delegation")
    .option("--mandate <words>", "what it is to do, in your own words: what they name, it may act on")
    .option("--sandbox", "run it in a sandbox (what is done anyway)")
    .option(
      "--no-sandbox",
      "run it as you, with everything that you can reach: nothing keeps it from passing the doors by",
    )
    .option("--read <path...>", "show it this too, read-only; a hidden file by its own name")
    .option("--write <path...>", "let it write here too; a guarded file by its own name")
    .option("--env <name...>", "pass on this variable of yours, or set NAME=value")
    .option("--memory <size>", "memory at most, such as 512M or 4G")
    .option("--cpus <n>", "CPU cores at most")
    .option("--processes <n>", "processes and threads at most")
    .option("--temporary <size>", "size of its private home and of its private /tmp")
    .option("--dry-run", "say what it could reach, and start nothing")
    .addHelpText("after", HELP);
  command.action(async (words: readonly string[], wanted: RunWanted) => {
    const typed = command.parent === null ? [] : rawArgs.parse(Reflect.get(command.parent, "rawArgs"));
    options.ended(await runAgent(options, await whose(options, { words, wanted, typed }), wanted));
  });
  return command;
}

const rawArgs = z.array(z.string());

const HELP = `
In the sandbox nothing of this machine is there but the system's programs, read-only, and the folder it is started in; its
only way out is Doorward. It finds the models under OPENAI_BASE_URL, ANTHROPIC_BASE_URL and OLLAMA_HOST, the web under
HTTP_PROXY, and in DOORWARD_MCP_CONFIG the path of a file with the MCP door (mcpServers), which also stands in the settings of
the agents that are known. Keys stay outside.

Examples:
  $ doorward run coder --mandate 'Fix the failing test in parser.ts' -- my-agent
  $ doorward run --agent coder --read ~/reference --memory 2G -- python agent.py
  $ doorward run coder --dry-run -- claude`;

interface Run {
  readonly agent: string;
  readonly command: readonly string[];
}

/** Words before `--` name the agent, as they always did; where there are none, the one agent that there is. */
async function whose(
  options: RunAgentOptions,
  { words, wanted, typed }: { words: readonly string[]; wanted: RunWanted; typed: readonly string[] },
): Promise<Run> {
  const dashes = typed.indexOf("--");
  const after = dashes < 0 ? null : typed.length - dashes - 1;
  if (wanted.agent !== undefined) return demandProgram({ agent: wanted.agent, command: words });
  if (after !== words.length) return demandProgram({ agent: words[0] ?? "", command: words.slice(1) });
  const { items } = agents.parse(await options.perform(invocationOf("agents.list", {})));
  const [only, ...others] = items.filter(({ revokedAt }) => revokedAt === null);
  if (only !== undefined && others.length === 0) return demandProgram({ agent: only.name, command: words });
  throw new Fault(
    "agent_not_named",
    only === undefined ? "there is no agent" : "there is more than one agent",
    only === undefined
      ? "Add one: `doorward agents add NAME`."
      : "Say which: `doorward run --agent NAME -- COMMAND`.",
  );
}

const agents = z.object({ items: z.array(z.object({ name: z.string(), revokedAt: z.string().nullable() })) });

function demandProgram(run: Run): Run {
  if (run.agent !== "" && run.command.length > 0) return run;
  throw new Fault(
    "command_missing",
    "no program was given",
    "Give it after --: `doorward run --agent NAME -- PROGRAM ARGUMENTS`.",
  );
}

async function runAgent(
  options: RunAgentOptions,
  { agent, command }: Run,
  wanted: RunWanted,
): Promise<number> {
  const shown = shownAgent.parse(await options.perform(invocationOf("agents.get", { agent })));
  demandOpenFolder(agent, shown);
  if (wanted.sandbox === false && shown.stage === "isolate") throw isolationRequired(agent);
  const prepared = wanted.sandbox === false ? null : await prepare(options, command, wanted);
  try {
    if (wanted.dryRun === true) return await describeRun(options, { agent, stage: shown.stage, prepared });
    const session = await open(options, { agent, wanted, prepared });
    try {
      return prepared === null
        ? await runOpen(options, command, session)
        : await runSandboxed(options, { prepared, command, session });
    } finally {
      await endSession(options, session.session);
    }
  } finally {
    prepared?.undo();
  }
}

const shownAgent = z.object({ folders: z.array(z.string()), stage: z.string() });

async function open(
  options: RunAgentOptions,
  { agent, wanted, prepared }: { agent: string; wanted: RunWanted; prepared: Prepared | null },
): Promise<Opened> {
  const mandate = wanted.mandate ?? (await askWords(options.terminal));
  const input = {
    agent,
    keyless: prepared === null,
    ...(wanted.delegation === undefined ? {} : { delegation: wanted.delegation }),
    ...(mandate === null ? {} : { mandate }),
    ...(prepared === null ? {} : { isolation: prepared.facts }),
  };
  return opened.parse(await options.perform(invocationOf("sessions.start", input)));
}

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

function isolationRequired(agent: string): Fault {
  return new Fault(
    "isolation_required",
    `${agent} is in stage isolate: it runs in a sandbox or not at all`,
    "Leave out --no-sandbox, or let an admin change its stage.",
  );
}

/** A person says what it is for while they are there; nothing said is a session without a mandate, with more holds. */
async function askWords({ ask }: Terminal): Promise<string | null> {
  if (ask === null) return null;
  const words = (await ask("What is it to do, in your own words? (Enter: say nothing) ")).trim();
  return words === "" ? null : words;
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
