import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Fault } from "#base";
import { EXIT, inertLine, type LocalCommand, processTerminal, runCli } from "#cli";
import { type Flags, readConfig } from "./config.ts";
import { concealMemory, demandUnexposed } from "./memory.ts";
import { start } from "./start.ts";
import type { Voice } from "./tour.ts";
import { VERSION } from "./version.ts";

const START_USAGE = `Usage: doorward start [--data DIR] [--port N] [--proxy-port N] [--tour | --no-tour]

  --data DIR    data directory (default ~/.doorward; also DOORWARD_DATA)
  --port N      port to listen on (default 7420; 0 takes a free one)
  --proxy-port N  port of the http door (default: the next one, 7421; 0 takes a free one)
  --tour        run the tour; --no-tour: do not (default: on the first start)
`;

const PORT_MAX = 65_535;

/** Runs one command line (without \`node\` and the program); answers the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  return runCli(args, {
    version: VERSION,
    environment: process.env,
    directory: join(homedir(), ".doorward"),
    terminal: processTerminal(),
    fetch,
    local: [startCommand],
  });
}

const voice: Voice = {
  isWatched: process.stdout.isTTY,
  say: (line) => void process.stdout.write(`${inertLine(line)}\n`),
  warn: (line) => void process.stderr.write(`doorward: ${inertLine(line)}\n`),
};

const startCommand: LocalCommand = {
  name: "start",
  summary: "Start Doorward and serve until stopped",
  run: async (args) => {
    try {
      const flags = flagsOf(args);
      if (flags === null) {
        process.stdout.write(START_USAGE);
        return EXIT.ok;
      }
      demandUnexposed(process);
      if (!concealMemory() && process.platform === "linux")
        voice.warn(
          "a core of this process would hold secrets: start it with no cores (ulimit -c 0, LimitCORE=0)",
        );
      return await start({ config: readConfig(flags, process.env), tour: flags.tour, voice });
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      voice.warn(`${cause.code}: ${cause.message}`);
      voice.warn(cause.remedy);
      return cause.code === "usage" ? EXIT.usage : EXIT.failed;
    }
  },
};

interface StartFlags extends Flags {
  readonly tour: boolean | null;
}

function flagsOf(args: readonly string[]): StartFlags | null {
  const values = parsed(args);
  if (values.help === true) return null;
  if (values.tour === true && values["no-tour"] === true)
    throw usage("--tour and --no-tour exclude each other");
  const tour = values.tour === true ? true : values["no-tour"] === true ? false : null;
  const proxyPort = portOf(values["proxy-port"]);
  return { data: values.data, port: portOf(values.port), proxyPort, tour };
}

function parsed(args: readonly string[]) {
  const options = {
    data: { type: "string" },
    port: { type: "string" },
    "proxy-port": { type: "string" },
    tour: { type: "boolean" },
    "no-tour": { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause));
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= PORT_MAX) return port;
  throw usage(`a port is a number from 0 to ${PORT_MAX}, not ${text}`);
}

function usage(message: string): Fault {
  return new Fault("usage", message, "See `doorward start --help`.");
}
