import { z } from "zod";
import type { Invocation } from "./command.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { inertLine } from "./text.ts";

const offers = z.array(
  z.object({
    name: z.string(),
    kind: z.enum(["tool", "prompt"]),
    effects: z.array(z.string()),
    status: z.string(),
    description: z.string(),
    fingerprint: z.string(),
  }),
);
type Offer = z.output<typeof offers>[number];

/** What goes with an answer for a person: `servers add` lists what the new server offers. */
export interface Offered {
  /** The answer without it: it is shown apart, as a table that fits. */
  readonly rest: unknown;
  readonly all: readonly Offer[];
  readonly waiting: readonly Offer[];
}

/** Null where an answer is not that of a server that was added. */
export function offeredIn({ operation, dryRun }: Invocation, answer: unknown): Offered | null {
  if (operation.name !== "servers.add" || dryRun) return null;
  const { offers: offered, ...rest } = z.looseObject({ offers }).parse(answer);
  return { rest, all: offered, waiting: offered.filter(({ status }) => status === "new") };
}

/** The server's own words, inert: it describes itself to whoever is about to trust it (T14, T19). */
export function showOffers({ all }: Offered, width: number | null): string {
  if (all.length === 0) return "It offers nothing.\n";
  return `\n${table(all, ["name", "kind", "effects", "status", "description"], width)}\n`;
}

/** What still waits, and the command that accepts it. */
export function howToAccept({ waiting }: Offered): string {
  const commands = [...new Set(waiting.map(commandFor))].map((command) => `  ${command}\n`);
  const names = waiting.map(({ name }) => inertLine(name)).join(", ");
  return `No agent can use these before a person accepts them: ${names}\n${commands.join("")}`;
}

const accepted = z.object({ items: z.array(z.object({ server: z.string(), kind: z.string() })) });

/** What comes after accepting tools, for a person: who says what they do. Empty where nothing was accepted. */
export function whatTheyDo({ operation, dryRun }: Invocation, answer: unknown): string {
  if (operation.name !== "tools.accept" || dryRun) return "";
  const { items } = accepted.parse(answer);
  const servers = new Set(items.flatMap(({ server, kind }) => (kind === "tool" ? [server] : [])));
  return [...servers].map(labelling).join("");
}

/** What comes after adding a server whose tools are accepted: who says what they do. Empty where it has none. */
export function howToLabel({ all }: Offered): string {
  const [first] = all.filter(({ kind }) => kind === "tool");
  return first === undefined ? "" : labelling(first.name.slice(0, first.name.indexOf("/")));
}

/** Until then their results are untrusted, and what they change waits for a person. */
function labelling(server: string): string {
  return `See what is known of what its tools do: doorward manifests list --server ${server}; propose the rest: doorward manifests init ${server}\n`;
}

function commandFor({ name, kind }: Offer): string {
  const [server = ""] = name.split("/");
  return `doorward tools accept '${server}/*'${kind === "prompt" ? " --kind prompt" : ""}`;
}

/** Whether the person at the terminal says yes to what they were just shown; without a person, no. */
export async function wantsAll({ waiting }: Offered, ask: Terminal["ask"]): Promise<boolean> {
  if (ask === null || waiting.length === 0) return false;
  const answer = await ask(`Accept ${waiting.length === 1 ? "it" : `all ${waiting.length}`}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

/** One `tools.accept` each, bound to the definition that was shown: what has changed since is refused. */
export function acceptances({ waiting }: Offered): readonly Readonly<Record<string, unknown>>[] {
  return waiting.map(({ name, kind, fingerprint }) => ({ tools: [name], kind, fingerprint }));
}
