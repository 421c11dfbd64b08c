import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { type Digest, Fault } from "#base";
import { type Among, type Fingerprint, fingerprintText, lineageAmong } from "#models";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { type ModelEngine, withModelEngine } from "./models-engine.ts";
import { filesAt, type ListedFile } from "./models-files.ts";
import { shownLineage } from "./models-lineage-show.ts";
import { inertJson } from "./text.ts";

interface Wanted {
  readonly base?: readonly string[];
  readonly fingerprint?: boolean;
  readonly json?: boolean;
}

const BASES_MAX = 16;
/** Shards and configurations of one model. */
const FILES_MAX = 250;
const ENTRIES_MAX = 20_000;
const OF_A_MODEL =
  /\.(?:gguf|safetensors)$|^(?:config|tokenizer|tokenizer_config|adapter_config)\.json$|^README\.md$/;
const PART = /^(?<stem>.+)-\d{5}-of-(?<count>\d{5})\.gguf$/;

/** `doorward models lineage PATH --base PATH...`: what a model is to others, by its weights where they can be compared. */
export function modelsLineageCommand(options: ModelsOptions): Command {
  return new Command("lineage")
    .description("Say what a model is to others, by its weights, and how sure that is")
    .argument("<path>", "a file, a folder, or a fingerprint")
    .option("--base <paths...>", `what it may be of: up to ${BASES_MAX} files, folders or fingerprints`)
    .option("--fingerprint", "print the model's fingerprint, to compare with it later without its weights")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (path: string, wanted: Wanted) => {
      options.ended(await lineage(options, path, wanted));
    });
}

const HELP = `
How well it is known: proven (the weights themselves, with a bound on how often independent models score as high), inferred
(what independent models might have in common too), declared (a name, which anybody may write). Equal shape, size or
tokenizer alone is never more than a remark. Of a model of 8 billion parameters about 2 MB are read.

Ends with 0, or with 1 where nothing is known of any base.

Examples:
  $ doorward models lineage model-Q4_K_M.gguf --base ~/models/Base-8B
  $ doorward models lineage ~/models/Base-8B --fingerprint > base.json
  $ doorward models lineage model-Q4_K_M.gguf --base base.json other.json`;

async function lineage(options: ModelsOptions, path: string, wanted: Wanted): Promise<number> {
  const { terminal } = options;
  const bases = wanted.base ?? [];
  check(bases, wanted);
  if (wanted.fingerprint === true) {
    const own = await withModelEngine(async (engine) => printAt(engine, path));
    terminal.out(`${fingerprintText(own.print)}\n`);
    return EXIT.ok;
  }
  const among = await withModelEngine(async (engine) => compared(engine, path, bases));
  if (wanted.json === true) terminal.out(`${inertJson({ model: path, ...among })}\n`);
  else terminal.out(shownLineage(path, among));
  return among.closest === null && among.merge === null ? EXIT.failed : EXIT.ok;
}

function check(bases: readonly string[], { fingerprint }: Wanted): void {
  if (bases.length > BASES_MAX)
    throw new Fault(
      "input_invalid",
      `more than ${BASES_MAX} bases were given`,
      "Compare with fewer at once.",
    );
  if (fingerprint !== true && bases.length === 0)
    throw new Fault(
      "input_invalid",
      "no base was given to compare with",
      "Name one or more with --base, or print the model's fingerprint with --fingerprint.",
    );
}

interface Printed {
  readonly print: Fingerprint;
  /** Where the model is one file: it may be the base itself. */
  readonly file: ListedFile | null;
}

/** What the model at a path is, by its weights, to those at other paths. Throws where one of them is no model that can be read. */
export async function compared(engine: ModelEngine, path: string, bases: readonly string[]): Promise<Among> {
  const own = await printAt(engine, path);
  const candidates = [];
  let digest: Digest | null = null;
  for (const name of bases) {
    const { print, file } = await printAt(engine, name);
    const mayBeSame = own.file !== null && file !== null && own.file.size === file.size;
    if (mayBeSame) digest ??= await digestOf(own.file.path);
    candidates.push({ name, print: mayBeSame ? { ...print, digest: await digestOf(file.path) } : print });
  }
  return lineageAmong(digest === null ? own.print : { ...own.print, digest }, candidates);
}

async function printAt(engine: ModelEngine, path: string): Promise<Printed> {
  const files = modelFilesAt(path);
  const [only] = files;
  const isOne = files.length === 1 && only !== undefined && !only.name.endsWith(".json");
  return { print: await engine.fingerprint(files), file: isOne ? only : null };
}

/** The files of the one model at a path: the file with its further parts, or what of a folder belongs to a model. */
function modelFilesAt(path: string): readonly ListedFile[] {
  const part = PART.exec(basename(path))?.groups;
  const listed =
    part === undefined ? listedAt(path) : listedAt(dirname(path)).filter(({ name }) => isPart(name, part));
  const files = listed.filter(({ name }) => name === path || isBeside(name, path) || part !== undefined);
  if (files.length > 0 && files.length <= FILES_MAX) return files;
  throw new Fault(
    "model_unreadable",
    files.length === 0
      ? `there is no model at ${path}`
      : `${path} holds ${files.length} files of models, of ${FILES_MAX} at most`,
    "Name a GGUF file, a fingerprint, or a folder with the safetensors of one model in it.",
  );
}

function isPart(name: string, part: Readonly<Record<string, string>>): boolean {
  const other = PART.exec(basename(name))?.groups;
  return other?.["stem"] === part["stem"] && other?.["count"] === part["count"];
}

const isBeside = (name: string, folder: string): boolean =>
  OF_A_MODEL.test(basename(name)) && dirname(name) === join(folder);

function listedAt(path: string): readonly ListedFile[] {
  const files: ListedFile[] = [];
  let entries = 0;
  for (const one of filesAt(path)) {
    entries += 1;
    if (entries > ENTRIES_MAX) break;
    if (one.is === "file") files.push(one);
    else if (one.name === path)
      throw new Fault(
        "model_unreadable",
        `${path} cannot be read: ${one.why}`,
        "Check that it is there and that you may read it.",
      );
  }
  return files;
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) if (chunk instanceof Uint8Array) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
