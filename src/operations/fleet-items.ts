import { z } from "zod";
import { isoTime } from "./change.ts";
import { time } from "./fields.ts";
import { type FleetItemRow, machineName, onlyOf } from "./fleet-rows.ts";
import { read } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";

const KINDS = ["accelerator", "agent", "model", "runtime", "server"] as const;
const TEXT_MAX = 200;

const FOUND = z.object({
  where: z.string(),
  confidence: z.enum(["certain", "likely", "possible"]),
  grounds: z.array(z.object({ by: z.string(), says: z.string() })),
  facts: z.record(z.string(), z.union([z.boolean(), z.number(), z.string(), z.array(z.string())])),
  warnings: z.array(z.string()),
});

const itemShape = z.object({
  machine: z.string(),
  key: z.string().describe("Names the thing on its machine, for as long as it is there"),
  kind: z.string(),
  what: z.string().describe("The word of the tables: gguf, ollama, claude-code, mcp, nvidia"),
  name: z.string().describe("As it was found: may be anything"),
  ...FOUND.shape,
  state: z.enum(["here", "gone"]),
  appearedAt: time,
  changedAt: time,
});

export const fleetFound = read({
  name: "fleet.found",
  summary: "List what is on the machines that sensors watch: models, runtimes, agents, servers, accelerators",
  permission: "fleet.read",
  input: z.strictObject({
    ...pageInput,
    machine: machineName.optional().describe("Of this machine alone"),
    kind: z.enum(KINDS).optional().describe("Things of this kind alone"),
    name: z.string().min(1).max(TEXT_MAX).optional().describe("Things whose name has this in it"),
    since: time.optional().describe("What appeared, changed or went since then"),
    gone: z.boolean().default(false).describe("Also what is there no more"),
  }),
  output: pageOf(itemShape),
  columns: ["machine", "kind", "what", "name", "state", "confidence", "where", "changedAt"],
  examples: ["fleet found --kind model", "fleet found --machine ana-laptop --gone"],
  async run(context, { after, limit, ...wanted }) {
    const [sensor = "", key = ""] = keyOfCursor(after).split(" ");
    const whose = onlyOf(context);
    let query = context.store.query
      .selectFrom("fleet_items")
      .innerJoin("sensors", "sensors.name", "fleet_items.sensor")
      .selectAll("fleet_items")
      .where((eb) =>
        eb.or([
          eb("fleet_items.sensor", ">", sensor),
          eb.and([eb("fleet_items.sensor", "=", sensor), eb("fleet_items.key", ">", key)]),
        ]),
      )
      .orderBy("fleet_items.sensor")
      .orderBy("fleet_items.key")
      .limit(limit + 1);
    if (whose !== null) query = query.where("sensors.owner_id", "=", whose);
    if (wanted.machine !== undefined) query = query.where("fleet_items.sensor", "=", wanted.machine);
    if (wanted.kind !== undefined) query = query.where("fleet_items.kind", "=", wanted.kind);
    if (wanted.since !== undefined)
      query = query.where("fleet_items.changed_at", ">=", Date.parse(wanted.since));
    if (!wanted.gone) query = query.where("gone_at", "is", null);
    if (wanted.name !== undefined) query = query.where("fleet_items.name", "like", containing(wanted.name));
    const rows = await query.execute();
    return page(rows, limit, { item: itemView, keyOf: (row) => `${row.sensor} ${row.key}` });
  },
});

/** Characters that mean something in a pattern mean themselves: both databases take `\` for that unasked or not at all, so they go. */
function containing(text: string): string {
  return `%${text.replaceAll(/[%_\\]/g, "_")}%`;
}

function itemView(row: FleetItemRow): z.input<typeof itemShape> {
  return {
    machine: row.sensor,
    key: row.key,
    kind: row.kind,
    what: row.what,
    name: row.name,
    ...FOUND.parse(JSON.parse(row.found)),
    state: row.gone_at === null ? "here" : "gone",
    appearedAt: isoTime(row.appeared_at),
    changedAt: isoTime(row.changed_at),
  };
}
