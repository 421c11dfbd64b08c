import { readFileSync, statSync } from "node:fs";
import { Argument, Command, Option } from "commander";
import { z } from "zod";
import { Fault } from "#base";
import { type Field, fieldsOf, isFollowable, type Operation, valueOf } from "#operations";

const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** What one run of an operation's command asks for. */
export interface Invocation {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
  readonly json: boolean;
  /** A list that goes on until it is stopped. */
  readonly follow: boolean;
  readonly dryRun: boolean;
  readonly key: string | null;
}

/** Where values come from that are not on the command line itself. */
export interface Sources {
  /** Reads standard input, for a file named `-`. */
  readonly stdin: () => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The command of one operation: positional arguments and options are its input fields, nothing is written by hand. */
export function commandOf(
  operation: Operation,
  sources: Sources,
  run: (invocation: Invocation) => Promise<void>,
): Command {
  const fields = fieldsOf(operation);
  const positional = (operation.positional ?? []).map((name) => demandField(operation, fields, name));
  const options = fields.filter((field) => !positional.includes(field));
  const command = new Command(verbOf(operation)).description(operation.summary);
  for (const field of positional) command.addArgument(argumentOf(field));
  for (const field of options) command.addOption(optionOf(field));
  command.option("--json", "print the answer as JSON");
  if (isFollowable(operation)) command.option("--follow", "go on with what comes, until stopped");
  if (operation.effect !== "read") {
    command.option("--dry-run", "check everything and change nothing");
    command.option("--idempotency-key <key>", "never do it twice under this key");
  }
  const examples = (operation.examples ?? []).map((line) => `  $ doorward ${line}`);
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  command.action(async () => {
    const given = command.opts();
    const texts = [
      ...positional.map((field, at) => textsOf(field, command.processedArgs[at])),
      ...options.map((field) => textsOf(field, given[field.name])),
    ];
    const input: Record<string, unknown> = {};
    for (const { field, values } of texts) {
      if (values !== null) input[field.name] = await inputOf(field, values, sources);
    }
    const key = given["idempotencyKey"];
    await run({
      operation,
      input,
      json: given["json"] === true,
      follow: given["follow"] === true,
      dryRun: given["dryRun"] === true,
      key: typeof key === "string" ? key : null,
    });
  });
  return command;
}

const parsed = z.union([z.undefined(), z.boolean().transform(String), z.string(), z.array(z.string())]);

function textsOf(
  field: Field,
  value: unknown,
): { readonly field: Field; readonly values: readonly string[] | null } {
  const given = parsed.parse(value) ?? [];
  const values = Array.isArray(given) ? given : [given];
  return { field, values: values.length === 0 ? null : values };
}

async function inputOf(field: Field, values: readonly string[], sources: Sources): Promise<unknown> {
  const [first = ""] = values;
  if (field.secret) return secretOf(first, sources);
  if (!field.file) return valueOf(field, values);
  if (field.url && /^https?:\/\/\S+$/.test(first)) return first;
  return first === "-" ? sources.stdin() : readText(first);
}

/** Files end with a line feed that is no part of the secret. */
async function secretOf(place: string, { stdin, environment }: Sources): Promise<string> {
  if (!place.startsWith("env:")) {
    const text = place === "-" ? await stdin() : readText(place);
    return text.replace(/\r?\n$/, "");
  }
  const name = place.slice("env:".length);
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  throw new Fault(
    "environment_missing",
    `the environment has no variable ${name}`,
    "Set it, or give the name of a file that holds the secret; - reads standard input.",
  );
}

function readText(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw new Fault("file_missing", `there is no file ${path}`, "Check the path; - reads standard input.");
  if (status.size > FILE_BYTES_MAX)
    throw new Fault(
      "file_too_large",
      `${path} has more than ${FILE_BYTES_MAX} bytes`,
      "Give a smaller file.",
    );
  return readFileSync(path, "utf8");
}

function demandField(operation: Operation, fields: readonly Field[], name: string): Field {
  const field = fields.find((one) => one.name === name);
  if (field !== undefined) return field;
  throw new Fault("bug", `${operation.name} has no input field ${name}`, "Report this.");
}

function argumentOf(field: Field): Argument {
  const name = field.kind === "list" ? `${field.name}...` : field.file ? "file" : field.name;
  const argument = new Argument(field.required ? `<${name}>` : `[${name}]`, field.description);
  return field.choices === null ? argument : argument.choices([...field.choices]);
}

function optionOf(field: Field): Option {
  const option = new Option(`--${flagOf(field.name)}${placeholderOf(field)}`, describe(field));
  if (field.required) option.makeOptionMandatory();
  return field.choices === null ? option : option.choices([...field.choices]);
}

function placeholderOf(field: Field): string {
  if (field.kind === "boolean") return "";
  if (field.kind === "list") return ` <${singular(field.name)}...>`;
  if (field.kind === "record") return " <name=value...>";
  if (field.secret) return " <file|env:NAME>";
  if (field.file) return " <file>";
  return field.kind === "integer" ? " <n>" : field.kind === "json" ? " <json>" : ` <${field.name}>`;
}

function describe({ description, fallback }: Field): string {
  const isTold =
    fallback !== undefined && fallback !== false && fallback !== "" && JSON.stringify(fallback).length > 2;
  return isTold
    ? `${description} (default: ${typeof fallback === "string" ? fallback : JSON.stringify(fallback)})`
    : description;
}

function verbOf(operation: Operation): string {
  return operation.name.split(".")[1] ?? operation.name;
}

function singular(name: string): string {
  return name.endsWith("s") ? name.slice(0, -1) : name;
}

/** `allowPrivate` as `allow-private`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
