import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { Fault } from "#base";
import { type BilledModel, type ImportedModel, modelBill, readBill, spdxBill } from "#bills";
import {
  type FileClaims,
  licenceReport,
  type ModelFacts,
  modelDigest,
  type ModelFile,
  taggedClaims,
} from "#models";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { basesOf } from "./models-bases.ts";
import { claimsAt, nameOf } from "./models-claims.ts";
import { type ModelEngine, withModelEngine } from "./models-engine.ts";
import { filesAt, type ListedFile } from "./models-files.ts";
import { more } from "./models-licences.ts";
import { entriesOf } from "./models-manifest.ts";
import { inertJson, inertLine } from "./text.ts";

interface Wanted {
  readonly format: (typeof FORMATS)[number];
  readonly base: readonly string[];
  readonly with?: string;
  readonly timestamp?: string;
  readonly output?: string;
}

const FORMATS = ["cyclonedx@1.6", "cyclonedx@1.7", "spdx3"] as const;
const BILL_BYTES_MAX = 32 * 1_048_576;
/** Shards and configurations of one model, as one question may name them. */
const IDENTIFIED_MAX = 250;

/** `doorward models bill PATH`: a bill of materials of one model. */
export function modelsBillCommand(options: ModelsOptions): Command {
  return new Command("bill")
    .description("Write a bill of materials of a model (CycloneDX ML-BOM, or SPDX 3 with the AI profile)")
    .argument("<path>", "the folder, or the one file, of the model")
    .addOption(new Option("--format <format>", "of the bill").choices([...FORMATS]).default("cyclonedx@1.7"))
    .addOption(
      new Option("--base <name>", "a model it was made of: its name, or where it lies on this machine")
        .argParser(more)
        .default([], "none"),
    )
    .option("--with <file>", "take over what somebody else's bill declares of the same files or name")
    .addOption(
      new Option(
        "--timestamp <time>",
        "when it was made (default: left out of CycloneDX; now in SPDX)",
      ).argParser(time),
    )
    .option("--output <file>", "write it to this file")
    .addHelpText("after", HELP)
    .action(async (path: string, wanted: Wanted) => {
      options.ended(await bill(options, path, wanted));
    });
}

const HELP = `
Every file is hashed. Without a time, the same model gives the same bill, serial number included. What files and other bills say
of the model stands as declared; licences and their duties are those of doorward models licences.

Examples:
  $ doorward models bill ~/models/wise-7b --output wise-7b.cdx.json
  $ doorward models bill wise-7b.gguf --format spdx3 --base meta-llama/Llama-3.1-8B`;

function time(value: string): string {
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw new InvalidArgumentError("Give a time: 2026-11-22T10:00:00Z.");
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

async function bill({ terminal, version }: ModelsOptions, path: string, wanted: Wanted): Promise<number> {
  const imported = wanted.with === undefined ? [] : billOf(wanted.with);
  const { model, troubles } = await billed(path, wanted, imported);
  const at = wanted.timestamp ?? null;
  const document =
    wanted.format === "spdx3"
      ? spdxBill(model, { version, at: at ?? time(new Date().toISOString()) })
      : modelBill(model, { version, at }, wanted.format === "cyclonedx@1.6" ? "1.6" : "1.7");
  const text = `${inertJson(document)}\n`;
  if (wanted.output === undefined) terminal.out(text);
  else writeFileSync(wanted.output, text);
  for (const trouble of troubles) terminal.error(`${inertLine(trouble)}\n`);
  return troubles.length === 0 ? EXIT.ok : EXIT.failed;
}

interface Billed {
  readonly model: BilledModel;
  readonly troubles: readonly string[];
}

async function billed(path: string, wanted: Wanted, imported: readonly ImportedModel[]): Promise<Billed> {
  const name = nameOf(path);
  const { files, troubles } = await hashed(path);
  const digest = modelDigest(files);
  if (!digest.ok)
    throw new Fault("input_invalid", `${path}: ${digest.malformed.what}`, "Name the folder of one model.");
  const theirs = imported.filter((one) => isSame(one, name, files));
  const { claims, facts, bases } = await withModelEngine(async (engine) => {
    return {
      claims: await claimsAt(engine, path),
      facts: await factsOf(engine, path),
      bases: await basesOf(engine, path, wanted.base),
    };
  });
  const taken = theirs.map((one) => takenOver(one, wanted.with ?? ""));
  return {
    model: {
      name,
      digest: digest.digest,
      files,
      facts,
      licences: licenceReport(name, [...claims.files, ...taken], bases),
    },
    troubles: [...troubles, ...claims.unread],
  };
}

/** Of somebody else's bill: the same file, or the same name. */
function isSame({ name, sha256 }: ImportedModel, own: string, files: readonly ModelFile[]): boolean {
  return name === own || files.some((file) => sha256.includes(file.sha256.slice("sha256:".length)));
}

function takenOver({ licences, bases }: ImportedModel, from: string): FileClaims {
  return { claims: taggedClaims(licences, basename(from)), bases: [...bases], names: [], blobs: [] };
}

function billOf(path: string): readonly ImportedModel[] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true)
    throw new Fault("file_missing", `there is no file ${path}`, "Check the path.");
  if (status.size > BILL_BYTES_MAX)
    throw new Fault(
      "file_too_large",
      `${path} has more than ${BILL_BYTES_MAX} bytes`,
      "Give a smaller file.",
    );
  const read = readBill(readFileSync(path));
  if (read.ok) return read.models;
  throw new Fault(
    "input_invalid",
    `${path} is no bill that is read here: ${read.why}`,
    "Give CycloneDX 1.5 to 1.7 or SPDX 3, in JSON.",
  );
}

async function hashed(
  path: string,
): Promise<{ readonly files: readonly ModelFile[]; readonly troubles: readonly string[] }> {
  const entries = await entriesOf(path, {
    hashType: "sha256",
    shardSize: null,
    follows: true,
    ignored: new Set([".git", ".cache"]),
  });
  const files = entries.flatMap(({ path: name, size, digests }): ModelFile[] => {
    const hex = digests.get(name);
    return hex === undefined ? [] : [{ path: name, size, sha256: `sha256:${hex}` }];
  });
  const troubles = entries
    .filter(({ is }) => is !== "file")
    .map(
      ({ path: name, is }) =>
        `not billed: ${name} (${is === "link" ? "a link that leads out of the model" : is})`,
    );
  return { files, troubles };
}

const CONFIGURATION =
  /^(?:config|generation_config|tokenizer|tokenizer_config|adapter_config)\.json$|^chat_template\.jinja$/;

/** What the model is: its safetensors with their configuration, or else its first file that is one by itself. */
async function factsOf(engine: ModelEngine, path: string): Promise<ModelFacts | null> {
  const listed = [...filesAt(path)].filter((one): one is ListedFile => one.is === "file");
  const named = (pattern: RegExp): readonly ListedFile[] =>
    listed.filter(({ name }) => pattern.test(basename(name)));
  const shards = named(/\.safetensors$/i);
  const alone =
    listed.length === 1 ? listed : named(/\.(?:gguf|onnx|keras|h5|tflite|bin|pt|pth)$/i).slice(0, 1);
  const group = shards.length > 0 ? [...shards, ...named(CONFIGURATION)] : alone;
  if (group.length === 0 || group.length > IDENTIFIED_MAX) return null;
  const found = await engine.identify(group);
  return found instanceof Fault ? null : found.facts;
}
