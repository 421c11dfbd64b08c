import { z } from "zod";
import { digestOf, Fault } from "#base";
import type { Backtested } from "#history";
import { compilePolicies, type PolicySet } from "#policy";
import { acceptedTools } from "./accepted-tools.ts";
import { findAgent, visibleAgents } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, time } from "./fields.ts";
import { read } from "./operation.ts";
import { demandCompiled, policyText } from "./policy-text.ts";
import { since, sinceOf } from "./since.ts";

export const BACKTEST_SINCE = "30d";

const verdict = z.enum(["allow", "hold", "deny"]);

const changeShape = z.object({
  count: z.int(),
  agent: z.string(),
  deed: z.string().describe("Verb and target; of a resource the server alone"),
  from: verdict.describe("What policy said when it happened"),
  to: verdict.describe("What the new text says"),
  rules: z
    .array(z.string())
    .describe("Rules of the new text that say so; default-deny where none permits it"),
  formerly: z.array(z.string()).describe("Rules that said otherwise then"),
  first: time,
  last: time,
  examples: z.array(z.string()).describe("Ids of the first such actions"),
});

/** What became of recorded actions under another text. */
export const backtestShape = z.object({
  policySet: z.string().describe("Digest of the new text"),
  since: time,
  until: time,
  actions: z.int().describe("Recorded actions looked at"),
  replayed: z.int(),
  same: z.int().describe("Answered as they were"),
  newlyAllowed: z.int(),
  newlyHeld: z.int(),
  newlyDenied: z.int(),
  notByPolicy: z.int().describe("Refused by other things than policy, which no text changes"),
  unreplayable: z.int().describe("Not answered: something they were decided by is not on record"),
  otherDefinition: z
    .int()
    .describe("Replayed with another definition of the tool than they were decided with"),
  because: z.array(z.object({ reason: z.string(), count: z.int() })).describe("Why some are unreplayable"),
  confirmation: z
    .string()
    .describe("Names these kinds of change: `doorward policy activate FILE --backtest` takes it"),
  items: z.array(changeShape).describe("The most frequent first"),
  changesLeftOut: z.int().describe("Changed actions of further kinds, beyond the first thousand"),
});

export const policyBacktest = read({
  name: "policy.backtest",
  summary: "Replay recorded actions under another policy text: what would newly be allowed, held or denied",
  permission: "policy.read",
  body: true,
  input: z.strictObject({
    text: policyText,
    since: since.default(BACKTEST_SINCE),
    agent: agentReference.optional(),
  }),
  output: backtestShape,
  positional: ["text"],
  columns: ["count", "agent", "deed", "from", "to", "rules"],
  examples: ["policy backtest policy.cedar", "policy backtest policy.cedar --since 7d --agent mailbot"],
  async run(context, { text, since: from, agent }) {
    const { set } = demandCompiled(compilePolicies(text, await acceptedTools(context.store)));
    const one = agent === undefined ? null : await findAgent(context, agent, "actions.read");
    const agents = one === null ? await visibleAgents(context, "actions.read") : [one.id];
    return backtestView(context, set, { since: sinceOf(context, from), agents });
  },
});

interface Looking {
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly agents: readonly string[] | null;
}

/** Replays what was recorded up to now. */
export async function backtestView(
  context: ReadContext,
  set: PolicySet,
  { since: from, agents }: Looking,
): Promise<z.input<typeof backtestShape>> {
  const { history, journal, ambient } = context;
  const until = ambient.now();
  const upTo = journal.status().acknowledged - 1;
  const job = { text: set.text, tools: set.tools, agents, since: from, upTo };
  const done = await history.backtest(job, watchOf(context));
  return viewOf(done, set, { since: from, until });
}

/** Tells the person who waits how far it is, in hundredths. */
export function watchOf({ progress, signal }: Pick<ReadContext, "progress" | "signal">) {
  let told = 0;
  return {
    progress: (done: number, entries: number): void => {
      const percent = Math.floor((100 * done) / Math.max(1, entries));
      if (percent < told + 5) return;
      told = percent;
      progress(`${percent}% of ${entries} entries looked at`);
    },
    ...(signal === undefined ? {} : { signal }),
  };
}

function viewOf(
  done: Backtested,
  { digest }: PolicySet,
  span: { readonly since: number; readonly until: number },
): z.input<typeof backtestShape> {
  const { changes, because, allowed, held, denied, ...counts } = done;
  return {
    policySet: digest,
    since: isoTime(span.since),
    until: isoTime(span.until),
    newlyAllowed: allowed,
    newlyHeld: held,
    newlyDenied: denied,
    ...counts,
    because: [...because],
    confirmation: confirmationOf(digest, done),
    items: changes.map(({ firstAt, lastAt, rules, formerly, examples, ...change }) => ({
      ...change,
      rules: [...rules],
      formerly: [...formerly],
      first: isoTime(firstAt),
      last: isoTime(lastAt),
      examples: [...examples],
    })),
  };
}

/**
 * What a person saw and confirms: the text, and each kind of change by agent, deed, verdicts and rules. Not how many of
 * each: agents go on acting meanwhile, and only another kind of change needs other eyes.
 */
function confirmationOf(policySet: string, { changes, changesLeftOut, because }: Backtested): string {
  const kinds = changes
    .map(({ agent, deed, from, to, rules }) => JSON.stringify([agent, deed, from, to, rules]))
    .toSorted();
  const reasons = because.map(({ reason }) => reason).toSorted();
  return digestOf({ policySet, kinds, others: changesLeftOut > 0, reasons });
}

/** The changes in one sentence. */
export function sentenceOf(view: z.input<typeof backtestShape>): string {
  const { actions, newlyAllowed, newlyHeld, newlyDenied, unreplayable, since: from } = view;
  const lost = unreplayable === 0 ? "" : `; ${unreplayable} could not be replayed`;
  return `of ${actions} actions recorded since ${from} it would newly allow ${newlyAllowed}, hold ${newlyHeld} and deny ${newlyDenied}${lost}`;
}

/** Throws `backtest_unconfirmed` where a person has not seen what would change. */
export function demandConfirmed(view: z.input<typeof backtestShape>, given: string | undefined): void {
  const isChange = view.newlyAllowed + view.newlyHeld + view.newlyDenied + view.unreplayable > 0;
  if (!isChange || given === view.confirmation) return;
  const [first] = view.items;
  const example =
    first === undefined
      ? ""
      : `. Most often: agent ${first.agent}, ${first.deed}, from ${first.from} to ${first.to} (${first.count})`;
  throw new Fault(
    "backtest_unconfirmed",
    `${given === undefined ? "nobody has looked at what this text changes" : "this text changes other things than those that were confirmed"}: ${sentenceOf(view)}${example}`,
    `Look at it: \`doorward policy backtest FILE\`; then \`doorward policy activate FILE --backtest ${view.confirmation}\`, or \`--without-backtest REASON\`.`,
  );
}
