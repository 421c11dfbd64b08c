import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { Fault, type JsonObject } from "#base";
import {
  BUNDLE_BYTES_MAX,
  compare,
  ignoredBy,
  type Leave,
  type Provenance,
  readProvenance,
  type SignedManifest,
  isSubject,
  TRUSTED_ROOT,
  type Trust,
  verifySignature,
} from "#provenance";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { entriesOf } from "./models-manifest.ts";
import { type ProvenanceShown, shownVerification, type Verification } from "./models-verify-show.ts";
import { inertJson } from "./text.ts";

interface Wanted {
  readonly signature?: string;
  readonly key?: string;
  readonly certificate?: string;
  readonly identity?: string;
  readonly issuer?: string;
  readonly trustedRoot?: string;
  readonly ignorePaths: readonly string[];
  readonly ignoreUnsignedFiles?: boolean;
  readonly at?: number;
  readonly provenance?: string;
  readonly json?: boolean;
}

const SMALL_FILE_BYTES_MAX = 16 * 1_048_576;
const PROVENANCE_FILE = /(?:\.intoto\.jsonl?|\.slsa\.json|^provenance\.json)$/;

/** `doorward models verify PATH`: whether a model's files are those that somebody whom you trust signed. */
export function modelsVerifyCommand(options: ModelsOptions): Command {
  return new Command("verify")
    .description(
      "Check that a model's files are those that somebody you trust has signed (OpenSSF Model Signing)",
    )
    .argument("<path>", "the folder, or the one file, of the model")
    .option("--signature <file>", "the signature (default: model.sig in the folder)")
    .option("--key <file>", "trust this public key (PEM)")
    .option("--certificate <file>", "trust signers certified by these authorities (PEM), and by no others")
    .option("--identity <name>", "trust this identity of Sigstore's, with --issuer")
    .option("--issuer <url>", "who vouches for the identity")
    .option(
      "--trusted-root <file>",
      "another trusted root of Sigstore's than the one that comes with Doorward (JSON)",
    )
    .option("--ignore-paths <path...>", "leave these paths of the model out", [])
    .option("--ignore-unsigned-files", "let files be there that were not signed")
    .addOption(
      new Option("--at <date>", "the time at which certificates have to be valid (default: now)").argParser(
        date,
      ),
    )
    .option(
      "--provenance <file>",
      "an in-toto statement on how it was built (default: those that lie in the folder)",
    )
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (path: string, wanted: Wanted) => {
      options.ended(await verify(options, path, wanted));
    });
}

const HELP = `
Takes signatures of model_signing 0.2 to 1.1. Nothing is fetched, and nothing that a signature itself brings is trusted. Each file
that is missing, changed or was not signed is named. Provenance (SLSA) is compared with the files and not verified itself.

Ends with 0 where all is as it was signed, and else with 1.

Examples:
  $ doorward models verify ~/models/wise-7b --key publisher.pub
  $ doorward models verify wise-7b --signature wise.sig --certificate company-ca.pem
  $ doorward models verify wise-7b --identity release@example.com --issuer https://accounts.google.com`;

function date(value: string): number {
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw new InvalidArgumentError("Give a date: 2026-11-22 or 2026-11-22T10:00:00Z.");
  return at;
}

async function verify({ terminal }: ModelsOptions, path: string, wanted: Wanted): Promise<number> {
  const trust = await trustOf(wanted);
  const verification = await verified(path, wanted, trust);
  terminal.out(wanted.json === true ? `${inertJson(verification)}\n` : shownVerification(path, verification));
  return verification.verified ? EXIT.ok : EXIT.failed;
}

