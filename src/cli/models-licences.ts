import { Command, InvalidArgumentError, Option } from "commander";
import {
  decideLicence,
  type LicenceDecision,
  type LicenceReport,
  licenceReport,
  type Situation,
} from "#models";
import { EXIT } from "./exit-codes.ts";
import type { ModelsOptions } from "./models.ts";
import { basesOf } from "./models-bases.ts";
import { claimsAt, nameOf } from "./models-claims.ts";
import { withModelEngine } from "./models-engine.ts";
import { shownLicences } from "./models-licences-show.ts";
import { inertJson } from "./text.ts";

interface Wanted {
  readonly base: readonly string[];
  readonly json?: boolean;
  readonly purpose?: Situation["purpose"];
  readonly users?: number;
  readonly revenue?: number;
  readonly eu?: boolean;
  readonly multimodal?: boolean;
  readonly distribute?: boolean;
}

export interface LicencesShown extends LicenceReport {
  /** Files that could not be read, and why; what stands in them is not known. */
  readonly unread: readonly string[];
  /** Null where nothing was said of who uses the model for what. */
  readonly decision: LicenceDecision | null;
}

const BASES_MAX = 64;

/** `doorward models licences PATH`: what whoever uses this model owes, over its whole lineage, with the source of each duty. */
export function modelsLicencesCommand(options: ModelsOptions): Command {
  return new Command("licences")
    .description(
      "Say what a model's licences ask, over its whole lineage, and where they contradict each other",
    )
    .argument("<path>", "a file, a folder, or an Ollama manifest")
    .addOption(
      new Option("--base <name>", "a model it was made of: its name, or where it lies on this machine")
        .argParser(more)
        .default([], "none"),
    )
    .addOption(
      new Option("--purpose <purpose>", "what it is used for").choices([
        "research",
        "internal",
        "production",
      ]),
    )
    .addOption(new Option("--users <n>", "monthly active users of all your products").argParser(count))
    .addOption(new Option("--revenue <usd>", "your revenue a year, in US dollars").argParser(count))
    .addOption(
      new Option(
        "--eu <yes|no>",
        "whether you live or have your principal place of business in the EU",
      ).argParser(yesOrNo),
    )
    .addOption(
      new Option("--multimodal <yes|no>", "whether the model takes more than text").argParser(yesOrNo),
    )
    .addOption(
      new Option("--distribute <yes|no>", "whether it, or a product with it, is offered to others").argParser(
        yesOrNo,
      ),
    )
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (path: string, wanted: Wanted) => {
      options.ended(await licences(options, path, wanted));
    });
}

const HELP = `
A licence is known by its text, or by a label. Labels and texts are held against each other and against the licences of the
models it was made of: a freer label on what was made of a stricter model frees nothing. What is unknown is never fine.
This is no legal advice: each duty names the text and the section that it was read in.

Ends with 0, or with 1 where a licence is unknown, contradicts another, or does not allow what the options say.

Examples:
  $ doorward models licences ~/models/wise-7b --base meta-llama/Llama-3.1-8B
  $ doorward models licences ~/models/wise-7b --base ~/models/llama-3.1-8b
  $ doorward models licences wise-7b.gguf --purpose production --users 50000 --eu yes --multimodal no --distribute no`;

export function more(value: string, before: unknown): readonly string[] {
  const known = Array.isArray(before) ? before.map(String) : [];
  if (known.length >= BASES_MAX) throw new InvalidArgumentError(`More than ${BASES_MAX} bases.`);
  return [...known, value];
}

function count(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError("Give a whole number.");
  return Number(value);
}

function yesOrNo(value: string): boolean {
  if (value !== "yes" && value !== "no") throw new InvalidArgumentError("Say yes or no.");
  return value === "yes";
}

async function licences({ terminal }: ModelsOptions, path: string, wanted: Wanted): Promise<number> {
  const { files, unread, bases } = await withModelEngine(async (engine) => {
    return { ...(await claimsAt(engine, path)), bases: await basesOf(engine, path, wanted.base) };
  });
  const report = licenceReport(nameOf(path), files, bases);
  const situation = situationOf(wanted);
  const decision = situation === null ? null : decideLicence(report, situation);
  const shown: LicencesShown = { ...report, unread, decision };
  terminal.out(wanted.json === true ? `${inertJson(shown)}\n` : shownLicences(shown));
  const isBad = report.standing === "unknown" || report.concerns.length > 0 || unread.length > 0;
  const isRefused = decision?.decision === "deny" || decision?.decision === "permission";
  return isBad || isRefused ? EXIT.failed : EXIT.ok;
}

/** Nothing said: nothing decided. One thing said: the rest is unknown, and asks. */
function situationOf(wanted: Wanted): Situation | null {
  const situation: Situation = {
    monthlyActiveUsers: wanted.users ?? null,
    revenueUsdPerYear: wanted.revenue ?? null,
    isInEu: wanted.eu ?? null,
    purpose: wanted.purpose ?? null,
    isDistributed: wanted.distribute ?? null,
    isMultimodal: wanted.multimodal ?? null,
  };
  return Object.values(situation).every((value) => value === null) ? null : situation;
}
