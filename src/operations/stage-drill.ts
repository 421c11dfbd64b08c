import { z } from "zod";
import { canonicalJson } from "#base";
import { type AgentRow, findLiveAgent, stageNow } from "./agent-rows.ts";
import { commitBatch, entry, isoTime } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { DrillProps, drillName } from "./drill-props.ts";
import { agentReference, stage, time } from "./fields.ts";
import { write } from "./operation.ts";
import { keepProof } from "./proofs.ts";
import type { Attempted } from "./proving-port.ts";
import { sessionsEnd, sessionsStart } from "./sessions.ts";
import { unavailable } from "./stop-drill.ts";

const reportShape = z.object({
  agent: z.string(),
  stage,
  at: time,
  holds: z.boolean().describe("The attempt came to what the stage promises"),
  attempt: z.string().describe("What was tried"),
  result: z.string().describe("What came of it"),
});

type Report = z.output<typeof reportShape>;

export const stagesDrill = write({
  name: "stages.drill",
  summary: "Try something harmless as an agent, at the real doors, and see whether its stage holds",
  permission: "stops.watch",
  presence: true,
  input: z.strictObject({ agent: agentReference }),
  output: reportShape,
  positional: ["agent"],
  examples: ["stages drill mailbot"],
  isFailure: ({ holds }) => !holds,
  async plan(context, { agent }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    if (context.proving === undefined) throw unavailable();
    return {
      would: `open a session of agent ${row.name}, call a harmless tool of a drill with it, and end it`,
      commit: (committing) => drill(committing, row),
    };
  },
});

async function drill(context: OperationContext, row: AgentRow): Promise<Report> {
  if (context.proving === undefined) throw unavailable();
  const place = await context.proving.open();
  const props = new DrillProps(context);
  props.also(place.close);
  try {
    const server = drillName(context);
    await props.server(server, place);
    const input = sessionsStart.input.parse({ agent: row.id });
    const { session, key } = await (await sessionsStart.plan(context, input)).commit(context);
    props.also(async () => (await sessionsEnd.plan(context, { session })).commit(context));
    return await reported(context, row, await place.attempt({ key, server }));
  } finally {
    await props.close();
  }
}

interface Judged {
  readonly holds: boolean;
  readonly result: string;
}

/** What each stage promises of a call that destroys and sends out, and that nobody granted. */
function judged(now: Report["stage"], { arrived, code }: Attempted): Judged {
  if (now === "observe")
    return arrived
      ? { holds: true, result: "it went through, and is on record" }
      : {
          holds: false,
          result: `it was refused (${code ?? "unknown"}), and observe stops nothing but the hard floor`,
        };
  if (now === "isolate")
    return {
      holds: !arrived && code === "isolation_required",
      result: arrived ? "a session outside every sandbox got through" : `refused: ${code ?? "unknown"}`,
    };
  return arrived
    ? { holds: false, result: "it went through: policy lets this agent do anything" }
    : { holds: true, result: `refused: ${code ?? "unknown"}` };
}

const ATTEMPTS = {
  observe: "a call that nobody granted, to a tool that says it destroys and sends out",
  enforce: "a call that nobody granted, to a tool that says it destroys and sends out",
  isolate: "a session that no sandbox was opened for",
} as const;

async function reported(context: OperationContext, row: AgentRow, attempted: Attempted): Promise<Report> {
  const at = context.ambient.now();
  const now = stageNow(row, at);
  const { holds, result } = judged(now, attempted);
  const body = {
    stage: now,
    holds,
    attempt: ATTEMPTS[now],
    arrived: attempted.arrived,
    code: attempted.code,
  };
  const [index] = await commitBatch(context, { entries: [entry(context, "drill.stage", row.id, body)] });
  const about = `stage:${row.id}:${now}`;
  await keepProof(context, {
    about,
    entry: index ?? 0,
    at,
    holds,
    report: canonicalJson({ ...body, result }),
  });
  return { agent: row.name, stage: now, at: isoTime(at), holds, attempt: ATTEMPTS[now], result };
}
