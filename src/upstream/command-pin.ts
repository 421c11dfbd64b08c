import { access, constants, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, sep } from "node:path";
import { Fault } from "#base";
import { programName } from "./command-line.ts";
import type { CommandPin } from "./configuration.ts";
import { digestFile } from "./tree.ts";

/** Arguments with these endings are code: their bytes are pinned. Other files (databases, notes) are data. */
const CODE = /\.(?:[cm]?[jt]sx?|py|pyz|rb|pl|php|sh|bash|lua|jar|wasm|exe|dll|so|dylib|bin|phar|exs?|jl|r)$/i;
/** Programs that fetch what they run each time: nothing of it can be pinned here. */
const FETCHERS = new Set([
  "uvx",
  "uv",
  "pipx",
  "pnpx",
  "pnpm",
  "yarn",
  "deno",
  "go",
  "cargo",
  "nix",
  "nix-shell",
  "dotnet",
  "dnx",
]);
const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh", "fish", "cmd", "powershell", "pwsh"]);
const CONTAINERS = new Set(["docker", "podman", "nerdctl"]);

/** Pins a program of this machine: its real path and digest, and those of every argument that is a file of code. */
export async function pinCommand(command: readonly [string, ...string[]]): Promise<CommandPin> {
  assertPinnable(command);
  const executable = await findProgram(command[0]);
  const words = await Promise.all(command.slice(1).map(absoluteCode));
  const files = [executable, ...words.flatMap(({ isCode, word }) => (isCode ? [word] : []))];
  const digests = await Promise.all(files.map(async (path) => ({ path, digest: await digestFile(path) })));
  return { kind: "command", executable, arguments: words.map(({ word }) => word), files: digests };
}

function assertPinnable(command: readonly string[]): void {
  const program = programName(command[0]);
  if (FETCHERS.has(program)) throw notPinnable(`${program} fetches the code it runs anew each time`);
  if (SHELLS.has(program) && command.some((word) => /^[-/][a-z]*c$/i.test(word))) {
    throw notPinnable("a shell line can run anything, whatever its own digest");
  }
  if (CONTAINERS.has(program) && !command.some((word) => /@sha256:[0-9a-f]{64}$/.test(word))) {
    throw notPinnable("its image is named by a tag, which can move");
  }
}

/** The program's real path, looked up in `PATH` when it is a bare name. Throws `upstream_not_started`. */
async function findProgram(word: string): Promise<string> {
  const places = isAbsolute(word)
    ? [word]
    : word.includes(sep)
      ? []
      : (process.env["PATH"] ?? "").split(delimiter).map((at) => join(at, word));
  for (const place of places) {
    const isRunnable = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return realpath(place);
  }
  throw new Fault(
    "upstream_not_started",
    `there is no program ${word} that Doorward may run`,
    isAbsolute(word)
      ? "Check the path and its permissions."
      : "Give its absolute path, or install it where PATH finds it.",
  );
}

async function absoluteCode(word: string): Promise<{ word: string; isCode: boolean }> {
  if (!CODE.test(word) || !isAbsolute(word)) return { word, isCode: false };
  const isFile = await stat(word).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? { word: await realpath(word), isCode: true } : { word, isCode: false };
}

function notPinnable(why: string): Fault {
  return new Fault(
    "upstream_not_pinnable",
    `this command cannot be pinned: ${why}`,
    "Install the server first and give the absolute path of its program (containers: name the image by @sha256 digest).",
  );
}
