import { Command, Option } from "commander";
import { Fault } from "#base";
import { cacheFolder } from "./cache-folder.ts";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { type ModelEngine, withModelEngine } from "./models-engine.ts";
import { filesAt, type ListedFile, type NotListed } from "./models-files.ts";
import { sarifOf } from "./models-sarif.ts";
import { shownScan } from "./models-scan-show.ts";
import {
  FAIL_ON,
  type FailOn,
  linkOutside,
  reportOf,
  type ScannedFile,
  type ScanReport,
} from "./models-verdicts.ts";
import { demandSarifPath, writeSarif } from "./sarif-file.ts";
import type { Terminal } from "./terminal.ts";
import { inertJson } from "./text.ts";

interface Wanted {
  readonly failOn: FailOn;
  readonly json?: boolean;
  readonly sarif?: string | true;
  readonly verbose?: boolean;
  readonly cached?: boolean;
}

/** Programs that hand over changed files (pre-commit) name many at once. */
const PATHS_MAX = 10_000;
/** One report is of so many files; whoever has more scans folder by folder. */
export const FILES_MAX = 200_000;

/** `doorward models scan PATH...`: what would happen to whoever loads these files. Nothing of them is loaded, or sent. */
export function modelsScanCommand(options: ModelsOptions): Command {
  return new Command("scan")
    .description("Say what would happen to whoever loads these model files, and load nothing of them")
    .argument("<paths...>", "files and folders")
    .addOption(
      new Option("--fail-on <level>", "end with 1 from this severity on; malicious and unscannable always do")
        .choices(FAIL_ON)
        .default("high"),
    )
    .option("--json", "print everything as JSON")
    .option("--sarif [file]", "print SARIF 2.1.0, or write it to a file that ends in .sarif")
    .option("--cached", "answer from an earlier scan for files that did not change since")
    .option("--verbose", "show every finding, where it stands and what shows it")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], wanted: Wanted) => {
      options.ended(await scan(options, paths, wanted));
    });
}

const HELP = `
Verdicts: clean (all of it was read, and nothing was found), suspicious (a person should look), unscannable (it could not be
followed to its end, and is no better than malicious), malicious (whoever loads it runs an attacker's code).

With --cached, what this very engine found in a file counts for as long as the file does not change; it is kept in ~/.cache/doorward,
where whoever may write as you could put another verdict: leave it out where a verdict decides.

Ends with 0 where nothing was found, 1 where something was, or a file could not be read, 2 where it was asked wrongly.

Examples:
  $ doorward models scan pytorch_model.bin
  $ doorward models scan ~/.cache/huggingface/hub/models--org--name --fail-on medium
  $ doorward models scan models/ --sarif models.sarif`;

async function scan(options: ModelsOptions, paths: readonly string[], wanted: Wanted): Promise<number> {
  const { terminal } = options;
  check(paths, wanted);
  const kept = wanted.cached === true ? { cacheFolder: cacheFolder(options.environment) } : {};
  const report = await withModelEngine((engine) => scanned(engine, paths, terminal, wanted.failOn), kept);
  const sarif =
    wanted.sarif === undefined ? null : `${JSON.stringify(sarifOf(report, options.version), null, 2)}\n`;
  if (typeof wanted.sarif === "string" && sarif !== null) writeSarif(wanted.sarif, sarif);
  if (wanted.json === true) terminal.out(`${inertJson(report)}\n`);
  else if (wanted.sarif === true && sarif !== null) terminal.out(sarif);
  else
    terminal.out(shownScan(report, { ...wanted, verbose: wanted.verbose === true, width: terminal.width }));
  return report.fails ? EXIT.failed : EXIT.ok;
}

function check(paths: readonly string[], { json, sarif }: Wanted): void {
  if (paths.length > PATHS_MAX)
    throw new Fault(
      "input_invalid",
      `more than ${PATHS_MAX} paths were given`,
      "Name a folder that holds them.",
    );
  if (json === true && sarif === true)
    throw new Fault(
      "input_invalid",
      "JSON and SARIF cannot both be printed",
      "Give SARIF a file: --sarif FILE.",
    );
  if (typeof sarif === "string") demandSarifPath(sarif);
}

async function scanned(
  engine: ModelEngine,
  paths: readonly string[],
  terminal: Terminal,
  failOn: FailOn,
): Promise<ScanReport> {
  const files: ScannedFile[] = [];
  const passed: NotListed[] = [];
  let began = performance.now();
  for await (const { file, found } of engine.scanAll(filesOf(paths, files, passed))) {
    const now = performance.now();
    if (found instanceof Fault) passed.push({ is: "unreadable", name: file.name, why: found.message });
    else files.push({ name: file.name, ...found, milliseconds: Math.round(now - began) });
    began = now;
    if (terminal.width !== null) terminal.error(`\r\u001b[K${files.length} files scanned`);
  }
  if (terminal.width !== null) terminal.error("\r\u001b[K");
  return reportOf(files, passed, failOn);
}

/** Those to look into; the others are answered for at once. */
function* filesOf(
  paths: readonly string[],
  files: ScannedFile[],
  passed: NotListed[],
): Generator<ListedFile> {
  let count = 0;
  for (const listed of listedAt(paths)) {
    if (count >= FILES_MAX) {
      passed.push({
        is: "unreadable",
        name: listed.name,
        why: `it and all after it: more than ${FILES_MAX} files`,
      });
      return;
    }
    count += 1;
    if (listed.is === "file") yield listed;
    else if (listed.is === "link-out") files.push(linkOutside(listed));
    else passed.push(listed);
  }
}

function* listedAt(paths: readonly string[]) {
  for (const path of paths) yield* filesAt(path);
}
