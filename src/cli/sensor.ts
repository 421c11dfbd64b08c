import { hostname, release, userInfo } from "node:os";
import { Command } from "commander";
import { Fault } from "#base";
import { discover, explained, planOf, type ScanPlan } from "#discovery";
import { createEgress, type Egress } from "#egress";
import { type MachineFacts, REPORT_PATH } from "#fleet";
import { observe, systemAmbient } from "#host";
import {
  openSensorHome,
  runLoop,
  sender,
  SENSOR_EGRESS,
  sensorDirectory,
  type SensorHome,
  type SensorPorts,
  watchFolders,
} from "#sensor";
import { EXIT } from "./exit-codes.ts";
import { explanation, stepBack, surroundingsOf } from "./looking.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";

export interface SensorOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Doorward's data directory on this machine. */
  readonly directory: string;
  readonly version: string;
  readonly ended: (exitCode: number) => void;
}

interface Wanted {
  readonly every: string;
  readonly once?: boolean;
  readonly explain?: boolean;
}

const MINUTE_MS = 60_000;
const EVERY_MIN = 1;
const EVERY_MAX = 24 * 60;
/** To this machine itself nobody is on the way. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const ENDS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];

/** `doorward sensor`: what models, runtimes and agents are on this machine, told to a Doorward server, again and again. */
export function sensorCommand(options: SensorOptions): Command {
  const sensor = new Command("sensor")
    .description(
      "Watch this machine for models, runtimes and agents, and tell a Doorward server what changed",
    )
    .option("--every <minutes>", "look at least so often; in between, when a folder of models changes", "15")
    .option("--once", "look once, tell it, and end")
    .option("--explain", "say exactly what is looked at and what is told, and look at nothing")
    .addHelpText("after", HELP)
    .action(async (wanted: Wanted) => options.ended(await sense(options, wanted)));
  sensor.addCommand(joinCommand(options).copyInheritedSettings(sensor));
  sensor.addCommand(leaveCommand(options).copyInheritedSettings(sensor));
  return sensor;
}

const HELP = `
It looks as \`doorward scan\` does, with the lowest priority, changes nothing on this machine, and takes no orders. What nobody
could be told is kept and told later. The server has to know it first:

  on the server  $ doorward fleet add-sensor ana-laptop
  here           $ doorward sensor join https://doorward.example.com
                 $ doorward sensor`;

function joinCommand({ terminal, directory, ended }: SensorOptions): Command {
  return new Command("join")
    .description(
      "Say which server this machine's sensor tells; its key is asked for, or read from standard input",
    )
    .argument("<url>", "address of the server's doors, such as https://doorward.example.com")
    .action(async (url: string) => {
      const address = addressOf(url);
      const key = (await (terminal.secret?.("Key of this sensor: ") ?? terminal.stdin())).trim();
      if (!/^dwe_[0-9A-Za-z_-]+$/.test(key)) throw noKey();
      at(directory, (home) => home.join({ url: address, key }));
      terminal.out(`This machine's sensor tells ${inertLine(address)}. Start it: doorward sensor\n`);
      ended(EXIT.ok);
    });
}

function leaveCommand({ terminal, directory, ended }: SensorOptions): Command {
  return new Command("leave")
    .description("Forget the server, its key, and what was seen; the server keeps what it was told")
    .action(() => {
      at(directory, (home) => home.leave());
      terminal.out("This machine's sensor tells nobody any more.\n");
      ended(EXIT.ok);
    });
}

function at(directory: string, deed: (home: SensorHome) => void): void {
  const home = openSensorHome(sensorDirectory(directory));
  try {
    deed(home);
  } finally {
    home.close();
  }
}

async function sense(options: SensorOptions, wanted: Wanted): Promise<number> {
  const plan = planOf(surroundingsOf(options.environment));
  if (wanted.explain === true) {
    options.terminal.out(explanation([...explained(plan), TOLD]));
    return EXIT.ok;
  }
  const everyMs = minutesOf(wanted.every) * MINUTE_MS;
  const home = openSensorHome(sensorDirectory(options.directory));
  const egress = createEgress({ ownAddresses: () => [] });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ENDS) process.on(signal, end);
  try {
    stepBack();
    return await watched(options, { home, egress, plan }, { everyMs, once: wanted.once === true, ending });
  } finally {
    for (const signal of ENDS) process.off(signal, end);
    await egress.close();
    home.close();
  }
}

const TOLD = {
  title: "Told to the server",
  lines: [
    `POST ${REPORT_PATH}: this machine's name, system and the sensor's user; of each thing found its kind, name, place, confidence, grounds, facts and warnings, as \`doorward scan --json\` prints them; and what is gone.`,
    "Never told: contents of files, arguments, keys, prompts, chats.",
  ],
};

interface Parts {
  readonly home: SensorHome;
  readonly egress: Egress;
  readonly plan: ScanPlan;
}

interface Pace {
  readonly everyMs: number;
  readonly once: boolean;
  readonly ending: AbortController;
}

async function watched(options: SensorOptions, parts: Parts, pace: Pace): Promise<number> {
  const { home, egress, plan } = parts;
  const settings = home.settings();
  const watching = watchFolders(plan.places.map(({ path }) => path));
  const say = (sentence: string): void => options.terminal.error(`${inertLine(sentence)}\n`);
  const ports: SensorPorts = {
    look: async () => {
      const { observed } = await observe(plan, { path: options.environment["PATH"] });
      return discover(observed);
    },
    send: sender(egress.fetch(SENSOR_EGRESS), settings),
    keep: home.keep,
    wait: watching.wait,
    say,
    ambient: systemAmbient(),
  };
  say(
    `tells ${settings.url} what changes on this machine, and looks every ${pace.everyMs / MINUTE_MS} minutes at least`,
  );
  const loop = {
    machine: machineFacts(options),
    memory: home.memory(),
    everyMs: pace.everyMs,
    once: pace.once,
  };
  try {
    const isTaken = await runLoop(ports, loop, pace.ending.signal);
    return isTaken || pace.ending.signal.aborted ? EXIT.ok : EXIT.unreachable;
  } finally {
    watching.close();
  }
}

function machineFacts({ version, environment }: SensorOptions): MachineFacts {
  const { platform } = surroundingsOf(environment);
  return { name: hostname(), user: userName(), platform, release: release(), doorward: version };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user number without an entry, as containers have them.
    return String(process.getuid?.() ?? "");
  }
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (Number.isFinite(minutes) && minutes >= EVERY_MIN && minutes <= EVERY_MAX) return minutes;
  throw new Fault(
    "input_invalid",
    `--every takes minutes from ${EVERY_MIN} to ${EVERY_MAX}`,
    "Leave it out for every 15 minutes.",
  );
}

function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}` !== "")
    throw noAddress("the server's address is no address of the web without a password in it");
  if (url.protocol === "https:" || LOOPBACK.test(url.hostname)) return url.origin;
  throw noAddress("over http anybody on the way would read the sensor's key");
}

function noAddress(why: string): Fault {
  return new Fault(
    "input_invalid",
    why,
    "Give the address of its doors, as in https://doorward.example.com (http is taken to this machine alone).",
  );
}

function noKey(): Fault {
  return new Fault(
    "sensor_key_missing",
    "what was given is no key of a sensor",
    "Give the key that `doorward fleet add-sensor` showed: it begins with dwe_.",
  );
}
