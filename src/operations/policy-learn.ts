import { z } from "zod";
import { Fault } from "#base";
import type { Learnt } from "#history";
import { isLearnedIn } from "#learning";
import type { FlowRole } from "#vocabulary";
import { findAgent } from "./agent-rows.ts";
import { labelledTools } from "./accepted-tools.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, time } from "./fields.ts";
import { fileOf, type Offer, offerFor } from "./manifest-propose.ts";
import { type Labelled, manifestsOf, manifestView, referenceOf } from "./manifest-rows.ts";
import { read } from "./operation.ts";
import { watchOf } from "./policy-backtest.ts";
import { since, sinceOf } from "./since.ts";

const ruleShape = z.object({
  count: z.int().describe("Actions that ground it; 0: it shuts everything else"),
  target: z.string().describe("Verb and target"),
  id: z.string(),
  says: z.array(z.string()).describe("What passes of each argument, and what was seen of it"),
  first: time.nullable(),
  last: time.nullable(),
  examples: z.array(z.string()).describe("Ids of the first such actions"),
});

const counted = z.object({ reason: z.string(), count: z.int() });

export const policyLearn = read({
  name: "policy.learn",
  summary: "Propose the least policy, and manifests, that an agent's recorded actions need",
  permission: "payloads.read",
  input: z.strictObject({
    agent: agentReference,
    since: since.default("7d"),
    replace: z
      .boolean()
      .default(false)
      .describe("Drop what was learned of this agent before, which may open what it shut"),
  }),
  output: z.object({
    agent: z.string(),
    since: time,
    until: time,
    actions: z.int().describe("Recorded actions of the agent"),
    learned: z.int().describe("Those that something was learned from"),
    skipped: z.array(counted).describe("The others, and why"),
    check: z
      .object({ allowed: z.int(), held: z.int(), denied: z.int() })
      .describe("What the proposal says to the actions that it was learned from"),
    deniedBy: z.array(z.string()).describe("Rules that deny some of them: they stood before"),
    rules: z.array(ruleShape),
    left: z
      .array(z.object({ target: z.string(), count: z.int(), because: z.string() }))
      .describe("Targets without a rule, and why: no narrow one would cover what was seen"),
    diff: z.string().describe("What changes in the text in force, with the grounds of each rule"),
    text: z.string().describe("The whole new text: `policy check`, `policy backtest`, `policy activate`"),
    tests: z.string().describe("Policy tests in YAML, for `policy test`"),
    manifests: z
      .array(z.object({ server: z.string(), file: z.string() }))
      .describe("What tools without a manifest do, proposed as `manifests set SERVER FILE` reads it"),
  }),
  positional: [],
  piped: "text",
  quiet: ["rules", "text", "tests", "manifests"],
  examples: [
    "policy learn --agent mailbot",
    "policy learn --agent mailbot --since 14d > policy.cedar",
    "policy learn --agent mailbot --json | jq -r .tests > policy-tests.yaml",
  ],
  async run(context, { agent, since: from, replace }) {
    const set = context.policy.current();
    if (set === null)
      throw new Fault(
        "policy_missing",
        "no policy set is active that what is learned could be added to",
        "Activate one: `doorward policy activate FILE`.",
      );
    const row = await findAgent(context, agent, "payloads.read");
    if (!replace && isLearnedIn(set.text, row.id)) throw learnedBefore(row.name);
    const tools = await reviewedTools(context);
    const job = {
      agent: row.id,
      text: set.text,
      tools: set.tools,
      roles: Object.fromEntries(tools.map(({ of, roles }) => [referenceOf(of), roles])),
      manifests: manifestsOf(tools.map(({ of }) => of)),
      since: sinceOf(context, from),
      upTo: context.journal.status().acknowledged - 1,
    };
    const until = context.ambient.now();
    const learnt = await context.history.learn(job, watchOf(context));
    const view = viewOf(learnt);
    const manifests = manifestsFor(tools, learnt);
    return { agent: row.name, since: isoTime(job.since), until: isoTime(until), ...view, manifests };
  },
});

interface Reviewed {
  readonly of: Labelled;
  readonly offer: Offer;
  /** By argument: as the manifest in force has them, else as the proposal does. */
  readonly roles: Readonly<Record<string, FlowRole>>;
}

async function reviewedTools(context: ReadContext): Promise<Reviewed[]> {
  const all = await labelledTools(context);
  return all.map((of) => {
    const offer = offerFor(of.tool, of.server);
    return { of, offer, roles: hasManifest(of) ? rolesIn(of) : offer.manifest.roles };
  });
}

function hasManifest({ standing }: Labelled): boolean {
  return standing === "in-force" || standing === "shipped";
}

function rolesIn(of: Labelled): Readonly<Record<string, FlowRole>> {
  const roles = z.record(
    z.string(),
    z.custom<FlowRole>((role) => typeof role === "string"),
  );
  return roles.parse(manifestView(of).roles);
}

/** Of the tools that the agent was seen using, those that nobody said anything of. */
function manifestsFor(tools: readonly Reviewed[], { rules }: Learnt): { server: string; file: string }[] {
  const used = new Set(rules.map(({ target }) => target));
  const bare = tools.filter(({ of }) => !hasManifest(of) && used.has(`tools/call ${referenceOf(of)}`));
  const byServer = Map.groupBy(bare, ({ of }) => of.tool.server);
  return [...byServer].map(([server, ofServer]) => ({ server, file: fileOf(server, ofServer) }));
}

function viewOf({ actions, learned, skipped, check, rules, left, diff, text, tests }: Learnt) {
  return {
    actions,
    learned,
    skipped: [...skipped],
    check: { allowed: check.allowed, held: check.held, denied: check.denied },
    deniedBy: [...check.deniedBy],
    rules: rules.map(({ count, target, id, says, firstAt, lastAt, examples }) => ({
      count,
      target,
      id,
      says: [...says],
      first: count === 0 ? null : isoTime(firstAt),
      last: count === 0 ? null : isoTime(lastAt),
      examples: [...examples],
    })),
    left: [...left],
    diff,
    text,
    tests,
  };
}

function learnedBefore(agent: string): Fault {
  return new Fault(
    "learned_before",
    `what was learned of agent ${agent} before is in force, and its fences shut what it was not seen doing then`,
    "Learn anew in its place with --replace, and look at every line of the difference: it may open what they shut.",
  );
}
