import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import { commitBatch, entry, isoTime } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { DrillProps, drillName } from "./drill-props.ts";
import { time } from "./fields.ts";
import { write } from "./operation.ts";
import type { DrillLoad } from "./proving-port.ts";
import { keepProof } from "./proofs.ts";
import { endStop, stopNow } from "./stops.ts";

/** "Within one second": what a stop promises, and what a drill holds it to. */
export const CUT_MS_MAX = 1_000;
/** A client that is not cut by then was not cut. */
const WAIT_MS = 5_000;
const REASON = "a drill: Doorward stops its own load to see how long that takes";

const partShape = z.object({
  part: z
    .string()
    .describe(
      "stream: of a model; call: at an MCP server; hold: waits for a person; task: an MCP task; web-request, web-stream, tunnel: at the http door; sandbox: a program that `doorward run` would start",
    ),
  ms: z.number().nullable().describe("Until its client saw it end; null: it went on"),
});

export const stopDrillShape = z.object({
  at: time,
  holds: z.boolean().describe(`Everything ended within ${CUT_MS_MAX} ms, and nothing new was let through`),
  worstMs: z.number().nullable().describe("Until the last client saw its end; null: one went on"),
  cutMs: z.number().describe("Until the doors had cut it"),
  refusedAfter: z.string().nullable().describe("Code with which a new call was refused; null: it was not"),
  kinds: z
    .array(
      z.object({
        part: z.string(),
        count: z.int().describe("How many were under way"),
        ms: z.number().nullable().describe("Until the last client of them saw its end; null: one went on"),
      }),
    )
    .describe("The same by kind"),
  parts: z.array(partShape),
  missing: z
    .array(z.object({ part: z.string(), said: z.string() }))
    .describe("What could not be put under way here, and what was answered instead: it is not proven"),
});

type Report = z.output<typeof stopDrillShape>;

export const stopsDrill = write({
  name: "stops.drill",
  summary: "Put a load of Doorward's own at the real doors, stop it, and measure until the last of it is cut",
  permission: "stops.watch",
  presence: true,
  input: z.strictObject({}),
  output: stopDrillShape,
  isFailure: ({ holds }) => !holds,
  async plan(context) {
    if (context.proving === undefined) throw unavailable();
    return {
      would:
        "add an agent, an MCP server and a model for a moment, stop that agent under load, and take all away",
      commit: drill,
    };
  },
});

async function drill(context: OperationContext): Promise<Report> {
  const { proving, ambient } = context;
  if (proving === undefined) throw unavailable();
  const place = await proving.open();
  const props = new DrillProps(context);
  props.also(place.close);
  try {
    const name = drillName(context);
    context.progress("Putting a model, a server and an agent up");
    await props.server(name, place);
    await props.model(`${name}-llm`, place);
    const { id, key } = await props.agent(name);
    await props.hosts(name, place);
    const apart = await props.session(id);
    const who = { key, apart, server: name, model: `${name}-llm/endless` };
    context.progress("Starting the load");
    const load = await place.load(who);
    const found = { kind: "agent", target: id, key: `agent:${id}`, label: name, owner: null } as const;
    const since = ambient.monotonic();
    const stopped = await stopNow(context, found, REASON);
    const parts = await endsOf(load, since);
    const after = await place.attempt(who);
    await endStop(context, stopped.id);
    return await reported(context, {
      cutMs: stopped.cutMs,
      parts,
      missing: [...load.missing],
      refusedAfter: after.arrived ? null : after.code,
    });
  } finally {
    await props.close();
  }
}

async function endsOf(load: DrillLoad, since: number): Promise<Report["parts"]> {
  const missing = new Set(load.missing.map(({ part }) => part));
  const ends = await load.ends(since, WAIT_MS);
  return ends.filter(({ part }) => !missing.has(part)).map((end) => ({ ...end }));
}

type Measured = Pick<Report, "cutMs" | "parts" | "missing" | "refusedAfter">;

function byKind(parts: Report["parts"]): Report["kinds"] {
  return [...Map.groupBy(parts, ({ part }) => part)].map(([part, all]) => {
    const times = all.flatMap(({ ms }) => (ms === null ? [] : [ms]));
    return { part, count: all.length, ms: times.length === all.length ? round(Math.max(...times)) : null };
  });
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

async function reported(context: OperationContext, measured: Measured): Promise<Report> {
  const at = context.ambient.now();
  const times = measured.parts.map(({ ms }) => ms ?? Number.POSITIVE_INFINITY);
  const worst = times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times);
  const holds = worst <= CUT_MS_MAX && measured.refusedAfter === "stopped";
  const report: Report = {
    ...measured,
    at: isoTime(at),
    holds,
    worstMs: Number.isFinite(worst) ? round(worst) : null,
    cutMs: round(measured.cutMs),
    kinds: byKind(measured.parts),
    parts: measured.parts.map(({ part, ms }) => ({ part, ms: ms === null ? null : round(ms) })),
  };
  const { parts, kinds, missing, ...said } = report;
  const body = {
    ...said,
    kinds: kinds.map((one) => ({ ...one })),
    parts: parts.map((one) => ({ ...one })),
    missing: missing.map(({ part }) => part),
  };
  const [index] = await commitBatch(context, { entries: [entry(context, "drill.stop", "stop", body)] });
  await keepProof(context, { about: "stop", entry: index ?? 0, at, holds, report: canonicalJson(body) });
  return report;
}

export function unavailable(): Fault {
  return new Fault(
    "drill_unavailable",
    "this process cannot put a load at its own doors",
    "Run it at a serving Doorward.",
  );
}
