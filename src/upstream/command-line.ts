import { Fault } from "#base";

/** A command that runs a package of the npm registry: what to install and which of its programs to run. */
export interface PackageCommand {
  /** `name`, `name@1.2.3`, `name@latest` … as typed. */
  readonly spec: string;
  readonly package: string;
  /** Program of the package, where the command names it; null for the package's own. */
  readonly program: string | null;
  readonly arguments: readonly string[];
}

const RUNNERS: readonly (readonly string[])[] = [
  ["npx"],
  ["npm", "exec"],
  ["npm", "x"],
  ["bunx"],
  ["bun", "x"],
];
const FLAGS = new Set([
  "-y",
  "--yes",
  "-q",
  "--quiet",
  "--no-install",
  "--prefer-offline",
  "--prefer-online",
  "--bun",
]);
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Reads `npx -y PKG[@VERSION] ARGS` and its kin; null when the command is something else. */
export function readPackageCommand(command: readonly string[]): PackageCommand | null {
  const runner = RUNNERS.find((words) => words.every((word, at) => programName(command[at]) === word));
  if (runner === undefined) return null;
  const words = command.slice(runner.length);
  let named: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") return assemble(named, words.slice(at + 1), command);
    if (!word.startsWith("-")) return assemble(named, words.slice(at), command);
    const inline = /^(?:--package|-p)=(.+)$/.exec(word)?.[1];
    if (inline !== undefined) named = inline;
    else if (word === "--package" || word === "-p") named = words[(at += 1)] ?? "";
    else if (!FLAGS.has(word)) throw unclear(command, `the option ${word} is not known`);
  }
  throw unclear(command, "it names no package");
}

function assemble(named: string | null, rest: readonly string[], command: readonly string[]): PackageCommand {
  const [first = "", ...others] = rest;
  const spec = named ?? first;
  const name = packageName(spec);
  if (name === null) throw unclear(command, `\`${spec}\` is no package of the npm registry`);
  return { spec, package: name, program: named === null ? null : first, arguments: others };
}

/** The name in a registry spec; null for folders, files, URLs, aliases and git. */
function packageName(spec: string): string | null {
  const at = spec.indexOf("@", 1);
  const name = at < 0 ? spec : spec.slice(0, at);
  const range = at < 0 ? "latest" : spec.slice(at + 1);
  return NAME.test(name) && /^[\w.+~^<>=| *-]+$/.test(range) ? name : null;
}

/** `/usr/bin/npx` and `npx.cmd` are `npx`. */
export function programName(word: string | undefined): string {
  return (
    (word ?? "")
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.(cmd|exe|ps1)$/i, "") ?? ""
  );
}

function unclear(command: readonly string[], why: string): Fault {
  return new Fault(
    "upstream_command_unclear",
    `cannot pin \`${command.join(" ")}\`: ${why}`,
    "Write it as `npx -y PACKAGE[@VERSION] ARGUMENTS`, or give the path of an installed program.",
  );
}
