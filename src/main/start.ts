import { findRuntimes, type Runtime, RUNTIME_EGRESS } from "#host";
import { Fault } from "#base";
import { offerRuntimes } from "#operations";
import type { Config } from "./config.ts";
import { type Doorward, openDoorward } from "./doorward.ts";
import { tour, type Voice } from "./tour.ts";
import { VERSION } from "./version.ts";

export interface StartOptions {
  readonly config: Config;
  /** True: always; false: never; null: on the first start. */
  readonly tour: boolean | null;
  readonly voice: Voice;
}

const FATAL_EXIT = 70;

/** Runs until it is told to stop. Answers the exit status: 0 after a clean stop. */
export async function start({ config, tour: wanted, voice }: StartOptions): Promise<number> {
  const stopped = untilStopped();
  const doorward = await openDoorward(config, (event, detail) => voice.warn(`${event}: ${briefly(detail)}`));
  const fatal = doorward.fatal.then((fault): number => {
    // Doubt in the ledger writer: leave at once, without pretending to close what may be broken.
    voice.warn(`${fault.code}: ${fault.message}. ${fault.remedy}`);
    process.exit(FATAL_EXIT);
  });
  await greet(doorward, voice);
  if (wanted ?? doorward.isFirstStart)
    await tour(doorward, voice).catch((cause: unknown) => apologise(voice, cause));
  sayWhatNext(doorward, voice);
  await Promise.race([stopped, fatal]);
  voice.say("Stopping: finishing what is under way …");
  await doorward.close();
  voice.say("Stopped. Nothing acknowledged is lost.");
  return 0;
}

/** The first signal stops cleanly, a second one at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

async function greet(doorward: Doorward, voice: Voice): Promise<void> {
  const { door, console: base } = doorward.addresses;
  voice.say(`Doorward ${VERSION} is at the door. Data: ${doorward.directory}`);
  voice.say("");
  await sayConsole(doorward, voice);
  voice.say(`  MCP door    ${door}/door/mcp            all servers, tools named server__tool`);
  voice.say(`              ${door}/door/mcp/<server>   one server`);
  voice.say(`  LLM door    ${door}/v1                  OpenAI and Anthropic; Ollama's clients at ${door}`);
  if (doorward.addresses.http !== null)
    voice.say(`  HTTP door   ${doorward.addresses.http}   a proxy for what agents reach on the web`);
  voice.say(`  Operations  ${base}/api/v1/openapi.json, ${base}/mcp`);
  if (doorward.unknownOutcomes > 0) {
    voice.warn(
      `${doorward.unknownOutcomes} actions had no answer when Doorward last stopped; they are recorded as unknown`,
    );
  }
  const runtimes = await findRuntimes(doorward.egress.fetch(RUNTIME_EGRESS));
  voice.say(
    `  Runtimes    ${runtimes.length === 0 ? "none answers on this machine (looked for Ollama, llama.cpp, vLLM, LM Studio and their like)" : runtimes.map(lineOf).join("\n              ")}`,
  );
  const offering = { isFirstStart: doorward.isFirstStart, perform: doorward.asLocalAdmin };
  for (const line of await offerRuntimes(runtimes, offering)) voice.say(`              ${line}`);
}

/**
 * A login link opens a session as the admin. It is printed while the admin has nothing else to sign in with, or where a
 * person watches; never into the log of a service, where others may read it.
 */
async function sayConsole(doorward: Doorward, voice: Voice): Promise<void> {
  const { console: base } = doorward.addresses;
  if (!voice.isWatched && (await doorward.hasCredential())) {
    voice.say(`  Console     ${base}/`);
    voice.say("              sign in there; a one-time link: doorward login-links create admin");
    return;
  }
  const link = await doorward.loginLink();
  voice.say(`  Console     ${link.url}`);
  voice.say("              one-time link, good for 15 minutes; another: doorward login-links create admin");
}

function lineOf({ kind, url, version, models }: Runtime): string {
  const count = models.length === 1 ? "1 model" : `${models.length} models`;
  return `${kind}${version === null ? "" : ` ${version}`} at ${url}, ${count}`;
}

function sayWhatNext(doorward: Doorward, voice: Voice): void {
  voice.say("");
  if (!doorward.isFirstStart) {
    voice.say("Ctrl-C stops.");
    return;
  }
  voice.say("Next:");
  voice.say(
    "  doorward login                          sign this terminal in (npx doorward … from this folder)",
  );
  voice.say("  doorward servers add fs --accept -- npx -y @modelcontextprotocol/server-filesystem DIR");
  voice.say("  doorward agents add my-agent            prints its key, once");
  voice.say(`  then point the agent at ${doorward.addresses.door}/door/mcp with that key as bearer token`);
  voice.say("  doorward approvals list                 what waits for a person");
  voice.say("");
  voice.say("Ctrl-C stops.");
}

function apologise(voice: Voice, cause: unknown): void {
  if (cause instanceof Fault) voice.warn(`${cause.code}: ${cause.message}. ${cause.remedy}`);
  else voice.warn(`the tour stopped: ${String(cause)}`);
}

const DETAIL_CHARS_MAX = 500;

function briefly(detail: unknown): string {
  if (detail instanceof Fault) return `${detail.code}: ${detail.message}. ${detail.remedy}`;
  const text =
    detail instanceof Error ? (detail.stack ?? detail.message) : JSON.stringify(detail, errorsAsText);
  return (text ?? "").slice(0, DETAIL_CHARS_MAX);
}

function errorsAsText(_key: string, value: unknown): unknown {
  if (value instanceof Fault) return `${value.code}: ${value.message}`;
  return value instanceof Error ? value.message : value;
}
