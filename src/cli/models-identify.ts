import { basename, dirname } from "node:path";
import { Command } from "commander";
import { Fault } from "#base";
import type { Identified } from "#inspection";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { type ModelEngine, withModelEngine } from "./models-engine.ts";
import { filesAt, type ListedFile } from "./models-files.ts";
import { shownModels } from "./models-identify-show.ts";
import { inertJson } from "./text.ts";

/** One model: the files that it is, and what they say of it. */
export interface IdentifiedModel {
  /** Its file, or the folder of its files. */
  readonly name: string;
  readonly files: readonly string[];
  /** In bytes. */
  readonly size: number;
  /** Null where the file is no model that is known here. */
  readonly found: Identified | null;
  /** Why nothing is known; null where something is. */
  readonly unread: string | null;
}

const PATHS_MAX = 1_000;
const ENTRIES_MAX = 200_000;
const MODELS_MAX = 10_000;
/** Shards and configurations of one model, as one question may name them. */
const FILES_MAX = 250;

/** Names of files that are models by themselves; the blobs of stores have no others than their digests. */
const ALONE =
  /\.(?:gguf|onnx|ort|pb|meta|h5|hdf5|keras|tflite|mlmodel|pt|pth|bin|ckpt|pkl|pickle|joblib|npy|npz|engine|plan|trt|pte|ggml|llamafile|model)$|^sha256-[0-9a-f]{64}$/iu;
const SHARD = /\.safetensors$/iu;
const CONFIGURATION =
  /^(?:config|generation_config|tokenizer|tokenizer_config|adapter_config)\.json$|^chat_template\.jinja$|^mergekit_config\.yml$/u;
const PART = /^(?<stem>.+)-\d{5}-of-(?<count>\d{5})\.gguf$/u;

/** `doorward models identify PATH...`: what each model is, by its files. Nothing of them is loaded, or sent. */
export function modelsIdentifyCommand(options: ModelsOptions): Command {
  return new Command("identify")
    .description(
      "Say what models are, by their files: format, architecture, parameters, quantisation, tokenizer",
    )
    .argument("<paths...>", "files and folders")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], wanted: { readonly json?: boolean }) => {
      options.ended(await identify(options, paths, wanted.json === true));
    });
}

const HELP = `
Parameters and types are counted from what is there; names, licences, bases and what a merge is of are what the file says of
itself, which anybody may write. Only headers are read. A folder of safetensors is one model, with its configuration; so are
the parts of a split GGUF. Every other file is one by itself.

Ends with 0, or with 1 where nothing was found, or something could not be read.

Examples:
  $ doorward models identify model-Q4_K_M.gguf
  $ doorward models identify ~/models --json`;

async function identify(
  { terminal }: ModelsOptions,
  paths: readonly string[],
  isJson: boolean,
): Promise<number> {
  if (paths.length > PATHS_MAX)
    throw new Fault(
      "input_invalid",
      `more than ${PATHS_MAX} paths were given`,
      "Name a folder that holds them.",
    );
  const models: IdentifiedModel[] = [];
  const troubles: string[] = [];
  await withModelEngine(async (engine) => {
    for (const path of paths) {
      const { groups, notRead } = groupsAt(path);
      troubles.push(...notRead);
      for (const group of groups) models.push(await identified(engine, group));
    }
  });
  const known = models.filter(({ found, unread }) => found?.facts !== null || unread !== null);
  const shown = known.length === 0 ? models : known;
  if (isJson) terminal.out(`${inertJson({ models: shown, troubles })}\n`);
  else terminal.out(shownModels(shown, troubles, terminal.width));
  const isWell = troubles.length === 0 && known.length > 0 && known.every(({ unread }) => unread === null);
  return isWell ? EXIT.ok : EXIT.failed;
}

interface Group {
  readonly name: string;
  readonly files: readonly ListedFile[];
}

/** The models at a path. A file that is named itself is one, whatever its name. */
function groupsAt(path: string): { readonly groups: readonly Group[]; readonly notRead: readonly string[] } {
  const files: ListedFile[] = [];
  const notRead: string[] = [];
  let entries = 0;
  for (const one of filesAt(path)) {
    entries += 1;
    if (entries > ENTRIES_MAX) {
      notRead.push(`${path} holds more than ${ENTRIES_MAX} files: the others were not looked at`);
      break;
    }
    if (one.is === "file") files.push(one);
    else if (one.is === "unreadable") notRead.push(`${one.name} cannot be read: ${one.why}`);
  }
  const [only] = files;
  if (files.length === 1 && only?.name === path) return { groups: [{ name: path, files }], notRead };
  return { groups: groupsOf(files), notRead };
}

function groupsOf(files: readonly ListedFile[]): readonly Group[] {
  const groups = new Map<string, ListedFile[]>();
  const put = (key: string, file: ListedFile): void => {
    const known = groups.get(key);
    if (known !== undefined) known.push(file);
    else if (groups.size < MODELS_MAX) groups.set(key, [file]);
  };
  const sharded = new Set(files.filter(({ name }) => SHARD.test(name)).map(({ name }) => dirname(name)));
  for (const file of files) {
    const [folder, base] = [dirname(file.name), basename(file.name)];
    const part = PART.exec(base)?.groups;
    if (part !== undefined) put(`${folder}/${part["stem"] ?? ""}.gguf`, file);
    else if (SHARD.test(base) || (sharded.has(folder) && CONFIGURATION.test(base))) put(folder, file);
    else if (ALONE.test(base)) put(file.name, file);
  }
  return Array.from(groups, ([name, of]) => ({ name, files: of }));
}

async function identified(engine: ModelEngine, { name, files }: Group): Promise<IdentifiedModel> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const about = { name, files: files.map((file) => file.name).toSorted(), size };
  if (files.length > FILES_MAX)
    return { ...about, found: null, unread: `it has ${files.length} files, of ${FILES_MAX} at most` };
  const found = await engine.identify(files);
  if (found instanceof Fault) return { ...about, found: null, unread: found.message };
  return { ...about, found, unread: found.malformed?.what ?? null };
}
