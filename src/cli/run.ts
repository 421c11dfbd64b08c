import { Command, CommanderError } from "commander";
import { Fault } from "#base";
import { CATALOGUE, operationNamed } from "#operations";
import { caCommands } from "./ca.ts";
import { afterChannel, setUpChannel } from "./channel-setup.ts";
import { type Client, createClient, RemoteProblem } from "./client.ts";
import { commandOf, type Invocation } from "./command.ts";
import { completion, SHELLS } from "./completion.ts";
import { EXIT } from "./exit-codes.ts";
import { finishDevice } from "./connect-device.ts";
import { follow } from "./follow.ts";
import { rootHelp } from "./help.ts";
import { NOUNS } from "./nouns.table.ts";
import {
  acceptances,
  howToAccept,
  type Offered,
  offeredIn,
  showOffers,
  wantsAll,
  howToLabel,
  whatTheyDo,
} from "./offers.ts";
import { modelsCommands } from "./models.ts";
import { runAgentCommand } from "./run-agent.ts";
import { NotRun } from "./run-open.ts";
import { scanCommand } from "./scan.ts";
import { sensorCommand } from "./sensor.ts";
import { show } from "./show.ts";
import { loginCommand, logoutCommand, showPresence, type SignInOptions } from "./sign-in.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";
import { readToken } from "./token-file.ts";
import { watched } from "./watch.ts";

