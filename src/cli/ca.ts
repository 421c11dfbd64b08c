import { generateKeyPairSync } from "node:crypto";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "#base";
import { environmentLines, SHELL_FORMS, shellFormOf, trustEnvironment } from "./ca-environment.ts";
import { removeTrust, SHARED, trustFiles, writeTrust } from "./ca-places.ts";
import { PROBES } from "./ca-probes.table.ts";
import { proofLines, prove } from "./ca-prove.ts";
import { installSystem, THIS_MACHINE, uninstallSystem } from "./ca-system.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { invocationOf } from "./run-session.ts";
import type { Terminal } from "./terminal.ts";

export interface CaOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly perform: (invocation: Invocation) => Promise<unknown>;
  readonly ended: (exitCode: number) => void;
}

const pem = z.string().startsWith("-----BEGIN CERTIFICATE-----");
const probed = z.object({ certificate: pem });
const shown = z.object({
  certificate: pem,
  // Absent of a Doorward that cannot make another.
  next: z.object({ certificate: pem }).nullable().default(null),
});

/** The commands beside `ca show` that act on this machine: trust per agent, on the whole system, in an image. */
export function caCommands(options: CaOptions): readonly Command[] {
  return [envCommand(options), installCommand(options), uninstallCommand(options)];
}

function envCommand(options: CaOptions): Command {
  return new Command("env")
    .description(
      "Write what an agent's clients need to trust the http door, and print the variables that say so",
    )
    .option("--agent <agent>", "the agent that is to trust it, by name; without it, files that agents share")
    .option("--shell <shell>", `whose lines are printed: ${SHELL_FORMS.join(", ")}`, "sh")
    .option("--no-proof", "do not try it with the clients that are on this machine")
    .addHelpText("after", '\nExample:\n  $ eval "$(doorward ca env --agent coder)"')
    .action(async ({ agent, shell, proof }: { agent?: string; shell: string; proof: boolean }) => {
      const form = shellFormOf(shell);
      const files = trustFiles(options.directory, agent ?? SHARED);
      writeTrust(files, bothOf(await authorityOf(options)));
      const variables = trustEnvironment(files);
      options.terminal.out(environmentLines(variables, form));
      const trusting = { ...options.environment, ...Object.fromEntries(variables) };
      options.ended(proof ? await proved(options, trusting) : EXIT.ok);
    });
}

function installCommand(options: CaOptions): Command {
  return new Command("install")
    .description("Have more than one agent trust the http door: this whole system, or a container's image")
    .option("--system", "everything on this machine trusts it, browsers and other users' programs too")
    .option("--container", "print the lines for a Dockerfile, and write the file that they copy")
    .option("--no-proof", "do not try it with the clients that are on this machine")
    .action(
      async ({ system, container, proof }: { system?: boolean; container?: boolean; proof: boolean }) => {
        const { terminal } = options;
        if (system !== true && container !== true) throw nowhere();
        const authority = await authorityOf(options);
        if (container === true) {
          const files = trustFiles(options.directory, SHARED);
          writeTrust(files, bothOf(authority));
          terminal.out(containerLines());
          terminal.error(`Copy ${files.authority} beside your Dockerfile.\n`);
        }
        if (system === true)
          terminal.out(installSystem(authority.certificate, THIS_MACHINE, authority.next?.certificate));
        options.ended(system === true && proof ? await provedOfSystem(options) : EXIT.ok);
      },
    );
}

function uninstallCommand(options: CaOptions): Command {
  return new Command("uninstall")
    .description("Take back what `ca env` and `ca install` did")
    .option("--agent <agent>", "the files of this agent alone")
    .option("--system", "this machine's trust")
    .action(({ agent, system }: { agent?: string; system?: boolean }) => {
      if (system === true) options.terminal.out(uninstallSystem());
      const files = trustFiles(options.directory, agent ?? SHARED);
      removeTrust(files);
      options.terminal.out(`removed ${files.folder}\n`);
      options.ended(EXIT.ok);
    });
}

async function authorityOf({ perform }: Pick<CaOptions, "perform">): Promise<z.output<typeof shown>> {
  return shown.parse(await perform(invocationOf("ca.show", {})));
}

/** What is trusted while one authority follows another. */
function bothOf({ certificate, next }: z.output<typeof shown>): string {
  return next === null ? certificate : `${certificate.trim()}\n${next.certificate.trim()}\n`;
}

/** Says of each client whether it trusts the authority in this environment; fails where one that is here does not. */
async function proved(options: CaOptions, environment: CaOptions["environment"]): Promise<number> {
  const distrusting = await proofsOf(options, environment);
  return distrusting.length > 0 ? EXIT.failed : EXIT.ok;
}

/** What brings roots of its own never reads the system's: that is said, and is no failure of this command. */
async function provedOfSystem(options: CaOptions): Promise<number> {
  const distrusting = await proofsOf(options, options.environment);
  const own = new Set(PROBES.filter(({ hasOwnRoots }) => hasOwnRoots === true).map(({ client }) => client));
  const told = distrusting.filter((client) => own.has(client));
  if (told.length > 0)
    options.terminal.error(
      `Roots of their own, which only variables change (\`doorward ca env\`): ${told.join(", ")}.\n`,
    );
  return distrusting.length > told.length ? EXIT.failed : EXIT.ok;
}

/** Says of each client what it does; answers those that are here and do not trust it. */
async function proofsOf(
  options: CaOptions,
  environment: CaOptions["environment"],
): Promise<readonly string[]> {
  const { next } = await authorityOf(options);
  const distrusting = new Set<string>();
  for (const isNext of next === null ? [false] : [false, true]) {
    if (isNext) options.terminal.error("The authority that follows:\n");
    for (const client of await distrustingOf(options, environment, isNext)) distrusting.add(client);
  }
  return [...distrusting];
}

async function distrustingOf(
  options: CaOptions,
  environment: CaOptions["environment"],
  next: boolean,
): Promise<readonly string[]> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const input = { publicKey: spki, ...(next ? { next } : {}) };
  const { certificate } = probed.parse(await options.perform(invocationOf("ca.probe", input)));
  const key = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const proofs = await prove({ certificate, key }, environment);
  options.terminal.error(proofLines(proofs));
  return proofs.filter(({ outcome }) => outcome === "does not").map(({ client }) => client);
}

/** Debian's and Alpine's own command; the variables are for clients with roots of their own. */
function containerLines(): string {
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  const names = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
    "AWS_CA_BUNDLE",
  ];
  return [
    "COPY doorward-ca.pem /usr/local/share/ca-certificates/doorward-ca.crt",
    "RUN update-ca-certificates",
    "ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/doorward-ca.crt \\",
    "    DENO_CERT=/usr/local/share/ca-certificates/doorward-ca.crt \\",
    ...names.map((name, at) => `    ${name}=${bundle}${at === names.length - 1 ? "" : " \\"}`),
    "",
  ].join("\n");
}

function nowhere(): Fault {
  return new Fault(
    "input_invalid",
    "it was not said where the authority is to be trusted",
    "For one agent: `doorward ca env --agent A`. For an image: --container. For everything on this machine: --system.",
  );
}
