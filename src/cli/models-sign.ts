import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { Fault } from "#base";
import { ignoredPath, signModel } from "#provenance";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { entriesOf } from "./models-manifest.ts";
import { inside } from "./models-verify.ts";
import { inertLine } from "./text.ts";

interface Wanted {
  readonly key: string;
  readonly passphrase?: string;
  readonly certificate?: string;
  readonly signature?: string;
  readonly ignorePaths: readonly string[];
  readonly hash: "sha256" | "blake2b" | "blake3";
}

const KEY_BYTES_MAX = 65_536;
/** Anybody but the owner. */
const OTHERS = 0o077;

/** `doorward models sign PATH --key FILE`: a signature over a model's files, as others verify it too. */
export function modelsSignCommand(options: ModelsOptions): Command {
  return new Command("sign")
    .description("Sign a model's files (OpenSSF Model Signing)")
    .argument("<path>", "the folder, or the one file, of the model")
    .requiredOption("--key <file>", "the private key (PEM), a file that only you may read")
    .option("--passphrase <file|env:NAME>", "what opens the key, where it is sealed")
    .option("--certificate <file>", "the key's certificate and those behind it (PEM), to sign by certificate")
    .option(
      "--signature <file>",
      "where the signature goes (default: model.sig in the folder, FILE.sig beside a file)",
    )
    .option("--ignore-paths <path...>", "leave these paths of the model out", [])
    .addOption(
      new Option("--hash <algorithm>", "of the files")
        .choices(["sha256", "blake2b", "blake3"])
        .default("sha256"),
    )
    .addHelpText("after", HELP)
    .action(async (path: string, wanted: Wanted) => {
      options.ended(await sign(options, path, wanted));
    });
}

const HELP = `
It replaces an earlier signature at the same place. Links are not signed: a model with links in it is refused.

Examples:
  $ doorward models sign ~/models/wise-7b --key publisher.key
  $ doorward models sign wise-7b.gguf --key publisher.key --certificate publisher.pem --signature wise-7b.gguf.sig`;

async function sign({ terminal }: ModelsOptions, path: string, wanted: Wanted): Promise<number> {
  const signature = wanted.signature ?? (isFolder(path) ? join(path, "model.sig") : `${path}.sig`);
  const ignored = [...wanted.ignorePaths.map(pathOf), ...inside(path, signature)];
  const pem = keyIn(wanted.key);
  const entries = await entriesOf(path, {
    hashType: wanted.hash,
    shardSize: null,
    follows: false,
    ignored: new Set([...GIT, ...ignored]),
  });
  const files = new Map<string, string>();
  for (const { path: name, is, digests } of entries) {
    if (is !== "file")
      throw unsignable(`${name} is ${is === "link" ? "a link" : "no file that can be read"}`);
    for (const [one, digest] of digests) files.set(one, digest);
  }
  const text = signModel(
    { name: basename(resolve(path)), files, hashType: wanted.hash, ignored },
    {
      pem,
      passphrase: wanted.passphrase === undefined ? null : passphraseIn(wanted.passphrase),
      certificates: wanted.certificate === undefined ? null : readSmall(wanted.certificate),
    },
  );
  writeFileSync(signature, `${text}\n`);
  terminal.out(`${files.size} files signed: ${inertLine(signature)}\n`);
  return EXIT.ok;
}

const GIT = [".git", ".gitignore", ".gitattributes", ".github"];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function pathOf(said: string): string {
  const path = ignoredPath(said);
  if (path !== null) return path;
  throw new Fault(
    "input_invalid",
    `${said} is no path within the model`,
    "Give paths relative to the model, without patterns.",
  );
}

/** Files end with a line feed that is no part of the secret. */
function passphraseIn(place: string): string {
  if (!place.startsWith("env:")) return readSmall(place).replace(/\r?\n$/, "");
  const name = place.slice("env:".length);
  const value = process.env[name];
  if (value !== undefined && value !== "") return value;
  throw new Fault(
    "environment_missing",
    `the environment has no variable ${name}`,
    "Set it, or give the name of a file that holds the passphrase.",
  );
}

/** A key that others may read is no longer only its owner's; nothing is signed by it. */
function keyIn(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status !== undefined && process.platform !== "win32" && (status.mode & OTHERS) !== 0) {
    throw new Fault(
      "key_exposed",
      `others than you may read or write ${path}`,
      `Make it yours alone, and think of whether it was read already: chmod 600 ${path}`,
    );
  }
  return readSmall(path);
}

function readSmall(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true)
    throw new Fault("file_missing", `there is no file ${path}`, "Check the path.");
  if (status.size > KEY_BYTES_MAX)
    throw new Fault(
      "file_too_large",
      `${path} has more than ${KEY_BYTES_MAX} bytes`,
      "Give a key or certificates in PEM.",
    );
  return readFileSync(path, "utf8");
}

function unsignable(why: string): Fault {
  return new Fault(
    "model_unsignable",
    `this model cannot be signed: ${why}`,
    "Sign a folder of files whose names are plain relative paths, without links.",
  );
}
