import type { Command } from "commander";
import { CATALOGUE, fieldsOf, isFollowable, type Operation } from "#operations";
import { flagOf } from "./command.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface Words {
  readonly nouns: readonly string[];
  /** Verbs by noun, options by `noun verb`. */
  readonly verbs: ReadonlyMap<string, readonly string[]>;
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * A completion script, complete in itself: it asks nothing of a running Doorward. `program` has the commands that are no
 * operations, under nouns that also have some.
 */
export function completion(shell: Shell, local: readonly string[], program: Command): string {
  const words = wordsOf(local, program);
  if (shell === "fish") return fish(words);
  return shell === "zsh"
    ? `#compdef doorward\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`
    : bash(words);
}

function wordsOf(local: readonly string[], program: Command): Words {
  const operations = new Map(
    CATALOGUE.map((operation) => [operation.name.replace(".", " "), optionsOf(operation)]),
  );
  const own = program.commands.flatMap((noun) =>
    noun.commands.map((verb) => [`${noun.name()} ${verb.name()}`, ownOptions(verb)] as const),
  );
  const options = new Map([...operations, ...own.filter(([words]) => !operations.has(words))]);
  const verbs = Map.groupBy(options.keys(), (words) => words.split(" ")[0] ?? "");
  return {
    nouns: [...local, ...verbs.keys()],
    verbs: new Map([...verbs].map(([noun, words]) => [noun, words.map((one) => one.split(" ")[1] ?? "")])),
    options,
  };
}

function ownOptions(command: Command): string[] {
  return [...command.options.map(({ long }) => long ?? ""), "--help"].filter((word) => word !== "");
}

function optionsOf(operation: Operation): string[] {
  const fields = fieldsOf(operation).filter((field) => operation.positional?.includes(field.name) !== true);
  const own = fields.map((field) => `--${flagOf(field.name)}`);
  const writes = operation.effect === "read" ? [] : ["--dry-run", "--idempotency-key"];
  const follows = isFollowable(operation) ? ["--follow"] : [];
  return [...own, ...follows, ...writes, "--json", "--help"];
}

function bash({ nouns, verbs, options }: Words): string {
  const verbCases = [...verbs].map(([noun, words]) => `    ${noun}) words="${words.join(" ")}" ;;`);
  const optionCases = [...options].map(
    ([command, words]) => `    "${command}") words="${words.join(" ")}" ;;`,
  );
  return [
    "_doorward() {",
    '  local words="" current="${COMP_WORDS[COMP_CWORD]}"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${nouns.join(" ")}"`,
    '  elif [ "$COMP_CWORD" -eq 2 ]; then',
    '    case "${COMP_WORDS[1]}" in',
    ...verbCases,
    "    esac",
    "  else",
    '    case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in',
    ...optionCases,
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -o default -F _doorward doorward",
    "",
  ].join("\n");
}

function fish({ nouns, verbs, options }: Words): string {
  const top = nouns.map((noun) => `complete -c doorward -f -n "__fish_use_subcommand" -a ${noun}`);
  const second = [...verbs].map(([noun, words]) => {
    const isVerbNext = `__fish_seen_subcommand_from ${noun}; and test (count (commandline -opc)) -eq 2`;
    return `complete -c doorward -f -n "${isVerbNext}" -a "${words.join(" ")}"`;
  });
  const third = [...options].flatMap(([command, words]) => {
    const [noun = "", verb = ""] = command.split(" ");
    const isHere = `__fish_seen_subcommand_from ${noun}; and __fish_seen_subcommand_from ${verb}`;
    return words.map((word) => `complete -c doorward -n "${isHere}" -l ${word.slice(2)}`);
  });
  return [...top, ...second, ...third, ""].join("\n");
}
