import { z } from "zod";
import { digestOf } from "#base";
import type { PolicySet } from "#policy";
import type { Stage } from "#vocabulary";
import { credentialsFor, hostDeeds, reachable, type Reachable, toolsFor } from "./agent-deeds.ts";
import { type Acting, type Deed, type Reach, reachOfDeed } from "./agent-reach.ts";
import type { AgentRow } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { delegations, statusOf } from "./delegation-rows.ts";
import { stage as stageField, time } from "./fields.ts";
import { chainOf, chainUnder } from "./policy-chain.ts";
import type { Proof } from "./proofs.ts";

export const STAGES = ["observe", "enforce", "isolate"] as const satisfies readonly Stage[];

/** Decisions that a page of agents may cost, about a second of a small machine; the agent with which they end is finished. */
const DECISIONS_MAX = 30_000;
/** Of them, as many at a time as the doors can wait for. */
const AT_ONCE = 200;
/** Delegations that are read for a page, likewise, and of one agent. */
const DELEGATIONS_READ_MAX = 200;
const DELEGATIONS_SHOWN_MAX = 50;
/** Agents whose counts are kept per policy set; when full, all are forgotten. */
const KEPT_MAX = 4_000;

const proofShape = z.object({
  holds: z.boolean(),
  at: time,
  entry: z.int().describe("Its entry in the ledger"),
});

export const stageReachShape = z.object({
  stage: stageField,
  tools: z.int().describe("Accepted tools and operations of APIs that it could call"),
  held: z.int().describe("Of these tools, those that wait for a person's yes"),
  hosts: z.int().nullable().describe("Hosts that it could reach through the http door; null: any"),
  models: z.int(),
  credentials: z.int().describe("That could be put into what it sends"),
  files: z.enum(["its OS user's", "its workspace"]).describe("Which files a program of it reads"),
  pastTheDoors: z
    .enum(["open", "closed"])
    .describe("open: code in it that avoids the doors reaches whatever its OS user does; closed: nothing"),
  proof: proofShape.nullable().describe("Of the last drill in this stage; null: it was never tried"),
});

export type StageReach = z.input<typeof stageReachShape>;

/** What an agent could reach at the doors. */
type Counts = Pick<StageReach, "tools" | "held" | "hosts" | "models">;

/** Of each agent asked about, in order: what it could reach in every stage; null where a page has no room to find out. */
export async function reachOfAgents(
  context: ReadContext,
  agents: readonly AgentRow[],
): Promise<(readonly Omit<StageReach, "proof">[] | null)[]> {
  const all = await reachable(context);
  const world = digestOf([JSON.stringify(all.tools), JSON.stringify(all.models)]);
  const lent = await lentTo(context, agents);
  const answers: (readonly Omit<StageReach, "proof">[] | null)[] = [];
  const room = { decisions: DECISIONS_MAX, delegations: DELEGATIONS_READ_MAX };
  for (const agent of agents) {
    if (room.delegations <= 0 || room.decisions <= 0) {
      answers.push(null);
      continue;
    }
    const under = lent.get(agent.id) ?? [];
    room.delegations -= under.length;
    const acting = await actingOf(context, agent, under);
    const found = await counted(context.policy.current(), { all, world, agent, acting }, room);
    answers.push(stagesOf(found, all, { agent, acting }));
  }
  return answers;
}

const breathe = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Delegations in force that each agent may act under, the newest first, by the agent's id. */
export async function lentTo(
  context: ReadContext,
  agents: readonly Pick<AgentRow, "id">[],
): Promise<ReadonlyMap<string, readonly LentRow[]>> {
  const now = context.ambient.now();
  const rows = await delegations(context)
    .where(
      "delegations.agent_id",
      "in",
      agents.map(({ id }) => id),
    )
    .where("delegations.revoked_at", "is", null)
    .where("delegations.expires_at", ">", now)
    .orderBy("delegations.id")
    .execute();
  const active = rows.filter((row) => statusOf(row, now) === "active");
  const byAgent = Map.groupBy(active, (row) => row.agent_id);
  return new Map([...byAgent].map(([id, some]) => [id, some.slice(0, DELEGATIONS_SHOWN_MAX)]));
}

type LentRow = Awaited<ReturnType<ReturnType<typeof delegations>["execute"]>>[number];

/** In whose names it acts: its own, and those of the users who lent it rights. */
export async function actingOf(
  context: ReadContext,
  agent: AgentRow,
  lent: readonly Pick<LentRow, "id">[],
): Promise<Acting[]> {
  const own = { under: "own", who: await chainOf(context, agent) };
  const others: Acting[] = [];
  for (const { id } of lent) others.push({ under: id, who: await chainUnder(context, id) });
  return [own, ...others];
}

interface Asked {
  readonly all: Reachable;
  /** Digest of what there is to reach. */
  readonly world: string;
  readonly agent: AgentRow;
  readonly acting: readonly Acting[];
}

type Found = Readonly<Record<Stage, Counts>>;

