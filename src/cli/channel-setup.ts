import { z } from "zod";
import { Fault } from "#base";
import { operationNamed } from "#operations";
import type { Invocation } from "./command.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";

const named = z.object({ name: z.string(), description: z.string() });
const platformShape = z.object({
  name: z.string(),
  title: z.string(),
  inbound: z.string(),
  settings: z.array(named.extend({ required: z.boolean() })),
  secrets: z.array(named),
  setup: z.array(z.string()),
  lacks: z.string().nullable(),
});
const platforms = z.object({ items: z.array(platformShape) });
type Platform = z.output<typeof platformShape>;

type Perform = (invocation: Invocation) => Promise<unknown>;
type Asking = Pick<Terminal, "error"> & { readonly [K in "ask" | "secret"]: NonNullable<Terminal[K]> };

/**
 * `doorward channels add PLATFORM` with somebody there: shows what to do at the platform, and asks for what was not given.
 * Secrets are never echoed, and never on the command line. Without a person, or with everything given: as it was.
 */
export async function setUpChannel(
  { ask, secret, error }: Terminal,
  perform: Perform,
  invocation: Invocation,
): Promise<Invocation> {
  const { operation, input, json } = invocation;
  if (operation.name !== "channels.add" || json || ask === null || secret === null) return invocation;
  if (input["secrets"] !== undefined) return invocation;
  const listed = platforms.parse(
    await perform({
      ...invocation,
      operation: operationNamed("channels.platforms"),
      input: {},
      dryRun: false,
      key: null,
    }),
  );
  const platform = listed.items.find(({ name }) => name === input["platform"]);
  // The operation says what there is.
  if (platform === undefined) return invocation;
  // Before anything is typed that would be for nothing.
  if (platform.lacks !== null)
    throw new Fault(
      "channel_not_ready",
      `a channel on ${platform.title} lacks something here`,
      `${platform.lacks} Then add it again.`,
    );
  const terminal: Asking = { ask, secret, error };
  showSteps(terminal, platform);
  const settings = await settingsFor(terminal, platform, input["settings"]);
  const secrets = await secretsFor(terminal, platform);
  return {
    ...invocation,
    input: {
      ...(await restFor(terminal, platform)),
      ...input,
      settings,
      ...(secrets === null ? {} : { secrets }),
    },
  };
}

function showSteps({ error }: Asking, { title, setup }: Platform): void {
  const steps = setup.map((step) =>
    inertLine(step.replaceAll("{webhook}", "the address that is shown at the end")),
  );
  error(`${title}:\n${steps.map((step, at) => `  ${at + 1}. ${step}\n`).join("")}\n`);
}

const texts = z.record(z.string(), z.string());

async function settingsFor(
  terminal: Asking,
  platform: Platform,
  given: unknown,
): Promise<Record<string, string>> {
  const settings = texts.catch({}).parse(given ?? {});
  for (const { name, description, required } of platform.settings) {
    if (settings[name] !== undefined) continue;
    const answer = await answerTo(
      terminal,
      `${name} (${inertLine(description)}${required ? "" : "; Enter: leave it out"}): `,
      required,
    );
    if (answer !== "") settings[name] = answer;
  }
  return settings;
}

/** How often what is needed is asked for; then the operation says that it is. */
const ASKED_MAX = 3;

async function answerTo({ ask }: Asking, question: string, required: boolean): Promise<string> {
  for (let asked = 1; ; asked += 1) {
    const answer = (await ask(question)).trim();
    if (answer !== "" || !required || asked === ASKED_MAX) return answer;
  }
}

/** Null where the platform asks for none. */
async function secretsFor(terminal: Asking, { secrets }: Platform): Promise<string | null> {
  const given: Record<string, string> = {};
  for (const { name, description } of secrets) {
    const text = await terminal.secret(`${name} (${inertLine(description)}; not shown): `);
    // Some may be left out; which ones, the operation knows.
    if (text.trim() !== "") given[name] = text.trim();
  }
  return secrets.length === 0 ? null : JSON.stringify(given);
}

async function restFor(terminal: Asking, { title }: Platform): Promise<Record<string, unknown>> {
  const reach = await terminal.ask(
    `Agents that can read or post at ${title} by means Doorward does not see (names, * for all, Enter: none): `,
  );
  const agents = reach.split(/[\s,]+/).filter((name) => name !== "");
  const to = (
    await terminal.ask("Where to send a test card (a room's or person's id there; Enter: nowhere yet): ")
  ).trim();
  return { agentsMayReach: agents.length === 0 ? ["none"] : agents, ...(to === "" ? {} : { testTo: to }) };
}

const added = z.looseObject({ name: z.string(), webhook: z.string().nullable(), answers: z.string() });

/** What comes after a channel was added, for a person. Empty for every other operation. */
export function afterChannel({ operation, dryRun }: Invocation, answer: unknown): string {
  if (operation.name !== "channels.add" || dryRun) return "";
  const { name, webhook, answers } = added.parse(answer);
  const hook = webhook === null ? "" : `Give the platform this address: ${webhook}\n`;
  const link =
    answers === "links" ? "" : `Link your own account there:       doorward channels link ${name}\n`;
  return `${hook}${link}Send a group's cards to a room:    doorward channels route --group GROUP --channel ${name} --place ID\n`;
}
