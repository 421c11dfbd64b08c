import { z } from "zod";
import { Fault } from "#base";
import type { ServerConfiguration } from "#upstream";
import { objectOf } from "./columns.ts";
import { serverName } from "./fields.ts";

const ARGUMENTS_MAX = 100;
const VALUE_CHARS_MAX = 8_000;
const secrets = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/, "a name of letters, digits, _ and -"),
    z.string().max(VALUE_CHARS_MAX),
  )
  .default({});

export const serverInput = z.strictObject({
  name: serverName,
  command: z
    .array(z.string().max(VALUE_CHARS_MAX))
    .max(ARGUMENTS_MAX)
    .default([])
    .describe("Program and arguments of a stdio server, after --; no shell reads them"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe("Address of a server that speaks HTTP"),
  environment: secrets.describe("Variables for the program, NAME=VALUE; kept sealed"),
  headers: secrets.describe("Headers for every request, NAME=VALUE; kept sealed"),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("The address may be on this machine or a private network"),
  accept: z
    .boolean()
    .default(false)
    .describe("Accept every tool it offers now; otherwise they wait for review"),
});

export type ServerInput = z.output<typeof serverInput>;

/** Throws `server_input_invalid` unless it is exactly one of command and url, with what goes with it. */
export function configurationOf({
  command,
  url,
  environment,
  headers,
  allowPrivate,
}: ServerInput): ServerConfiguration {
  const [program, ...rest] = command;
  if (url === undefined && program !== undefined && Object.keys(headers).length === 0) {
    return {
      transport: "stdio",
      command: [program, ...rest],
      environment: Object.keys(environment).toSorted(),
    };
  }
  if (url !== undefined && program === undefined && Object.keys(environment).length === 0) {
    return { transport: "http", url, headers: Object.keys(headers).toSorted(), allowPrivate };
  }
  throw new Fault(
    "server_input_invalid",
    "a server is either a command (with environment) or a url (with headers)",
    "Try `doorward servers add NAME -- COMMAND …` or `doorward servers add NAME --url URL`.",
  );
}

const configuration = z.custom<ServerConfiguration>(
  (value) => typeof value === "object" && value !== null && "transport" in value,
);

/** As it was added, from its row. */
export function configurationOfRow(column: string): ServerConfiguration {
  return configuration.parse(JSON.parse(column));
}

export function secretsOf({ environment, headers }: ServerInput): Record<string, string> {
  return Object.fromEntries([...prefixed("env", environment), ...prefixed("header", headers)]);
}

function prefixed(prefix: string, values: Record<string, string>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [`${prefix}:${name}`, value]);
}

/** What a pin says, in a few words. */
export function pinOf(column: string): string {
  const pin = objectOf(column);
  const word = (key: string): string => (typeof pin[key] === "string" ? pin[key] : "");
  if (pin["kind"] === "package") return `${word("package")}@${word("version")}`;
  return pin["kind"] === "command" ? word("executable") : word("url");
}
