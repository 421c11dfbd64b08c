import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { assert, Fault } from "#base";
import type { Pin, Prepared, ServerConfiguration } from "./configuration.ts";
import { childEnvironment } from "./environment.ts";
import type { Target } from "./link.ts";
import { openOAuth, type OAuthOptions, type SealedOAuth } from "./oauth.ts";
import type { Secrets } from "./secrets.ts";
import type { PinnedRun, Sandboxes } from "./sandboxes.ts";

export interface TargetOptions {
  /** The server's own folder, `servers/<name>`. */
  readonly folder: string;
  readonly secrets: Secrets;
  readonly oauth: SealedOAuth;
  readonly sandboxes: Sandboxes;
}

/** What to spawn or ask, from what was configured, pinned and sealed. */
export async function targetOf(
  { name, configuration, pin }: Prepared,
  options: TargetOptions,
): Promise<Target> {
  if (configuration.transport === "http") {
    const headers = await reveal(configuration.headers, "header", options.secrets);
    const { allowPrivate } = configuration;
    return {
      kind: "http",
      name,
      url: new URL(configuration.url),
      headers,
      allowPrivate,
      oauth: options.oauth,
    };
  }
  const given = await reveal(configuration.environment, "env", options.secrets);
  // Where a server may write, apart from its pinned code: a file it leaves must not look like a changed program.
  const directory = join(options.folder, "work");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const run = commandOf(pin, options.folder);
  const launch = options.sandboxes.launcherOf({ name, configuration, run, given, directory });
  return {
    kind: "stdio",
    name,
    command: {
      executable: run.executable,
      arguments: run.arguments,
      environment: childEnvironment(given),
      directory,
      launch,
    },
  };
}

function commandOf(pin: Pin, folder: string): PinnedRun {
  assert(pin.kind !== "remote", "a stdio server has a pinned command");
  if (pin.kind === "command") {
    const code = pin.files.map(({ path }) => path).filter((path) => path !== pin.executable);
    return { executable: pin.executable, isOwnNode: false, arguments: pin.arguments, code };
  }
  const code = join(folder, "code");
  const words = [join(code, pin.entry), ...pin.arguments];
  return { executable: process.execPath, isOwnNode: true, arguments: words, code: [code] };
}

async function reveal(
  names: readonly string[],
  kind: "env" | "header",
  secrets: Secrets,
): Promise<Record<string, string>> {
  const pairs = await Promise.all(
    names.map(async (name) => {
      const value = await secrets.get(`${kind}:${name}`);
      if (value === undefined) throw missing(name);
      return [name, value] as const;
    }),
  );
  return Object.fromEntries(pairs);
}

/** OAuth as this server is configured; for a stdio server it is never asked. */
export function oauthOf(
  configuration: ServerConfiguration,
  options: Omit<OAuthOptions, "configuration">,
): Promise<SealedOAuth> {
  const oauth = configuration.transport === "http" ? configuration.oauth : undefined;
  return openOAuth({ ...options, configuration: oauth ?? {} });
}

function missing(name: string): Fault {
  return new Fault(
    "upstream_secret_missing",
    `the value of ${name} is not in the sealed store`,
    "Add the server again with `doorward servers add`, giving the variable or header its value.",
  );
}
