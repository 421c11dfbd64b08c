import { hostname } from "node:os";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { Fault } from "#base";
import { hostBill } from "#bills";
import { discover, explained, type Found, planOf } from "#discovery";
import { observe, type Observation } from "#host";
import { EXIT } from "./exit-codes.ts";
import { digestLines, sizeText, withDigests } from "./scan-hash.ts";
import { explanation, stepBack, surroundingsOf } from "./looking.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { inertJson, inertLine } from "./text.ts";

export interface ScanOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of Doorward, for bills. */
  readonly version: string;
  readonly ended: (exitCode: number) => void;
}

interface Wanted {
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly cyclonedx?: "1.6" | "1.7" | true;
  readonly hash?: boolean;
}

const PATHS_MAX = 1000;
const TROUBLES_SHOWN_MAX = 20;

/** `doorward scan [PATH...]`: what models, runtimes and agents are on this machine. No server, no database, nothing sent. */
export function scanCommand(options: ScanOptions): Command {
  return new Command("scan")
    .description("Find the models, runtimes and agents on this machine, and say by what each is known")
    .argument("[paths...]", "look in these files and folders alone, at every file, whatever its name")
    .option("--json", "print what was found as JSON")
    .option("--hash", "read the models' files whole, and say the SHA-256 of each")
    .addOption(
      new Option("--cyclonedx [version]", "print a bill of materials of this machine (default: 1.7)").choices(
        ["1.6", "1.7"],
      ),
    )
    .option("--explain", "say exactly what would be looked at, and look at nothing")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], wanted: Wanted) => {
      options.ended(await scan(options, paths, wanted));
    });
}

const HELP = `
It needs no running Doorward, changes nothing and sends nothing. Of files it reads the first bytes alone. Links that lead out
of a folder, and other file systems, are not followed. With --hash the files of models are read whole, and what came out is kept in
~/.cache/doorward for as long as they do not change.

Examples:
  $ doorward scan
  $ doorward scan ~/Downloads /mnt/models
  $ doorward scan --hash
  $ doorward scan --cyclonedx > machine.cdx.json
  $ doorward scan --explain`;

async function scan(options: ScanOptions, paths: readonly string[], wanted: Wanted): Promise<number> {
  const { terminal } = options;
  if (paths.length > PATHS_MAX)
    throw new Fault(
      "input_invalid",
      `more than ${PATHS_MAX} paths were given`,
      "Name a folder that holds them.",
    );
  const plan = planOf(
    surroundingsOf(options.environment),
    paths.map((path) => resolve(path)),
  );
  if (wanted.explain === true) {
    terminal.out(wanted.json === true ? `${inertJson(explained(plan))}\n` : explanation(explained(plan)));
    return EXIT.ok;
  }
  stepBack();
  const seen = await observe(plan, { progress: progressOn(terminal), path: options.environment["PATH"] });
  if (terminal.width !== null) terminal.error("\r\u001b[K");
  const listed = discover(seen.observed);
  const found = wanted.hash === true ? await withDigests(listed, options) : listed;
  const { troubles, count } = seen;
  if (wanted.cyclonedx !== undefined)
    terminal.out(`${inertJson(billOf(options, found, wanted.cyclonedx))}\n`);
  else if (wanted.json === true) terminal.out(`${inertJson({ found, troubles, count })}\n`);
  else terminal.out(shown(found, terminal.width));
  if (wanted.json !== true) terminal.error(footnotes(seen));
  return EXIT.ok;
}

/** Without a time: the same machine gives the same bill. */
function billOf({ version }: ScanOptions, found: readonly Found[], wanted: "1.6" | "1.7" | true) {
  return hostBill(hostname(), found, { version, at: null }, wanted === "1.6" ? "1.6" : "1.7");
}

function progressOn(terminal: Terminal): (count: Observation["count"]) => void {
  const began = performance.now();
  return ({ entries, looked }) => {
    if (terminal.width === null) return;
    const rate = Math.round((entries * 1000) / Math.max(1, performance.now() - began));
    terminal.error(`\r\u001b[K${entries} entries (${rate}/s), ${looked} files looked at`);
  };
}

function shown(found: readonly Found[], width: number | null): string {
  if (found.length === 0) return "Nothing was found.\n";
  const rows = found.map((one) => ({
    kind: one.kind,
    what: one.what,
    name: one.name,
    size: sizeOf(one),
    confidence: one.confidence,
    where: one.where,
    grounds: one.grounds.map(({ says }) => says).join("; "),
  }));
  const warned = found.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`));
  const below =
    warned.length === 0 ? "" : `\nMind:\n${warned.map((line) => `  ${inertLine(line)}\n`).join("")}`;
  const digests = digestLines(found).map((line) => `  ${inertLine(line)}\n`);
  const hashed = digests.length === 0 ? "" : `\nSHA-256:\n${digests.join("")}`;
  return `${table(rows, ["kind", "what", "name", "size", "confidence", "where", "grounds"], width)}\n${hashed}${below}`;
}

function sizeOf({ facts }: Found): string {
  const { bytes } = facts;
  return typeof bytes === "number" ? sizeText(bytes) : "-";
}

function footnotes({ troubles, count }: Observation): string {
  const lines = troubles
    .slice(0, TROUBLES_SHOWN_MAX)
    .map(({ path, why }) => `not looked at: ${inertLine(path)}: ${inertLine(why)}\n`);
  const more = troubles.length - lines.length;
  const rest = more > 0 ? `and ${more} more that could not be looked at; --json lists them\n` : "";
  return `${lines.join("")}${rest}${count.entries} entries, ${count.looked} files looked at.\n`;
}