const kept = new WeakMap<PolicySet, Map<string, Found>>();

async function counted(set: PolicySet | null, asked: Asked, room: { decisions: number }): Promise<Found> {
  if (set === null) return { observe: observed(asked), enforce: NOTHING, isolate: NOTHING };
  const known = kept.get(set) ?? new Map<string, Found>();
  kept.set(set, known);
  const key = digestOf([asked.world, asked.agent.name, JSON.stringify(asked.acting)]);
  const before = known.get(key);
  if (before !== undefined) return before;
  room.decisions -= costOf(set, asked);
  const found = await foundBy(set, asked);
  if (known.size >= KEPT_MAX) known.clear();
  known.set(key, found);
  return found;
}

const NOTHING: Counts = { tools: 0, held: 0, hosts: 0, models: 0 };

async function foundBy(set: PolicySet, asked: Asked): Promise<Found> {
  const enforce = await countsAt(set, asked, "enforce");
  const isolate = asksForStage(set) ? await countsAt(set, asked, "isolate") : enforce;
  return { observe: observed(asked), enforce, isolate };
}

/** A text that does not name it decides in each stage alike. */
const asksForStage = ({ text }: PolicySet): boolean => text.includes("stage");

function costOf(set: PolicySet, { all, agent, acting }: Asked): number {
  const deeds = toolsFor(all, agent).length + all.models.length + 2 * hostsOf(acting).length;
  return deeds * acting.length * (asksForStage(set) ? 2 : 1);
}

/** Nothing is refused but by the hard floor. */
function observed({ all, agent }: Asked): Counts {
  return { tools: toolsFor(all, agent).length, held: 0, hosts: null, models: all.models.length };
}

async function countsAt(set: PolicySet, { all, agent, acting }: Asked, stage: Stage): Promise<Counts> {
  let asked = 0;
  const reachTo = async (deed: Deed): Promise<Reach> => {
    asked += acting.length;
    if (asked >= AT_ONCE) {
      asked = 0;
      await breathe();
    }
    return reachOfDeed(set, deed, acting, stage).reach;
  };
  const counts = { tools: 0, held: 0, hosts: 0, models: 0 };
  for (const tool of toolsFor(all, agent)) {
    const reach = await reachTo(tool);
    if (reach !== "denied") counts.tools += 1;
    if (reach === "held") counts.held += 1;
  }
  for (const model of all.models) if ((await reachTo(model)) !== "denied") counts.models += 1;
  for (const { read, write } of hostsOf(acting)) {
    const isOpen = (await reachTo(read)) !== "denied" || (await reachTo(write)) !== "denied";
    if (isOpen) counts.hosts += 1;
  }
  return counts;
}

/** Those that it was granted: the first principal of its own chain is the agent itself. */
function hostsOf([own]: readonly Acting[]) {
  const [agent] = own?.who.principals ?? [];
  if (agent?.type !== "Agent") return [];
  return (agent.readHosts ?? []).map((server) => hostDeeds({ host: server.replace(/^web:/, "") }));
}

function stagesOf(
  found: Found,
  all: Reachable,
  { agent, acting }: Pick<Asked, "agent" | "acting">,
): Omit<StageReach, "proof">[] {
  const credentials = credentialsFor(all, agent, acting).length;
  return STAGES.map((stage) => ({ stage, ...found[stage], credentials, ...AROUND[stage] }));
}

const OPEN = { files: "its OS user's", pastTheDoors: "open" } as const;

const AROUND: Readonly<Record<Stage, Pick<StageReach, "files" | "pastTheDoors">>> = {
  observe: OPEN,
  enforce: OPEN,
  isolate: { files: "its workspace", pastTheDoors: "closed" },
};

export function proofView(proof: Proof | undefined): StageReach["proof"] {
  return proof === undefined ? null : { holds: proof.holds, at: isoTime(proof.at), entry: proof.entry };
}

/** For a table: `observe: everything; enforce: 3 tools (1 held), 2 hosts, past the doors …`. */
export function reachText(name: string, stages: readonly StageReach[]): string {
  if (stages.length === 0) return `too much for a list: \`doorward agents get ${name}\``;
  const texts = stages.map((one) => ({ stage: one.stage, text: textOf(one) }));
  return texts
    .map(
      ({ stage, text }, at) => `${stage}: ${text === texts[at - 1]?.text ? "the same" : text}${PAST[stage]}`,
    )
    .join("; ");
}

const PAST: Readonly<Record<Stage, string>> = {
  observe: "",
  enforce: ", past the doors all its OS user may",
  isolate: ", past the doors nothing",
};

function textOf({ stage, tools, held, hosts, models, credentials }: StageReach): string {
  if (stage === "observe") return "everything";
  const parts = [
    `${counting(tools, "tool")}${held === 0 ? "" : ` (${held} held)`}`,
    counting(hosts ?? 0, "host"),
    counting(models, "model"),
    counting(credentials, "credential"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function counting(count: number, what: string): string {
  return count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;
}
