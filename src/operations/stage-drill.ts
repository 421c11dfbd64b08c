import { z } from "zod";
import { canonicalJson } from "#base";
import { type AgentRow, findLiveAgent, stageNow } from "./agent-rows.ts";
import { commitBatch, entry, isoTime } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { DrillProps, drillName } from "./drill-props.ts";
import { agentReference, stage, time } from "./fields.ts";
import { write } from "./operation.ts";
import { keepProof } from "./proofs.ts";
import type { Attempted, DrillPlace, Probed } from "./proving-port.ts";
import { sessionsEnd, sessionsStart } from "./sessions.ts";
import { unavailable } from "./stop-drill.ts";

const reportShape = z.object({
  agent: z.string(),
  stage,
  at: time,
  holds: z.boolean().describe("The attempt came to what the stage promises"),
  attempt: z.string().describe("What was tried"),
  result: z.string().describe("What came of it"),
  sandbox: z
    .array(z.object({ tried: z.string(), got: z.string(), holds: z.boolean() }))
    .describe("Of isolate: what a program tried in a sandbox, and what it got"),
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
    const attempted = await place.attempt({ key, server });
    const isIsolated = stageNow(row, context.ambient.now()) === "isolate";
    const inside = isIsolated ? await probed(context, row, { place, props }) : NOT_PROBED;
    return await reported(context, row, { attempted, inside });
  } finally {
    await props.close();
  }
}

interface Inside {
  /** Why none could be made; null where one was, or none is asked for. */
  readonly missing: string | null;
  readonly found: readonly Probed[];
}

const NOT_PROBED: Inside = { missing: null, found: [] };
const WORKSPACE = "a folder of the drill's own";

/** A session that says that it runs in a sandbox, and a small program in one. */
async function probed(
  context: OperationContext,
  row: AgentRow,
  { place, props }: { readonly place: DrillPlace; readonly props: DrillProps },
): Promise<Inside> {
  const facts = place.sandbox();
  if ("missing" in facts) return { missing: `${facts.missing}. ${facts.remedy}`, found: [] };
  const isolation = { ...facts, workspace: WORKSPACE };
  const input = sessionsStart.input.parse({ agent: row.id, isolation });
  const { session, key } = await (await sessionsStart.plan(context, input)).commit(context);
  props.also(async () => (await sessionsEnd.plan(context, { session })).commit(context));
  return { missing: null, found: await place.probe(key) };
}

interface Judged {
  readonly holds: boolean;
  readonly result: string;
}

/** What each stage promises of a call that destroys and sends out, and that nobody granted. */
function judged(now: Report["stage"], { attempted: { arrived, code }, inside }: Tried): Judged {
  if (now === "observe")
    return arrived
      ? { holds: true, result: "it went through, and is on record" }
      : {
          holds: false,
          result: `it was refused (${code ?? "unknown"}), and observe stops nothing but the hard floor`,
        };
  if (now === "isolate")
    return isolated(!arrived && code === "isolation_required", inside, {
      outside: arrived ? "a session outside every sandbox got through" : `refused: ${code ?? "unknown"}`,
    });
  return arrived
    ? { holds: false, result: "it went through: policy lets this agent do anything" }
    : { holds: true, result: `refused: ${code ?? "unknown"}` };
}

interface Tried {
  readonly attempted: Attempted;
  readonly inside: Inside;
}

function isolated(
  isRefused: boolean,
  { missing, found }: Inside,
  { outside }: { readonly outside: string },
): Judged {
  if (missing !== null)
    return {
      holds: false,
      result: `${outside}; no sandbox can be made here, so nothing of it runs: ${missing}`,
    };
  const loose = found.filter(({ holds }) => !holds);
  const within = loose.map(({ tried, got }) => `${tried}: ${got}`).join(", ");
  const said =
    loose.length === 0
      ? `a program in its sandbox tried ${found.length} things in vain or as it may`
      : within;
  return { holds: isRefused && found.length > 0 && loose.length === 0, result: `${outside}; ${said}` };
}

const ATTEMPTS = {
  observe: "a call that nobody granted, to a tool that says it destroys and sends out",
  enforce: "a call that nobody granted, to a tool that says it destroys and sends out",
  isolate: "a session that no sandbox was opened for, and a program in a sandbox",
} as const;

async function reported(context: OperationContext, row: AgentRow, tried: Tried): Promise<Report> {
  const at = context.ambient.now();
  const now = stageNow(row, at);
  const { holds, result } = judged(now, tried);
  const { attempted, inside } = tried;
  const sandbox = inside.found.map((one) => ({ ...one }));
  const body = {
    stage: now,
    holds,
    attempt: ATTEMPTS[now],
    arrived: attempted.arrived,
    code: attempted.code,
    ...(now === "isolate" ? { sandbox, missing: inside.missing } : {}),
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
  return { agent: row.name, stage: now, at: isoTime(at), holds, attempt: ATTEMPTS[now], result, sandbox };
}
