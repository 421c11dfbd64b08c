import { setTimeout as pauseMs } from "node:timers/promises";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "#base";
import { type Client, createClient } from "./client.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";
import { removeToken, writeToken } from "./token-file.ts";

/** What signing in and out needs of the command line. */
export interface SignInOptions {
  readonly terminal: Terminal;
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Where the token is kept. */
  readonly directory: string;
}

const begun = z.object({
  ticket: z.string(),
  userCode: z.string(),
  address: z.string(),
  wholeAddress: z.string().nullable(),
  intervalS: z.number().min(0).max(60),
  expiresInS: z.number(),
});
const waiting = z.object({ waiting: z.literal(true), intervalS: z.number().min(0).max(60) });
const signedIn = z.object({ token: z.string(), name: z.string(), expiresAt: z.number() });
const who = z.object({
  provider: z.string().nullable(),
  hasPassword: z.boolean(),
  passkeys: z.number(),
  session: z.string(),
});
const provider = z.object({ host: z.string().nullable() });

type Purpose = "sign-in" | "presence";

export function loginCommand(options: SignInOptions): Command {
  const { terminal, directory } = options;
  return new Command("login")
    .description("Sign this terminal in: with the identity provider, name and password, or a one-time link")
    .argument("[link]", "one-time login link, or the token in it")
    .option("--name <name>", "your user name, of a local user")
    .option("--provider", "sign in with the identity provider, in any browser")
    .action(async (link: string | undefined, given: Given) => {
      const client = createClient({ url: options.url, token: null, fetch: options.fetch });
      const { token, name, expiresAt } = signedIn.parse(await answerOf(client, terminal, { link, ...given }));
      writeToken(directory, token);
      terminal.out(`Signed in as ${inertLine(name)}, until ${new Date(expiresAt).toISOString()}.\n`);
      terminal.error("When that is over, or somebody ends it: doorward login.\n");
    });
}

interface Given {
  readonly name?: string;
  readonly provider?: boolean;
}

async function answerOf(
  client: Client,
  terminal: Terminal,
  { link, name, provider: isProvider }: Given & { readonly link: string | undefined },
): Promise<unknown> {
  if (link !== undefined) return client.session("open", { token: link.split("#").at(-1), kind: "cli" });
  if (isProvider === true) return byDevice(client, terminal, "sign-in");
  if (name !== undefined) return byPassword(client, terminal, name);
  const { host } = provider.parse(await client.session("provider", null));
  if (host === null) return byPassword(client, terminal, null);
  if (terminal.ask === null) return byDevice(client, terminal, "sign-in");
  const answer = await terminal.ask(`Name of a local user, or Enter to sign in with ${inertLine(host)}: `);
  return answer.trim() === "" ? byDevice(client, terminal, "sign-in") : byPassword(client, terminal, answer);
}

async function byPassword(client: Client, terminal: Terminal, given: string | null): Promise<unknown> {
  if (terminal.ask === null || terminal.secret === null) {
    throw new Fault(
      "nobody_to_ask",
      "there is no terminal to ask for a password",
      "Give a one-time link, sign in with the identity provider (--provider), or set DOORWARD_TOKEN.",
    );
  }
  const name = given ?? (await terminal.ask("Name: "));
  const password = await terminal.secret("Password: ");
  return client.session("sign-in", { name, password, kind: "cli" });
}

/** RFC 8628: shows a code, and waits until somebody has confirmed it at the provider, or it is over. */
async function byDevice(client: Client, terminal: Terminal, purpose: Purpose): Promise<unknown> {
  const { ticket, userCode, address, wholeAddress, intervalS, expiresInS } = begun.parse(
    await client.session("device", { purpose }),
  );
  const minutes = Math.max(1, Math.round(expiresInS / 60));
  terminal.error(
    `Open ${inertLine(wholeAddress ?? address)}\nand confirm this code there: ${inertLine(userCode)}\n` +
      `Waiting for you, at most ${minutes} minutes (Ctrl-C gives up) …\n`,
  );
  const questionsMax = Math.ceil(expiresInS) + 1;
  let nextS = intervalS;
  for (let asked = 0; asked < questionsMax; asked += 1) {
    await pauseMs(nextS * 1_000);
    const answer = await client.session("device/poll", { purpose, ticket });
    const wait = waiting.safeParse(answer);
    if (!wait.success) return answer;
    nextS = wait.data.intervalS;
  }
  throw new Fault(
    "device_flow_over",
    "the code was not confirmed in time",
    "Run the command again: it shows a new code.",
  );
}

/**
 * Shows that the signed-in person is here: at their provider, by password, or (with passkeys alone, which need a browser)
 * by letting the console vouch for this terminal.
 */
export async function showPresence(client: Client, terminal: Terminal, cause: Fault): Promise<void> {
  if (terminal.secret === null || terminal.ask === null) throw cause;
  const person = who.parse(await client.session("", null));
  if (person.provider !== null) {
    terminal.error("This needs you to sign in anew with your identity provider.\n");
    return void (await byDevice(client, terminal, "presence"));
  }
  if (person.hasPassword || person.passkeys === 0) {
    const password = await terminal.secret("Your password, to show that you are here: ");
    return void (await client.session("presence", { password }));
  }
  await terminal.ask(
    `A passkey needs a browser: open the console, Sign-ins, and confirm ${inertLine(person.session)}. Then press Enter: `,
  );
}

export function logoutCommand(options: SignInOptions, clientOf: () => Client): Command {
  return new Command("logout").description("Sign this terminal out").action(async () => {
    const client = clientOf();
    removeToken(options.directory);
    await client.session("end", {});
    options.terminal.out("Signed out.\n");
  });
}
