import { execFile } from "node:child_process";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { Fault } from "#base";
import type { PackageCommand } from "./command-line.ts";
import type { PackagePin } from "./configuration.ts";
import { childEnvironment } from "./environment.ts";
import { INSTALL_TIMEOUT_MS } from "./limits.ts";
import { isObject } from "./message.ts";
import { inert } from "./ring.ts";
import { digestTree, signTree } from "./tree.ts";

const run = promisify(execFile);
const NPM_OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Installs a package with its dependencies into `folder/code`, without running any script of theirs, and pins what
 * came: exact version, lock file, digest of every file. Needs npm and its registry. `folder` is left as it was when
 * that fails. Throws `upstream_install_failed`.
 */
export async function installPackage(
  folder: string,
  command: PackageCommand,
  staging: string,
): Promise<PackagePin> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    await writeFile(
      join(staging, "package.json"),
      `${JSON.stringify({ name: "doorward-pinned-server", private: true })}\n`,
    );
    await npmInstall(staging, command.spec);
    const pin = await describe(staging, command);
    const code = join(folder, "code");
    await rm(code, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(staging, code);
    return pin;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function npmInstall(folder: string, spec: string): Promise<void> {
  const words = [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--save-exact",
    "--omit=dev",
    "--no-progress",
  ];
  try {
    await run(process.platform === "win32" ? "npm.cmd" : "npm", [...words, "--", spec], {
      cwd: folder,
      env: childEnvironment({ npm_config_update_notifier: "false", npm_config_ignore_scripts: "true" }),
      timeout: INSTALL_TIMEOUT_MS,
      maxBuffer: NPM_OUTPUT_BYTES_MAX,
    });
  } catch (cause) {
    throw installFailed(spec, cause);
  }
}

async function describe(folder: string, command: PackageCommand): Promise<PackagePin> {
  const installed = join(folder, "node_modules", command.package);
  const manifest: unknown = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  if (!isObject(manifest) || typeof manifest["version"] !== "string")
    throw noProgram(command.package, "has no version");
  const program = programOf(manifest["bin"], command);
  const entry = resolve(installed, program);
  if (!entry.startsWith(installed + sep)) throw noProgram(command.package, "names a program outside itself");
  await assertNodeScript(entry, command.package);
  return {
    kind: "package",
    package: command.package,
    version: manifest["version"],
    tree: await digestTree(folder, await signTree(folder)),
    entry: entry
      .slice(folder.length + 1)
      .split(sep)
      .join("/"),
    arguments: command.arguments,
  };
}

/** npm's rule: the one program there is, or the one named like the package, or the one the command names. */
function programOf(bin: unknown, command: PackageCommand): string {
  const ownName = command.package.split("/").at(-1) ?? command.package;
  if (typeof bin === "string" && (command.program === null || command.program === ownName)) return bin;
  const programs = isObject(bin) ? bin : {};
  const [only, ...others] = Object.values(programs);
  const found =
    programs[command.program ?? ownName] ??
    (command.program === null && others.length === 0 ? only : undefined);
  if (typeof found !== "string")
    throw noProgram(command.package, `has no program ${command.program ?? ownName}`);
  return found;
}

/** Only what our own Node runs is pinned to the last byte; a native binary would bring its own loader. */
async function assertNodeScript(entry: string, name: string): Promise<void> {
  const [firstLine = ""] = (await readFile(entry, "utf8")).split("\n", 1);
  if (/\.[cm]?js$/.test(entry) || /^#!.*\bnode\b/.test(firstLine)) return;
  throw noProgram(name, "has a program that is no Node script");
}

function noProgram(name: string, why: string): Fault {
  return new Fault(
    "upstream_install_failed",
    `the package ${name} ${why}`,
    "Check the package's name; for servers that are no Node programs, install them and give the path of the program.",
  );
}

function installFailed(spec: string, cause: unknown): Fault {
  const said =
    typeof cause === "object" && cause !== null && "stderr" in cause ? String(cause.stderr) : String(cause);
  return new Fault(
    "upstream_install_failed",
    `npm could not install ${spec}: ${inert(said).trim().slice(-800)}`,
    "Check the package's name and version, and that the npm registry is reachable from here.",
    cause,
  );
}