async function trustOf({ key, certificate, identity, issuer, trustedRoot }: Wanted): Promise<Trust> {
  const given = [key, certificate, identity].filter((one) => one !== undefined);
  if (given.length !== 1 || (identity === undefined) !== (issuer === undefined)) {
    throw new Fault(
      "input_invalid",
      "it is not said whom you trust",
      "Give one of --key FILE, --certificate FILE, or --identity NAME with --issuer URL.",
    );
  }
  if (key !== undefined) return { by: "key", pem: (await bytesOf(key)).toString("utf8") };
  if (certificate !== undefined)
    return { by: "certificate", roots: (await bytesOf(certificate)).toString("utf8") };
  const root = trustedRoot === undefined ? TRUSTED_ROOT : objectIn(await bytesOf(trustedRoot), trustedRoot);
  return { by: "sigstore", identity: identity ?? "", issuer: issuer ?? "", trustedRoot: root };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function objectIn(bytes: Buffer, path: string): JsonObject {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new Fault(
    "input_invalid",
    `${path} is no trusted root`,
    "Give the trusted_root.json of a Sigstore instance.",
  );
}

async function verified(path: string, wanted: Wanted, trust: Trust): Promise<Verification> {
  const signature = wanted.signature ?? join(path, "model.sig");
  const read = verifySignature(await bytesOf(signature, BUNDLE_BYTES_MAX), trust, wanted.at ?? Date.now());
  if (!read.ok) return { ...NOTHING, refusals: read.refusals };
  const { manifest, signer, isOldEncoding } = read;
  const leave: Leave = {
    ignored: [...wanted.ignorePaths, ...inside(path, signature)],
    unsigned: wanted.ignoreUnsignedFiles === true,
  };
  const { hashType, shardSize, allowSymlinks } = manifest.serialization;
  const hashing = { hashType, shardSize, follows: allowSymlinks, ignored: ignoredBy(manifest, leave) };
  const entries = await entriesOf(path, hashing);
  const { refusals, ignored } = compare(manifest, entries, leave);
  return {
    verified: refusals.length === 0,
    signer,
    signed: { files: manifest.resources.length, root: manifest.root, hash: hashType },
    refusals,
    ignored,
    notes: isOldEncoding
      ? ["it was signed by model_signing 0.2, in a form that nobody writes any more: have it signed again"]
      : [],
    provenance: await provenanceOf(path, wanted, manifest),
  };
}

const NOTHING: Verification = {
  verified: false,
  signer: null,
  signed: null,
  refusals: [],
  ignored: [],
  notes: [],
  provenance: [],
};

/** The signature's own path within the model, where it lies there. */
export function inside(path: string, file: string): readonly string[] {
  const within = relative(resolve(path), resolve(file));
  return within === "" || within.startsWith("..") ? [] : [within.split(sep).join("/")];
}

async function provenanceOf(
  path: string,
  { provenance }: Wanted,
  manifest: SignedManifest,
): Promise<readonly ProvenanceShown[]> {
  const files = provenance === undefined ? await provenanceIn(path) : [provenance];
  const shownOnes: ProvenanceShown[] = [];
  for (const file of files) {
    const read = readProvenance(await bytesOf(file));
    if (!read.ok)
      throw new Fault(
        "input_invalid",
        `${file}: ${read.refusals[0]?.says ?? "it is no provenance"}`,
        "Give an in-toto statement.",
      );
    for (const one of read.provenance) shownOnes.push(shownProvenance(file, one, manifest));
  }
  return shownOnes;
}

async function provenanceIn(path: string): Promise<readonly string[]> {
  const names = await readdir(path).catch(() => []);
  return names.filter((name) => PROVENANCE_FILE.test(name)).map((name) => join(path, name));
}

function shownProvenance(file: string, one: Provenance, manifest: SignedManifest): ProvenanceShown {
  const about = manifest.resources
    .filter(({ algorithm, digest }) => isSubject(one, algorithm, digest))
    .map(({ name }) => name);
  const whole = manifest.root !== null && isSubject(one, "sha256", manifest.root) ? ["the model"] : [];
  const { subjects, materials, ...rest } = one;
  return {
    ...rest,
    file,
    about: [...whole, ...about],
    subjects: subjects.length,
    materials: materials.map(({ name }) => name),
  };
}

// A pipe is not waited for; what it is, is looked at before it is read.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function bytesOf(path: string, most = SMALL_FILE_BYTES_MAX): Promise<Buffer> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, FLAGS);
    const status = await handle.stat();
    if (!status.isFile()) throw new Error("it is no regular file");
    if (status.size > most)
      throw new Fault("file_too_large", `${path} has more than ${most} bytes`, "Give a smaller file.");
    return await upTo(handle, status.size);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("file_missing", `there is no file ${path} that can be read`, "Check the path.", cause);
  } finally {
    await handle?.close();
  }
}

async function upTo(handle: FileHandle, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(most);
  let at = 0;
  while (at < most) {
    const { bytesRead } = await handle.read(bytes, at, most - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
