import { z } from "zod";
import type { Stage } from "#vocabulary";
import {
  proofView,
  reachOfAgents,
  reachText,
  type StageReach,
  stageReachShape,
  STAGES,
} from "./agent-reach-summary.ts";
import { type AgentRow, agentShape, agentView } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { type Proof, proofsOf } from "./proofs.ts";

/** As lists and pages show it: who answers for it by name, and when it last spoke. */
export const agentSeenShape = agentShape.extend({
  ownerName: z.string().describe("Name of that user; the id where it has none any more"),
  lastSeenAt: time.nullable().describe("When one of its keys last opened a door, to the minute; null: never"),
  stageProof: z
    .string()
    .nullable()
    .describe(
      "The last drill of the stage that it is in: whether it held, when, and its entry in the ledger; null: it was never tried",
    ),
  reaches: z.string().describe("What it could reach in each stage, in words"),
  reach: z
    .array(stageReachShape)
    .describe(
      "What it could reach in each stage, counted, each with its last drill; none where a page has no room to find out: ask for the agent alone",
    ),
});

/** Costs no more than a page may, however many tools, hosts and delegations there are: see `reachOfAgents`. */
export async function agentSeenViews(
  context: ReadContext,
  rows: readonly AgentRow[],
): Promise<z.input<typeof agentSeenShape>[]> {
  const { store, ambient } = context;
  const ids = rows.map(({ id }) => id);
  const seen = await store.query
    .selectFrom("agent_keys")
    .select(({ fn }) => ["agent_id", fn.max("last_used_at").as("at")])
    .where("agent_id", "in", ids)
    .groupBy("agent_id")
    .execute();
  const owners = await store.query
    .selectFrom("users")
    .select(["id", "name"])
    .where(
      "id",
      "in",
      rows.map((row) => row.owner_id),
    )
    .execute();
  const reach = await stageReachOf(context, rows);
  const at = new Map(seen.map((key) => [key.agent_id, key.at]));
  const names = new Map(owners.map(({ id, name }): [string, string] => [id, name]));
  return rows.map((row) => {
    const view = agentView(row, ambient.now());
    const { stages, proofs } = reach.get(row.id) ?? { stages: [], proofs: new Map() };
    return {
      ...view,
      ownerName: names.get(row.owner_id) ?? row.owner_id,
      lastSeenAt: isoTime(at.get(row.id) ?? null),
      stageProof: proofText(proofs.get(view.stage)),
      reaches: reachText(row.name, stages),
      reach: [...stages],
    };
  });
}

const aboutOf = ({ id }: AgentRow, stage: Stage): string => `stage:${id}:${stage}`;

interface Seen {
  readonly stages: readonly StageReach[];
  readonly proofs: ReadonlyMap<Stage, Proof>;
}

async function stageReachOf(
  context: ReadContext,
  rows: readonly AgentRow[],
): Promise<ReadonlyMap<string, Seen>> {
  const kept = await proofsOf(
    context,
    rows.flatMap((row) => STAGES.map((stage) => aboutOf(row, stage))),
  );
  const reached = await reachOfAgents(context, rows);
  return new Map(
    rows.map((row, at) => {
      const proofs = new Map(
        STAGES.flatMap((stage) => {
          const proof = kept.get(aboutOf(row, stage));
          return proof === undefined ? [] : [[stage, proof] as const];
        }),
      );
      const stages = (reached[at] ?? []).map((one) => ({ ...one, proof: proofView(proofs.get(one.stage)) }));
      return [row.id, { stages, proofs }];
    }),
  );
}

function proofText(proof: Proof | undefined): string | null {
  if (proof === undefined) return null;
  return `${proof.holds ? "held" : "did not hold"}, ${isoTime(proof.at)}, entry ${proof.entry}`;
}