/** A command that main brings along: it needs no running Doorward. */
export interface LocalCommand {
  readonly name: string;
  readonly summary: string;
  /** Everything after the name, unparsed. Answers the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

export interface CliOptions {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The data directory when neither option nor environment names one. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly fetch: typeof fetch;
  readonly local: readonly LocalCommand[];
}

const HELP_COLUMNS = 100;
const DEFAULT_URL = "http://127.0.0.1:7420";

/** Runs one command line (without `node` and the program's name); answers the exit code. Never throws a Fault. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
  const [name, ...rest] = args;
  const local = options.local.find((command) => command.name === name);
  let exitCode: number = EXIT.ok;
  try {
    if (local !== undefined) return await local.run(rest);
    const program = programOf(options, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return complain(options.terminal, cause, args.includes("--json"));
  }
}

type Ended = (exitCode: number) => void;

function programOf(options: CliOptions, ended: Ended): Command {
  const { terminal } = options;
  const program = new Command("doorward").version(options.version, "--version").exitOverride();
  const helpWidth = (): number => terminal.width ?? HELP_COLUMNS;
  program.configureOutput({
    writeOut: terminal.out,
    writeErr: terminal.error,
    getOutHelpWidth: helpWidth,
    getErrHelpWidth: helpWidth,
  });
  program.showHelpAfterError("Add --help to see what there is.");
  program.helpInformation = () => rootHelp(localSummaries(options));
  const under = (command: Command): Command => command.copyInheritedSettings(program);
  for (const [noun, summary] of NOUNS) {
    program.addCommand(addVerbs(under(new Command(noun)).description(summary), options, ended));
  }
  const signing = signInOptions(options);
  program.addCommand(under(loginCommand(signing)));
  program.addCommand(under(logoutCommand(signing, () => clientOf(options))));
  const perform = (invocation: Invocation): Promise<unknown> =>
    performPresent(terminal, clientOf(options), invocation);
  const { environment } = options;
  const { url, directory } = signing;
  program.addCommand(under(runAgentCommand({ terminal, environment, url, directory, perform, ended })));
  program.addCommand(under(scanCommand({ terminal, environment, version: options.version, ended })));
  const { version } = options;
  program.addCommand(under(sensorCommand({ terminal, environment, directory, version, ended })));
  for (const [noun, commands] of [
    ["ca", caCommands({ terminal, environment, directory, perform, ended })],
    ["models", modelsCommands({ terminal, environment, version: options.version, ended })],
  ] as const) {
    const parent = program.commands.find((command) => command.name() === noun);
    for (const command of commands) parent?.addCommand(under(command));
  }
  for (const [name, operation] of SHORT) {
    const run = async (invocation: Invocation): Promise<void> => ended(await invoke(options, invocation));
    const sources = { stdin: terminal.stdin, environment };
    program.addCommand(under(commandOf(operationNamed(operation), sources, run).name(name)));
  }
  program.addCommand(under(completionCommand(options, program)));
  return program;
}

/** What must be at hand: nobody who sees harm being done should have to look for a noun. */
const SHORT = [
  ["stop", "stops.add"],
  ["resume", "stops.end"],
  ["connect", "vault.connect"],
  ["disconnect", "vault.disconnect"],
] as const;

function localSummaries({ local }: CliOptions) {
  const own = [
    {
      name: "login",
      summary: "Sign this terminal in: with the identity provider, name and password, or a one-time link",
    },
    { name: "logout", summary: "Sign it out" },
    {
      name: "run",
      summary: "Run an agent's program in a sandbox and a session of its own, which ends with it",
    },
    {
      name: "scan",
      summary: "Find the models, runtimes and agents on this machine; needs no running Doorward",
    },
    {
      name: "sensor",
      summary: "Watch this machine for models, runtimes and agents, and tell a Doorward server what changed",
    },
    ...SHORT.map(([name, operation]) => ({ name, summary: operationNamed(operation).summary })),
    { name: "completion", summary: "Print a completion script for bash, zsh or fish" },
  ];
  return [...local, ...own];
}

/** The commands of one noun's operations. They inherit what the noun was given: where to write, and never to exit. */
function addVerbs(noun: Command, options: CliOptions, ended: Ended): Command {
  const operations = CATALOGUE.filter((operation) => operation.name.startsWith(`${noun.name()}.`));
  const sources = { stdin: options.terminal.stdin, environment: options.environment };
  for (const operation of operations) {
    const run = async (invocation: Invocation): Promise<void> => ended(await invoke(options, invocation));
    noun.addCommand(commandOf(operation, sources, run).copyInheritedSettings(noun));
  }
  return noun;
}

/** Performs, shows the answer, and asks what follows from it. */
async function invoke(options: CliOptions, asked: Invocation): Promise<number> {
  const { terminal } = options;
  const client = clientOf(options);
  const present = (one: Invocation): Promise<unknown> => performPresent(terminal, client, one);
  const begun = await setUpChannel(terminal, present, asked);
  if (begun.follow) return follow(terminal, client, begun);
  const first = await present(begun);
  const waiting = { error: terminal.error, perform: present, wait, now: Date.now };
  const finished = await finishDevice(waiting, begun, first);
  const { invocation, answer } = finished ?? { invocation: begun, answer: first };
  const offered = offeredIn(invocation, answer);
  if (offered === null || invocation.json) terminal.out(show(invocation, answer, terminal.width));
  else terminal.out(show(invocation, offered.rest, terminal.width) + showOffers(offered, terminal.width));
  if (offered !== null) await review(terminal, client, { ...invocation, offered });
  if (!invocation.json) terminal.error(whatTheyDo(invocation, answer) + afterChannel(invocation, answer));
  if (invocation.dryRun) return EXIT.ok;
  return invocation.operation.isFailure?.(answer) === true ? EXIT.failed : EXIT.ok;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks whoever is there to accept what a new server offers; where nobody is, or says no, says how to. */
async function review(
  terminal: Terminal,
  client: Client,
  { offered, json }: Invocation & { readonly offered: Offered },
): Promise<void> {
  if (offered.waiting.length === 0) return json ? undefined : terminal.error(howToLabel(offered));
  if (json || !(await wantsAll(offered, terminal.ask))) return terminal.error(howToAccept(offered));
  const operation = operationNamed("tools.accept");
  for (const input of acceptances(offered))
    await performPresent(terminal, client, {
      operation,
      input,
      json,
      follow: false,
      dryRun: false,
      key: null,
    });
  terminal.out(`Accepted: ${offered.waiting.length}\n`);
  terminal.error(howToLabel(offered));
}

/** Performs; where presence is needed and somebody is there, lets them show it first. */
async function performPresent(terminal: Terminal, client: Client, invocation: Invocation): Promise<unknown> {
  const attempt = (): Promise<unknown> =>
    watched(terminal.error, terminal.width !== null, (progress) =>
      client.perform(invocation.operation, { ...invocation, progress }),
    );
  return attempt().catch(async (cause: unknown) => {
    if (!(cause instanceof Fault) || cause.code !== "presence_required") throw cause;
    await showPresence(client, terminal, cause);
    return attempt();
  });
}

function clientOf(options: CliOptions): Client {
  const { url, directory } = signInOptions(options);
  const token = options.environment["DOORWARD_TOKEN"] ?? readToken(directory);
  return createClient({ url, token, fetch: options.fetch });
}

function signInOptions({ environment, directory, terminal, fetch: sends }: CliOptions): SignInOptions {
  return {
    terminal,
    fetch: sends,
    url: environment["DOORWARD_URL"] ?? DEFAULT_URL,
    directory: environment["DOORWARD_DATA"] ?? directory,
  };
}

function completionCommand(options: CliOptions, program: Command): Command {
  const names = localSummaries(options).map(({ name }) => name);
  return new Command("completion")
    .description("Print a completion script for bash, zsh or fish")
    .argument("<shell>", SHELLS.join(", "))
    .addHelpText(
      "after",
      "\nExamples:\n  $ source <(doorward completion bash)\n  $ doorward completion fish | source",
    )
    .action((shell: string) => {
      const known = SHELLS.find((one) => one === shell);
      if (known === undefined) {
        throw new Fault(
          "shell_unknown",
          `there is no completion for ${shell}`,
          `Ask for one of: ${SHELLS.join(", ")}.`,
        );
      }
      options.terminal.out(completion(known, names, program));
    });
}

/** A file that cannot be read or written is the user's to mend; whatever else is thrown is a bug of ours. */
function faultIn(cause: unknown): Fault | null {
  if (cause instanceof Fault) return cause;
  if (!(cause instanceof Error) || !("syscall" in cause)) return null;
  const remedy = "Check that the path is right and that you may use it.";
  return new Fault("file_unusable", cause.message, remedy, cause);
}

/** Says what went wrong and what to do, on standard error; with --json as the API says it. */
function complain(terminal: Terminal, cause: unknown, json: boolean): number {
  const fault = faultIn(cause);
  if (fault === null) throw cause;
  const { code, message, remedy } = fault;
  if (json) terminal.error(`${JSON.stringify({ code, detail: message, remedy })}\n`);
  else terminal.error(`doorward: ${inertLine(message)}\n${inertLine(remedy)}\n(${inertLine(code)})\n`);
  return cause instanceof RemoteProblem || cause instanceof NotRun ? cause.exitCode : EXIT.usage;
}
